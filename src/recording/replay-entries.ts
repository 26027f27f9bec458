import { missing, type CgroupTable, type Missing, type Read, type Reading } from '../host/host.ts';
import { codecKey, ReadingDecoder } from './reading-codec.ts';
import type { RecordedReading, SampleEvent } from './events.ts';
import type { BoundDetail } from '../sources/source.ts';
import type { Entry } from '../timeline/moment.ts';
import { validRead } from './valid-read.ts';

/** What was read in one round, by the names of the recorded reads. */
export interface Round {
  readonly source: string;
  readonly t: number;
  readonly took: number;
  readonly readings: readonly { readonly name: string; readonly read: Read; readonly reading: Reading<unknown> }[];
}

/** Turns the sample events of one segment, in their order, into rounds of readings. */
export class RoundDecoder {
  readonly #decoder = new ReadingDecoder();

  decode(event: SampleEvent): Round {
    const readings: Round['readings'][number][] = [];
    for (const [name, recorded] of Object.entries(event.reads ?? {})) {
      const read = validRead(recorded?.read);
      if (!read) continue;
      readings.push({ name, read, reading: this.#decoder.decode(checked(recorded)) });
    }
    return { source: event.source, t: event.t, took: event.took, readings };
  }
}

const WHYS: ReadonlySet<unknown> = new Set(['absent', 'denied', 'timeout', 'failed']);
const isNumber = (value: unknown): boolean => value === undefined || typeof value === 'number';

/** Somebody's file may hold anything: what is no answer is a failed one. */
function checked(recorded: RecordedReading): RecordedReading {
  const answer = recorded as RecordedReading & Readonly<Record<string, unknown>>;
  const isAnswer =
    'why' in answer
      ? WHYS.has(answer['why']) && typeof answer['detail'] === 'string'
      : answer['same'] === true ||
        typeof answer['text'] === 'string' ||
        (typeof answer['table'] === 'object' && answer['table'] !== null);
  return isAnswer && isNumber(answer.at) && isNumber(answer.took)
    ? recorded
    : { read: recorded.read, why: 'failed', detail: 'the recording holds no answer here' };
}

/** A source or a bound detail. */
type Parsing = Pick<BoundDetail, 'reads' | 'parse'>;

/** The answers that a source of today reads, out of a round that was recorded perhaps long ago. */
export function answersFor(
  source: Parsing,
  round: Round,
): {
  readonly values: Record<string, unknown>;
  readonly missing: Record<string, Missing>;
  readonly at: number | undefined;
} {
  const byKey = new Map(round.readings.map(({ read, reading }) => [codecKey(read), reading]));
  const values: Record<string, unknown> = {};
  const gaps: Record<string, Missing> = {};
  let at: number | undefined;
  for (const [name, read] of Object.entries(source.reads)) {
    const reading = byKey.get(codecKey(read)) ?? missing('absent', 'not in the recording');
    if (reading.ok) {
      values[name] = reading.value;
      at ??= reading.at;
    } else gaps[name] = reading;
  }
  return { values, missing: gaps, at };
}

/** Parsed when somebody looks: most of a recording is passed over. */
export function replayEntry(source: Parsing, round: Round): Entry {
  const { values, missing: gaps, at } = answersFor(source, round);
  let sample: unknown;
  let parsed = false;
  return {
    get sample() {
      if (!parsed) {
        parsed = true;
        sample = source.parse(values);
      }
      return sample;
    },
    at: at ?? round.t / 1000,
    wallMs: round.t,
    missing: gaps,
    tookMs: round.took,
    weightKiB: roundKiB(round),
  };
}

/** A place in a table; what stands there is shared with the round before, unless it changed. */
const PLACE_KIB = 0.06;

/** What a round of large tables takes in memory, about; undefined for one of texts. */
export function roundKiB({ readings }: Round): number | undefined {
  let places = 0;
  for (const { reading } of readings) {
    const value = reading.ok ? reading.value : undefined;
    if (value instanceof Map) places += value.size;
    else if (isTable(value)) places += value.groups.size;
  }
  return places < LIGHT_PLACES ? undefined : places * PLACE_KIB;
}

const LIGHT_PLACES = 50;
const isTable = (value: unknown): value is CgroupTable =>
  typeof value === 'object' && value !== null && 'groups' in value && value.groups instanceof Map;
