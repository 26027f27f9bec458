import type { Session } from '../collect/session.ts';
import { jsonLines } from '../lib/json-lines.ts';
import { lines } from '../lib/lines.ts';
import { redactVersion, plain } from '../lib/plain.ts';
import { maskSecrets } from '../lib/secrets.ts';
import { bytes, ms, plural, span } from '../lib/units.ts';
import type { LinesSection } from '../panes/pane.ts';
import { stateOfMissing, stateWords } from '../timeline/reading-state.ts';
import { wrap } from './box.ts';
import type { FindingReadings } from './finding-readings.ts';
import { requestText } from '../collect/raw-request.ts';

/** Most lines of one reading on the screen; a copy has all. */
const MAX_LINES = 5000;

/** A raw section with the first of its marked lines. */
export interface RawSection extends LinesSection {
  /** Index of the first marked line at a width; undefined without one. */
  readonly firstMarked: (columns: number) => number | undefined;
}

/**
 * Raw text of each read of some sources, sanitised, and the reason of each missing one. Behind a finding: reads that its evidence
 * names first, with marked lines.
 */
export function rawSections(
  session: Session,
  sourceIds: readonly string[],
  nowMs: number,
  behind?: Pick<FindingReadings, 'rank' | 'marks'>,
): readonly RawSection[] {
  const out: RawSection[] = [];
  for (const id of sourceIds) {
    const entry = session.timeline.latest(id);
    const age = entry
      ? `${span(Math.max(0, nowMs - entry.wallMs) / 1000)} ago, took ${ms(entry.tookMs)}`
      : 'not read yet';
    const readings = [...session.raw(id).entries()];
    if (behind)
      readings.sort(
        ([, a], [, b]) =>
          behind.rank(requestText(a.read), a.read, a.text) - behind.rank(requestText(b.read), b.read, b.text),
      );
    for (const [i, { read, text }] of readings)
      out.push(
        rawSection(`${id} ${i}`, requestText(read), `${age}, ${bytes(Buffer.byteLength(text))}`, text, {
          marks: behind && ((line) => behind.marks(read, line)),
        }),
      );
    for (const [name, missing] of Object.entries(entry?.missing ?? {}))
      out.push(
        rawSection(`${id} ${name} missing`, `${id}: ${name}`, stateWords(stateOfMissing(missing)), missing.detail),
      );
  }
  if (out.length > 0) return out;
  return [rawSection('nothing', 'Raw readings', '', 'No readings behind this section.')];
}

/** Parts of a wrapped line up to which it is marked as a whole. */
const WHOLE = 4;

const TAB_CELLS = 8;

/** Line with tabs expanded to blanks. */
function withoutTabs(line: string): string {
  let out = '';
  for (const part of line.split(/(\t)/)) out += part === '\t' ? ' '.repeat(TAB_CELLS - (out.length % TAB_CELLS)) : part;
  return out;
}

/** Section of a text of the host, sanitised and wrapped. */
export const textOf = (id: string, title: string, text: string): LinesSection => rawSection(id, title, '', text);

interface RawLine {
  readonly text: string;
  readonly marked: boolean;
}

/** Cells of the pointer before a marked line. */
const GUTTER = 2;

function rawSection(
  id: string,
  title: string,
  note: string,
  raw: string,
  { marks }: { readonly marks?: ((line: string) => boolean) | undefined } = {},
): RawSection {
  // Masked before the split into lines: a private key has several.
  const text = maskSecrets(raw);
  const split = () => lines(text.replaceAll('\0', ' ')).map(withoutTabs).flatMap(jsonLines);
  const count = marks ? split().slice(0, MAX_LINES).filter(marks).length : 0;
  let wrapped: { readonly columns: number; readonly redact: number; readonly lines: readonly RawLine[] } | undefined;
  const at = (columns: number): readonly RawLine[] => {
    if (wrapped?.columns === columns && wrapped.redact === redactVersion()) return wrapped.lines;
    const room = count > 0 ? columns - GUTTER : columns;
    const all = split();
    const shown = all.slice(0, MAX_LINES).flatMap((line): readonly RawLine[] => {
      const parts = line.length <= room ? [plain(line)] : wrap(line, room);
      if (count === 0 || !marks?.(line)) return parts.map((part) => ({ text: part, marked: false }));
      // Of a reply in one long line the parts with the name.
      const some = parts.length > WHOLE && parts.some(marks);
      return parts.map((part) => ({ text: part, marked: !some || marks(part) }));
    });
    const more = all.length > MAX_LINES ? [`${all.length - MAX_LINES} more lines: c copies all`] : [];
    const notes = shown.length === 0 ? ['(empty)'] : more;
    wrapped = {
      columns,
      redact: redactVersion(),
      lines: [...shown, ...notes.map((line) => ({ text: line, marked: false }))],
    };
    return wrapped.lines;
  };
  const firstMarked = (columns: number) => {
    const first = count === 0 ? -1 : at(columns).findIndex(({ marked }) => marked);
    return first < 0 ? undefined : first;
  };
  return {
    kind: 'lines',
    id,
    title,
    note: count === 0 ? note : `${note}, ${plural(count, 'line')} marked`,
    sources: [],
    minColumns: Infinity,
    firstMarked,
    wantRows: (columns) => at(columns).length,
    draw: (columns, rows, theme) =>
      at(columns)
        .slice(0, rows)
        .map((line) =>
          count === 0
            ? line.text
            : line.marked
              ? theme.paint('accent', `${theme.glyphs.pointer} ${line.text}`)
              : `${' '.repeat(GUTTER)}${line.text}`,
        ),
    // Sanitised: copied text may be pasted into a shell.
    copyText: () =>
      lines(text)
        .map((line) => line.split('\t').map(plain).join('\t'))
        .join('\n'),
  };
}
