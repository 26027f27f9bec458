import type { Redactor } from '../redact/redactor.ts';
import type { CaseNotes } from './case-notes.ts';

/** Fields without names (fixed vocabulary, times, figures, hashes), which readers of the JSON rely on. */
const FIXED: ReadonlySet<string> = new Set(
  'caseNotes made crashcart from until since at kind severity confidence because pane as id unit sha256 format terminal code verdict aspect limit state'.split(
    ' ',
  ),
);
/** Ids of objects, which name them. */
const ENTITY_ID = /\b(?:entity|root)\.id$/;
/** Fields of sentences and drawn panes, in which a common word that is also a name may be a word. */
const DRAWN: ReadonlySet<string> = new Set([
  'lines',
  'text',
  'title',
  'table',
  'what',
  'column',
  'row',
  'before',
  'after',
  'next',
  'sentence',
]);

/** Notes with pseudonyms for all identifiers. Casts are redacted as streams before. */
export const redactedNotes = (notes: CaseNotes, redactor: Redactor): CaseNotes => ({
  // Same shape: texts stay texts.
  ...(mapped(notes, '', (text, field) => (DRAWN.has(field) ? redactor.shown(text) : redactor.cell(text))) as CaseNotes),
  redacted: true,
});

/** Fields with an identifier left, for verification before the notes are written. */
export function leftIn(notes: CaseNotes, rendered: string, redactor: Redactor): readonly string[] {
  const places = new Set<string>();
  mapped(notes, '', (text, field, path) => {
    const left = DRAWN.has(field) || field === 'cast' ? redactor.leftInLine(text) : redactor.left(text);
    if (left.length > 0) places.add(path);
    return text;
  });
  // Hashes of the recording have the form of an identifier.
  const { sha256, items = [] } = notes.evidence ?? {};
  const hashes = new Set([sha256, ...items.map((item) => item.sha256)]);
  const text = rendered.replaceAll(/\b[0-9a-f]{64}\b/g, (hash) => (hashes.has(hash) ? '' : hash));
  if (redactor.leftInLine(text).length > 0) places.add('the rendered text');
  return [...places];
}

function mapped(
  value: unknown,
  path: string,
  map: (text: string, field: string, path: string) => string,
  field = '',
): unknown {
  if (typeof value === 'string') return FIXED.has(field) && !ENTITY_ID.test(path) ? value : map(value, field, path);
  if (Array.isArray(value)) return value.map((entry: unknown) => mapped(entry, path, map, field));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [
      name,
      mapped(entry, path === '' ? name : `${path}.${name}`, map, name),
    ]),
  );
}
