import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Index of `max_colors` among the numbers of terminfo (term.h). */
const MAX_COLOURS = 13;
/** Magic numbers of a compiled entry, with the size of its numbers in bytes (term(5)). */
const NUMBER_BYTES: Readonly<Record<number, 2 | 4>> = { 0o432: 2, 0o1036: 4 };
const HEADER_BYTES = 12;

/** `max_colors` of a compiled terminfo entry; undefined where it has none or is none. */
export function maxColoursOf(entry: Buffer): number | undefined {
  const bytes = entry.length < HEADER_BYTES ? undefined : NUMBER_BYTES[entry.readInt16LE(0)];
  if (bytes === undefined) return undefined;
  const [names, flags, numbers] = [2, 4, 6].map((at) => entry.readInt16LE(at)) as [number, number, number];
  // Numbers begin at an even byte.
  const start = HEADER_BYTES + names + flags + ((names + flags) % 2);
  const at = start + MAX_COLOURS * bytes;
  if (numbers <= MAX_COLOURS || names < 0 || flags < 0 || at + bytes > entry.length) return undefined;
  const value = bytes === 2 ? entry.readInt16LE(at) : entry.readInt32LE(at);
  return value > 0 ? value : undefined;
}

/** Colours that terminfo states for TERM; undefined without an entry. Folders as ncurses searches them (terminfo(5)). */
export function terminfoColours(env: NodeJS.ProcessEnv): number | undefined {
  const term = env['TERM'] ?? '';
  if (!/^[\w][\w.+-]*$/.test(term)) return undefined;
  const folders = [
    env['TERMINFO'],
    join(homedir(), '.terminfo'),
    ...(env['TERMINFO_DIRS'] ?? '').split(':'),
    '/etc/terminfo',
    '/lib/terminfo',
    '/usr/share/terminfo',
  ];
  for (const folder of folders) {
    if (!folder) continue;
    // macOS names the folder after the letter's code.
    for (const letter of [term.slice(0, 1), term.charCodeAt(0).toString(16)]) {
      try {
        return maxColoursOf(readFileSync(join(folder, letter, term)));
      } catch {
        // Not in this folder.
      }
    }
  }
  return undefined;
}
