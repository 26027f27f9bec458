import type { Session } from '../collect/session.ts';
import { keyOf, type Read } from '../host/host.ts';
import { lines } from '../lib/lines.ts';
import { redactVersion, plain } from '../lib/plain.ts';
import { maskSecrets } from '../lib/secrets.ts';
import { shellCommand } from '../lib/shell-quote.ts';
import { bytes, duration, ms } from '../lib/units.ts';
import type { LinesSection, Section } from '../panes/pane.ts';
import { wrap } from './box.ts';

/** More lines of one answer than this are not for reading on a screen; the copy holds them all. */
const MAX_LINES = 5000;

/** What was asked, exactly: a command as it ran, a path, a pattern. */
export function askedFor(read: Read): string {
  const who = read.as === 'root' ? 'root: ' : '';
  switch (read.kind) {
    case 'file':
      return `${who}file ${read.path}`;
    case 'glob':
      return `${who}files ${read.pattern}${read.links ? ' (links)' : ''}`;
    case 'run':
      return `${who}command ${shellCommand(read.argv)}`;
    case 'talk':
      return `${who}${read.dialect} ${read.to}, request ${read.request}`;
    case 'talks':
      return `${who}${read.dialect} ${read.pattern}, request ${read.request}`;
    case 'processes':
      return `${who}process table, /proc/[0-9]*/stat and what belongs to it`;
    case 'cgroups':
      return `${who}control groups of containers, pods and guests, below /sys/fs/cgroup`;
    case 'threads':
      return `${who}threads of ${read.commands.join(', ')}: ${keyOf(read)}`;
    case 'statfs':
      return `${who}statfs ${read.path}`;
    case 'inventory':
      return 'systeminformation, on this machine';
  }
}

/** What the host said to each read of some sources, word for word but harmless, and what it did not say and why. */
export function rawSections(session: Session, sourceIds: readonly string[], nowMs: number): readonly Section[] {
  const out: Section[] = [];
  for (const id of sourceIds) {
    const entry = session.timeline.latest(id);
    const age = entry
      ? `${duration(Math.max(0, nowMs - entry.wallMs) / 1000)} ago, took ${ms(entry.tookMs)}`
      : 'not yet';
    for (const [i, { read, text }] of session.raw(id).entries())
      out.push(rawSection(`${id} ${i}`, askedFor(read), `${age}, ${bytes(Buffer.byteLength(text))}`, text));
    for (const [name, missing] of Object.entries(entry?.missing ?? {}))
      out.push(rawSection(`${id} ${name} missing`, `${id}: ${name}`, missing.why, missing.detail));
  }
  if (out.length > 0) return out;
  return [rawSection('nothing', 'Raw readings', '', 'Nothing that was read from the host stands behind this.')];
}

const TAB_CELLS = 8;

/** Tabs as the blanks that a terminal makes of them. */
function withoutTabs(line: string): string {
  let out = '';
  for (const part of line.split(/(\t)/)) out += part === '\t' ? ' '.repeat(TAB_CELLS - (out.length % TAB_CELLS)) : part;
  return out;
}

function rawSection(id: string, title: string, note: string, said: string): LinesSection {
  // As a whole: a key has more than one line, and the screen breaks them.
  const text = maskSecrets(said);
  let wrapped: { readonly columns: number; readonly cover: number; readonly lines: readonly string[] } | undefined;
  const at = (columns: number) => {
    if (wrapped?.columns === columns && wrapped.cover === redactVersion()) return wrapped.lines;
    const all = lines(text.replaceAll('\0', ' ')).map(withoutTabs);
    const shown = all
      .slice(0, MAX_LINES)
      .flatMap((line) => (line.length <= columns ? [plain(line)] : wrap(line, columns)));
    if (all.length > MAX_LINES) shown.push(`and ${all.length - MAX_LINES} more lines: c copies them all`);
    wrapped = { columns, cover: redactVersion(), lines: shown.length > 0 ? shown : ['(empty)'] };
    return wrapped.lines;
  };
  return {
    kind: 'lines',
    id,
    title,
    note,
    sources: [],
    minColumns: Infinity,
    wantRows: (columns) => at(columns).length,
    draw: (columns, rows) => at(columns).slice(0, rows),
    // Word for word but harmless: what is copied may be pasted into a shell.
    copyText: () =>
      lines(text)
        .map((line) => line.split('\t').map(plain).join('\t'))
        .join('\n'),
  };
}
