/** Types of the used fields by kind of event: a file may hold anything. */
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
/** Latest time of a Date. */
const LATEST_MS = 8.64e15;

export type AnyEvent = Readonly<Record<string, unknown>> & { readonly e: string; readonly t: number };

/** Event of a line; undefined for other lines and for known events with invalid fields. */
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
  // oxlint-disable-next-line valid-typeof -- values of FIELDS are results of typeof
  if (fields.some(([name, type]) => event[name] === null || typeof event[name] !== type)) return undefined;
  if (e === 'finding' && !SEVERITIES.has(event['severity'])) return undefined;
  if (e === 'finding' && event['subject'] !== undefined && typeof event['subject'] !== 'string') return undefined;
  // Kind and time are checked above.
  return event as AnyEvent;
}
