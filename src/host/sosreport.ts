import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { missing, keyOf, type AnswerOf, type Host, type Read, type Reading } from './host.ts';
import { recordedHost } from './recorded.ts';

/** An unpacked sosreport: files of the host at their own paths, output of commands in sos_commands/<plugin>/. */
export interface Sosreport {
  readonly host: Host;
  /** When it was taken, ms since 1970. */
  readonly takenMs: number;
}

/** Undefined when the folder is none. */
export async function openSosreport(folder: string): Promise<Sosreport | undefined> {
  const root = await realpath(folder);
  const commands = join(root, 'sos_commands');
  const seen = await stat(commands).catch(() => undefined);
  if (!seen?.isDirectory()) return undefined;
  const files = recordedHost(root);
  const plugins = (await readdir(commands)).toSorted();
  const uptime = await readFile(join(root, 'proc/uptime'), 'utf8').catch(() => '');
  const at = Number.parseFloat(uptime) || 0;
  const name = (await contained(root, '/proc/sys/kernel/hostname'))?.trim() || (await contained(root, '/hostname'))?.trim(); // prettier-ignore

  const answer = async (what: Read): Promise<string | ReadonlyMap<string, string> | undefined> => {
    if (what.kind === 'file') return contained(root, what.path);
    if (what.kind === 'run') {
      for (const plugin of plugins) {
        const text = await contained(root, `/sos_commands/${plugin}/${commandFile(what.argv.join(' '))}`);
        if (text !== undefined) return text;
      }
      return undefined;
    }
    if (what.kind !== 'glob') return undefined;
    const reading = await files.read(what);
    if (!reading.ok) return undefined;
    if (what.links) return reading.value;
    const inside: (readonly [string, string])[] = [];
    for (const [path, text] of reading.value) if (await isInside(root, path)) inside.push([path, text]);
    return inside.length > 0 ? new Map(inside) : undefined;
  };
  const read = async <R extends Read>(what: R): Promise<Reading<AnswerOf<R>>> => {
    const value = await answer(what);
    // No daemon failed to answer: nobody could ask it.
    if (what.kind === 'talk' || what.kind === 'talks')
      return missing('denied', `${keyOf(what)}: a sosreport answers no questions`);
    // Whether the host has it is not known: absent would say that it has not.
    if (value === undefined) return missing('failed', `${keyOf(what)}: not in this sosreport`);
    // `answer` gives what a read of this kind is answered with.
    return { ok: true, value: value as AnswerOf<R>, at, tookMs: 0 };
  };
  return {
    host: { name: name || basename(root), kind: 'recorded', read, close: async () => {} },
    takenMs: Math.round(seen.mtimeMs),
  };
}

/** A file of the report; a link that leads out of it, to a file of the engineer's own, is none. */
async function contained(root: string, path: string): Promise<string | undefined> {
  if (!(await isInside(root, path))) return undefined;
  return readFile(join(root, path), 'utf8').catch(() => undefined);
}

async function isInside(root: string, path: string): Promise<boolean> {
  const place = await realpath(join(root, path)).catch(() => undefined);
  if (place === undefined || !place.startsWith(root + sep)) return false;
  return (await stat(place)).isFile();
}

/** As sos names the output of a command: without the folder of the program, other characters as `_`, slashes as dots. */
export const commandFile = (command: string): string =>
  command
    .replace(/^\/(?:usr\/)?s?bin\//, '')
    .replaceAll(/[^\w./-]+/g, '_')
    .replaceAll('/', '.')
    .replaceAll(/^[ ._-]+|[ ._-]+$/g, '')
    .slice(0, 255);
