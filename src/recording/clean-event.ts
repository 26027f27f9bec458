import type { Read } from '../host/host.ts';
import type { RecordedReading, RecordingEvent } from './events.ts';
import type { Delta } from './value-delta.ts';

/** Where a text stands in an event: the source and the read that it answers, where it answers one. */
export interface Place {
  readonly source?: string;
  readonly read?: Read;
}

/** What is made of each text before it is written: without secrets, or without identifiers too. */
export type Clean = (text: string, place: Place) => string;

/** Fields whose words are our own and say nothing of the host. */
const OURS: ReadonlySet<string> = new Set(
  'e crashcart kind state severity as what terminal transport dialect'.split(' '),
);

/** The event with every text in it made clean: what the host said, names of entries, commands, sentences, bytes of terminals. */
export function cleanEvent(event: RecordingEvent, clean: Clean): RecordingEvent {
  const anywhere = (text: string) => clean(text, {});
  // The same fields again, with other texts in them.
  if (event.e !== 'sample') return mapped(event, anywhere) as RecordingEvent;
  const reads = Object.entries(event.reads).map(([name, reading]) => {
    const place = { source: event.source, read: reading.read };
    const answer = cleanReading(reading, (text) => clean(text, place));
    // What is read on a schedule is the same on every host; what a person looked at names it.
    return [name, event.look ? { ...answer, read: mapped(reading.read, anywhere) as Read } : answer] as const;
  });
  return { ...event, reads: Object.fromEntries(reads) };
}

function cleanReading(reading: RecordedReading, clean: (text: string) => string): RecordedReading {
  if ('text' in reading) return { ...reading, text: clean(reading.text) };
  if ('table' in reading) return { ...reading, table: cleanDelta(reading.table, clean) };
  return 'detail' in reading ? { ...reading, detail: clean(reading.detail) } : reading;
}

/** A table: the names of its entries come from the host, those of their fields from us. */
function cleanDelta(delta: Delta, clean: (text: string) => string): Delta {
  if (typeof delta === 'string') return clean(delta);
  if (typeof delta !== 'object' || delta === null) return delta;
  if ('list' in delta) return { list: delta.list.map((entry) => cleanDelta(entry, clean)) };
  const gone = delta.gone && { gone: delta.gone.map(clean) };
  const same = (name: string) => name;
  if ('map' in delta) return { ...delta, ...gone, map: entries(delta.map, clean, clean) };
  return { ...delta, object: entries(delta.object, same, clean) };
}

function entries(of: Readonly<Record<string, Delta>>, name: (text: string) => string, clean: (text: string) => string) {
  // Names come from the host: `__proto__` is one like any other.
  const out = Object.create(null) as Record<string, Delta>;
  for (const [key, value] of Object.entries(of)) out[name(key)] = cleanDelta(value, clean);
  return out;
}

function mapped(value: unknown, clean: (text: string) => string): unknown {
  if (typeof value === 'string') return clean(value);
  if (Array.isArray(value)) return value.map((entry) => mapped(entry, clean));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, OURS.has(key) ? entry : mapped(entry, clean)] as const),
  );
}
