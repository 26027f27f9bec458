import type { Reading, DaemonReply } from '../host/host.ts';

/** Limit of a raw text, for a person to read. */
const MAX_CHARACTERS = 200_000;

/** Raw text of a reading; files of a glob under their names. */
export function rawText(reading: Reading<unknown>): string {
  if (!reading.ok) return `(${reading.why}: ${reading.detail})`;
  const { value } = reading;
  const text =
    typeof value === 'string' ? value : value instanceof Map ? mapText(value) : JSON.stringify(value, withMaps);
  return text.length > MAX_CHARACTERS
    ? `${text.slice(0, MAX_CHARACTERS)}\n(cut: ${text.length} characters in all)`
    : text;
}

/** JSON has no maps: the groups of the cgroups are one. */
const withMaps = (_: string, value: unknown): unknown => (value instanceof Map ? Object.fromEntries(value) : value);

function mapText(map: ReadonlyMap<unknown, unknown>): string {
  let out = '';
  for (const [key, value] of map) {
    out += typeof value === 'string' ? named(key, value) : isReply(value) ? replyText(key, value) : processText(value);
    if (out.length > MAX_CHARACTERS) break;
  }
  return out;
}

const named = (key: unknown, text: string): string => `${String(key)}: ${text.endsWith('\n') ? text : `${text}\n`}`;

const isReply = (value: unknown): value is DaemonReply => typeof value === 'object' && value !== null && 'ok' in value;

const replyText = (key: unknown, reply: DaemonReply): string =>
  named(key, reply.ok ? reply.text : `(${reply.why}: ${reply.detail})`);

function processText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return '';
  return `${Object.entries(value)
    .filter(([, text]) => typeof text === 'string')
    .map(([name, text]) => `${name}: ${String(text).trimEnd().replaceAll('\0', ' ')}`)
    .join('\n')}\n\n`;
}
