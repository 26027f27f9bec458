/** What the fields that are used must be, by the kind of an event: somebody's file may hold anything. */
const FIELDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  segment: {
    version: 'number',
    number: 'number',
    crashcart: 'string',
    host: 'string',
    kind: 'string',
    began: 'number',
  },
  sample: { source: 'string', took: 'number', reads: 'object' },
  finding: { key: 'string', state: 'string', severity: 'string', sentence: 'string' },
  marker: { text: 'string' },
  audit: { host: 'string', as: 'string', command: 'string', why: 'string' },
  status: { link: 'object', transport: 'string' },
  terminal: { terminal: 'string', title: 'string', columns: 'number', rows: 'number' },
  output: { terminal: 'string', data: 'string' },
  recorder: { what: 'string', detail: 'string' },
};
const SEVERITIES: ReadonlySet<unknown> = new Set(['crit', 'warn', 'info']);
/** The latest time that a Date can tell. */
const LATEST_MS = 8.64e15;

export type AnyEvent = Readonly<Record<string, unknown>> & { readonly e: string; readonly t: number };

/** A line of a segment as an event; undefined when it is none, or one of ours with fields that cannot be. */
export function validEvent(line: string): AnyEvent | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const event = value as Readonly<Record<string, unknown>>;
  const { e, t } = event;
  if (typeof e !== 'string' || typeof t !== 'number' || Math.abs(t) > LATEST_MS) return undefined;
  const fields = Object.hasOwn(FIELDS, e) ? Object.entries(FIELDS[e] ?? {}) : [];
  // oxlint-disable-next-line valid-typeof -- the words are those of typeof: see FIELDS
  if (fields.some(([name, type]) => event[name] === null || typeof event[name] !== type)) return undefined;
  if (e === 'finding' && !SEVERITIES.has(event['severity'])) return undefined;
  if (e === 'finding' && event['subject'] !== undefined && typeof event['subject'] !== 'string') return undefined;
  // Its kind and its time have been looked at.
  return event as AnyEvent;
}
