import type { Session } from '../collect/session.ts';
import { keyOf, type Missing, type Read } from '../host/host.ts';
import { lines } from '../lib/lines.ts';
import { redactVersion, plain } from '../lib/plain.ts';
import { maskSecrets } from '../lib/secrets.ts';
import { shellCommand } from '../lib/shell-quote.ts';
import { bytes, ms, span } from '../lib/units.ts';
import type { LinesSection, Section } from '../panes/pane.ts';
import { NOT_PRESENT, NOT_READ_YET } from '../ui/kit/missing-reason.ts';
import { wrap } from './box.ts';

/** Most lines of one reading on the screen; a copy has all. */
const MAX_LINES = 5000;

/** Exact request of a read: command line, path, pattern. */
export function requestText(read: Read): string {
  const user = read.as === 'root' ? 'root: ' : '';
  switch (read.kind) {
    case 'file':
      return `${user}file ${read.path}`;
    case 'glob':
      return `${user}files ${read.pattern}${read.links ? ' (links)' : ''}`;
    case 'run':
      return `${user}command ${shellCommand(read.argv)}`;
    case 'talk':
      return `${user}${read.dialect} ${read.to}, request ${read.request}`;
    case 'talks':
      return `${user}${read.dialect} ${read.pattern}, request ${read.request}`;
    case 'processes':
      return `${user}process table: /proc/[0-9]*/stat and related files`;
    case 'cgroups':
      return `${user}cgroups of containers, pods and guests below /sys/fs/cgroup`;
    case 'threads':
      return `${user}threads of ${read.commands.join(', ')}: ${keyOf(read)}`;
    case 'statfs':
      return `${user}statfs ${read.path}`;
    case 'inventory':
      return 'systeminformation on this machine';
  }
}

/** Raw text of each read of some sources, sanitised, and the reason of each missing one. */
export function rawSections(session: Session, sourceIds: readonly string[], nowMs: number): readonly Section[] {
  const out: Section[] = [];
  for (const id of sourceIds) {
    const entry = session.timeline.latest(id);
    const age = entry
      ? `${span(Math.max(0, nowMs - entry.wallMs) / 1000)} ago, took ${ms(entry.tookMs)}`
      : NOT_READ_YET;
    for (const [i, { read, text }] of session.raw(id).entries())
      out.push(rawSection(`${id} ${i}`, requestText(read), `${age}, ${bytes(Buffer.byteLength(text))}`, text));
    for (const [name, missing] of Object.entries(entry?.missing ?? {}))
      out.push(rawSection(`${id} ${name} missing`, `${id}: ${name}`, stateOf(missing), missing.detail));
  }
  if (out.length > 0) return out;
  return [rawSection('nothing', 'Raw readings', '', 'No readings behind this section.')];
}

const stateOf = ({ why }: Missing): string => (why === 'absent' ? NOT_PRESENT : `not readable (${why})`);

const TAB_CELLS = 8;

/** Line with tabs expanded to blanks. */
function withoutTabs(line: string): string {
  let out = '';
  for (const part of line.split(/(\t)/)) out += part === '\t' ? ' '.repeat(TAB_CELLS - (out.length % TAB_CELLS)) : part;
  return out;
}

function rawSection(id: string, title: string, note: string, raw: string): LinesSection {
  // Masked before the split into lines: a private key has several.
  const text = maskSecrets(raw);
  let wrapped: { readonly columns: number; readonly redact: number; readonly lines: readonly string[] } | undefined;
  const at = (columns: number) => {
    if (wrapped?.columns === columns && wrapped.redact === redactVersion()) return wrapped.lines;
    const all = lines(text.replaceAll('\0', ' ')).map(withoutTabs);
    const shown = all
      .slice(0, MAX_LINES)
      .flatMap((line) => (line.length <= columns ? [plain(line)] : wrap(line, columns)));
    if (all.length > MAX_LINES) shown.push(`${all.length - MAX_LINES} more lines: c copies all`);
    wrapped = { columns, redact: redactVersion(), lines: shown.length > 0 ? shown : ['(empty)'] };
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
    // Sanitised: copied text may be pasted into a shell.
    copyText: () =>
      lines(text)
        .map((line) => line.split('\t').map(plain).join('\t'))
        .join('\n'),
  };
}
