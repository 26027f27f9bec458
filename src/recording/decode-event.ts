import type { LinkState, Read, RootState } from '../host/host.ts';
import type { ReadPart } from '../lib/read-part.ts';
import { sanitize } from '../lib/plain.ts';
import {
  flag,
  INVALID,
  integerFrom,
  isInvalid,
  isObject,
  numberFrom,
  objectOf,
  oneOf,
  optional,
  rawText,
  textOf,
  variantOf,
  withDefault,
  type Decoder,
} from '../lib/schema.ts';
import { decodeRead } from './decode-read.ts';
import type {
  AuditEvent,
  FindingEvent,
  GapEvent,
  MarkerEvent,
  OutputEvent,
  RecordedReading,
  RecorderEvent,
  RecordingEvent,
  SampleEvent,
  SegmentEvent,
  StatusEvent,
  TerminalEvent,
} from './events.ts';
import { MAX_COLUMNS, MAX_DEPTH, MAX_ROWS } from './limits.ts';
import { isDelta } from './value-delta.ts';

/** Time of a Date, ms since 1970. */
const time = numberFrom(-8.64e15, 8.64e15);
const number = numberFrom(-Number.MAX_VALUE, Number.MAX_VALUE);
const count = integerFrom(0, Number.MAX_SAFE_INTEGER);
const name = textOf(1000);
const sentence = textOf(4000);
/** Commands hold programs, notes are typed. */
const long = textOf(64 << 10);

const lost = { sinceMs: time, detail: sentence, retryAtMs: optional(time) };

const link = variantOf<LinkState>('state', {
  live: objectOf({ state: oneOf('live') }),
  stalled: objectOf({ state: oneOf('stalled'), sinceMs: time, detail: sentence }),
  lost: objectOf<LinkState & { readonly state: 'lost' }>({ state: oneOf('lost'), ...lost, collectorOnly: optional(flag) }), // prettier-ignore
  closed: objectOf({ state: oneOf('closed'), detail: sentence }),
});

const root = variantOf<RootState>('state', {
  root: objectOf({ state: oneOf('root') }),
  none: objectOf({ state: oneOf('none'), detail: sentence }),
  password: objectOf({ state: oneOf('password'), detail: sentence }),
  lost: objectOf<RootState & { readonly state: 'lost' }>({ state: oneOf('lost'), ...lost }),
});

const why = oneOf('absent', 'denied', 'timeout', 'failed');
/** Names of readings in a sample. */
const MAX_READS = 1000;

/** Value of a reading as it is: parsers take any text, and what is drawn of it is sanitised there. */
function decodeReading(value: unknown): RecordedReading | undefined {
  const read = isObject(value) ? decodeRead(value['read']) : INVALID;
  if (!isObject(value) || isInvalid(read)) return undefined;
  const [at, took] = [optional(number)(value['at']), optional(number)(value['took'])];
  const part = partOf(value['part']);
  const head = { read, ...(isInvalid(at) || at === undefined ? {} : { at }), ...(isInvalid(took) || took === undefined ? {} : { took }), ...(part && { part }) }; // prettier-ignore
  if (isNumber(value['at']) && isNumber(value['took'])) {
    if ('why' in value) {
      const [reason, detail] = [why(value['why']), sentence(value['detail'])];
      if (!isInvalid(reason) && !isInvalid(detail)) return { ...head, why: reason, detail };
    } else if (value['same'] === true) return { ...head, same: true };
    else if (TEXTS.has(read.kind) ? typeof value['text'] !== 'string' : 'text' in value) return invalidReading(read);
    else if (typeof value['text'] === 'string') return { ...head, text: value['text'] };
    else if (isObject(value['table']) && isDelta(value['table'], MAX_DEPTH)) return { ...head, table: value['table'] };
  }
  return invalidReading(read);
}

const decodePart = objectOf<ReadPart>({ read: integerFrom(0, 1e9), of: integerFrom(0, 1e9) });

function partOf(value: unknown): ReadPart | undefined {
  const part = decodePart(value);
  return isInvalid(part) ? undefined : part;
}

const invalidReading = (read: Read): RecordedReading => ({ read, why: 'failed', detail: 'invalid reading in the recording' }); // prettier-ignore

/** Kinds of reads whose value is a text; that of others is a table. */
const TEXTS: ReadonlySet<Read['kind']> = new Set(['file', 'run', 'talk', 'limits', 'statfs', 'mounts', 'inventory']);

const isNumber = (value: unknown): boolean => value === undefined || typeof value === 'number';

const readings: Decoder<SampleEvent['reads']> = (value) => {
  if (!isObject(value)) return INVALID;
  const entries = Object.entries(value).slice(0, MAX_READS);
  // A reading of an unknown kind is of a newer version.
  return Object.fromEntries(
    entries.flatMap(([key, entry]) => {
      const reading = decodeReading(entry);
      return reading ? [[sanitize(key), reading] as const] : [];
    }),
  );
};

const kinds: { readonly [E in RecordingEvent['e']]: Decoder<Extract<RecordingEvent, { readonly e: E }>> } = {
  segment: objectOf<SegmentEvent>({
    e: oneOf('segment'),
    t: time,
    version: count,
    number: count,
    crashcart: name,
    host: name,
    kind: oneOf('ssh', 'local', 'recorded'),
    began: time,
    redacted: withDefault(flag, false),
  }),
  sample: objectOf<SampleEvent>({
    e: oneOf('sample'),
    t: time,
    source: name,
    took: number,
    reads: readings,
    look: optional(oneOf(true)),
    carried: optional(oneOf(true)),
  }),
  finding: objectOf<FindingEvent>({
    e: oneOf('finding'),
    t: time,
    key: sentence,
    subject: optional(name),
    state: oneOf('stands', 'ended'),
    severity: oneOf('crit', 'warn', 'info'),
    sentence,
  }),
  marker: objectOf<MarkerEvent>({ e: oneOf('marker'), t: time, text: long }),
  audit: objectOf<AuditEvent>({
    e: oneOf('audit'),
    t: time,
    host: name,
    as: oneOf('user', 'root'),
    command: long,
    why: sentence,
    exit: optional(number),
    tookMs: optional(number),
  }),
  status: objectOf<StatusEvent>({
    e: oneOf('status'),
    t: time,
    link,
    root: optional(root),
    transport: name,
    hostCpuPct: optional(number),
    wireBytesPerSec: optional(number),
  }),
  terminal: objectOf<TerminalEvent>({
    e: oneOf('terminal'),
    t: time,
    terminal: name,
    title: name,
    columns: integerFrom(2, MAX_COLUMNS),
    rows: integerFrom(1, MAX_ROWS),
  }),
  output: objectOf<OutputEvent>({ e: oneOf('output'), t: time, terminal: name, data: rawText }),
  gap: objectOf<GapEvent>({ e: oneOf('gap'), t: time, state: oneOf('paused', 'resumed'), sinceMs: time }),
  recorder: objectOf<RecorderEvent>({ e: oneOf('recorder'), t: time, what: oneOf('end', 'left-out'), detail: sentence }), // prettier-ignore
};

const decodeKnown = variantOf<RecordingEvent>('e', kinds);

/**
 * Event of a line's value with every field of its type: texts sanitised and of limited length, except values of readings and output of
 * terminals, which their parsers and `TerminalFilter` take raw. `unknown` for a kind of a newer version; undefined for other values.
 */
export function decodeEvent(value: unknown): RecordingEvent | 'unknown' | undefined {
  if (!isObject(value) || typeof value['e'] !== 'string') return undefined;
  if (!Object.hasOwn(kinds, value['e'])) return 'unknown';
  const event = decodeKnown(value);
  return isInvalid(event) ? undefined : event;
}
