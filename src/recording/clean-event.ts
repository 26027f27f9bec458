import type { Read } from '../host/host.ts';
import type { RecordedReading, RecordingEvent } from './events.ts';
import type { Delta } from './value-delta.ts';

/** Source and read of a text in an event, where it belongs to a reading. */
export interface Place {
  readonly source?: string;
  readonly read?: Read;
}

/** Filter of each text before it is written: masks secrets, or redacts identifiers too. */
export type Clean = (text: string, place: Place) => string;

/** Fields with a fixed vocabulary. */
const FIXED: ReadonlySet<string> = new Set(
  'e crashcart kind state severity as what terminal transport dialect'.split(' '),
);

/** Event with every text filtered: readings, names of entries, commands, sentences, terminal output. */
export function cleanEvent(event: RecordingEvent, clean: Clean): RecordingEvent {
  const anywhere = (text: string) => clean(text, {});
  // Same fields, filtered texts.
  if (event.e !== 'sample') return mapped(event, anywhere) as RecordingEvent;
  const reads = Object.entries(event.reads).map(([name, reading]) => {
    const place = { source: event.source, read: reading.read };
    const recorded = cleanReading(reading, (text) => clean(text, place));
    // A scheduled read is the same on every host; the read of a detail page names its object.
    return [name, event.look ? { ...recorded, read: mapped(reading.read, anywhere) as Read } : recorded] as const;
  });
  return { ...event, reads: Object.fromEntries(reads) };
}

function cleanReading(reading: RecordedReading, clean: (text: string) => string): RecordedReading {
  if ('text' in reading) return { ...reading, text: clean(reading.text) };
  if ('table' in reading) return { ...reading, table: cleanDelta(reading.table, clean) };
  return 'detail' in reading ? { ...reading, detail: clean(reading.detail) } : reading;
}

/** Table with its keys filtered: keys of a map come from the host, fields of an object from the collector. */
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
  // Keys come from the host, so `__proto__` is a valid one.
  const out = Object.create(null) as Record<string, Delta>;
  for (const [key, value] of Object.entries(of)) out[name(key)] = cleanDelta(value, clean);
  return out;
}

function mapped(value: unknown, clean: (text: string) => string): unknown {
  if (typeof value === 'string') return clean(value);
  if (Array.isArray(value)) return value.map((entry) => mapped(entry, clean));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, FIXED.has(key) ? entry : mapped(entry, clean)] as const),
  );
}
