import { keyOf, missing, type Missing, type Read } from '../host/host.ts';
import { notTaken } from '../host/not-taken.ts';
import { codecKey, ReadingDecoder, type LightReading } from './reading-codec.ts';
import type { RecordedReading, SampleEvent } from './events.ts';
import type { BoundDetail } from '../sources/source.ts';
import type { Entry } from '../timeline/moment.ts';
import { validRead } from './valid-read.ts';

/** Readings of one round by name of the recorded read. */
export interface Round {
  readonly source: string;
  readonly t: number;
  readonly took: number;
  readonly readings: readonly {
    readonly name: string;
    readonly read: Read;
    /** Unique key of the read. */
    readonly key: string;
    readonly reading: LightReading;
  }[];
}

/** Decoder of the sample events of one segment, in order, as rounds of readings. */
export class RoundDecoder {
  readonly #decoder = new ReadingDecoder();

  decode(event: SampleEvent): Round {
    const readings: Round['readings'][number][] = [];
    for (const [name, recorded] of Object.entries(event.reads ?? {})) {
      const read = validRead(recorded?.read);
      if (!read) continue;
      readings.push({ name, read, key: codecKey(read), reading: this.#decoder.decode(checked(recorded)) });
    }
    return { source: event.source, t: event.t, took: event.took, readings };
  }
}

const WHYS: ReadonlySet<unknown> = new Set(['absent', 'denied', 'timeout', 'failed']);
const isNumber = (value: unknown): boolean => value === undefined || typeof value === 'number';

/** Recorded reading with its fields checked: a file may hold anything, and an invalid reading is a failed one. */
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
    : { read: recorded.read, why: 'failed', detail: 'invalid reading in the recording' };
}

/** Source or bound detail. */
type Parsing = Pick<BoundDetail, 'reads' | 'parse'>;

interface ReplayReadings {
  /** Evaluated on call. */
  readonly values: () => Record<string, unknown>;
  readonly missing: Record<string, Missing>;
  readonly at: number | undefined;
}

/** Readings of a source's present reads from a round of an older version. */
export function answersFor({ reads }: Parsing, { readings }: Round): ReplayReadings {
  const answers: [name: string, answer: LightReading & { readonly ok: true }][] = [];
  const gaps: Record<string, Missing> = {};
  const keys = keysOf(reads);
  // A source that was recorded in part has got further reads since, of other places of the same: those that were read count.
  const noneRecorded = !keys.some(([, , key]) => readings.some((one) => one.key === key));
  for (const [name, read, key] of keys) {
    const reading =
      readings.find((one) => one.key === key)?.reading ??
      (noneRecorded ? notTaken(read, 'recording') : missing('absent', `${keyOf(read)}: not in this recording`));
    if (reading.ok) answers.push([name, reading]);
    else gaps[name] = reading;
  }
  return {
    values: () => Object.fromEntries(answers.map(([name, { value }]) => [name, value])),
    missing: gaps,
    at: answers[0]?.[1].at,
  };
}

/** Cache by source: there are thousands of rounds. */
const known = new WeakMap<Parsing['reads'], readonly (readonly [name: string, read: Read, key: string])[]>();

function keysOf(reads: Parsing['reads']): readonly (readonly [name: string, read: Read, key: string])[] {
  const keys = known.get(reads) ?? Object.entries(reads).map(([name, read]) => [name, read, codecKey(read)] as const);
  known.set(reads, keys);
  return keys;
}

/** Timeline entry of a round, decoded and parsed on access: most of a recording is skipped. */
export function replayEntry(source: Parsing, round: Round): Entry {
  let found: ReplayReadings | undefined;
  const answers = () => (found ??= answersFor(source, round));
  let sample: unknown;
  let parsed = false;
  return {
    get sample() {
      if (!parsed) {
        parsed = true;
        sample = source.parse(answers().values());
      }
      return sample;
    },
    get at() {
      return answers().at ?? round.t / 1000;
    },
    wallMs: round.t,
    get missing() {
      return answers().missing;
    },
    tookMs: round.took,
    weightKiB: roundKiB(round),
    aloneKiB: aloneKiB(round),
    settle: () => {
      for (const { reading } of round.readings) if (reading.ok) void reading.value;
    },
  };
}

/** Memory of a table slot, and of its content as text and parsed, which is shared with the round before unless changed. */
const PLACE_KIB = 0.04;
const CONTENT_KIB = 0.6;
const LIGHT_PLACES = 50;

/** Memory of a round of large tables beyond the one before it, approximate; undefined for texts. */
export function roundKiB(round: Round): number | undefined {
  const places = sum(round, ({ places: all = 0 }) => all);
  return places < LIGHT_PLACES
    ? undefined
    : places * PLACE_KIB + sum(round, ({ ownPlaces = 0 }) => ownPlaces) * CONTENT_KIB;
}

/** Memory of a round by itself. */
function aloneKiB(round: Round): number | undefined {
  const places = sum(round, ({ places: all = 0 }) => all);
  return places < LIGHT_PLACES ? undefined : places * (PLACE_KIB + CONTENT_KIB);
}

const sum = ({ readings }: Round, of: (reading: LightReading & { readonly ok: true }) => number): number =>
  readings.reduce((total, { reading }) => total + (reading.ok ? of(reading) : 0), 0);
