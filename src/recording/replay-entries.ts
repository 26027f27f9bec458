import { keyOf, missing, type Missing, type Read } from '../host/host.ts';
import type { ReadPart } from '../lib/read-part.ts';
import { notTaken } from '../host/not-taken.ts';
import { codecKey, ReadingDecoder, type LightReading } from './reading-codec.ts';
import type { SampleEvent } from './events.ts';
import type { BoundDetail } from '../sources/source.ts';
import type { Entry } from '../timeline/moment.ts';

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
    for (const [name, recorded] of Object.entries(event.reads)) {
      const { read } = recorded;
      readings.push({ name, read, key: codecKey(read), reading: this.#decoder.decode(recorded) });
    }
    return { source: event.source, t: event.t, took: event.took, readings };
  }
}

/** Source or bound detail. */
type Parsing = Pick<BoundDetail, 'reads' | 'parse'>;

interface ReplayReadings {
  /** Evaluated on call. */
  readonly values: () => Record<string, unknown>;
  readonly missing: Record<string, Missing>;
  readonly parts: Readonly<Record<string, ReadPart>>;
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
    parts: Object.fromEntries(answers.flatMap(([name, { part }]) => (part ? [[name, part]] : []))),
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

/** Sample of recorded values; that of none where a table of the file does not have the form that its read has on a host. */
export function parsedSample(source: Parsing, values: Record<string, unknown>): unknown {
  try {
    return source.parse(values);
  } catch {
    return source.parse({});
  }
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
        sample = parsedSample(source, answers().values());
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
    get parts() {
      return answers().parts;
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
const LIGHT_KIB = 64;
/** Memory of a text, raw and parsed, and of a round without its texts. */
const TEXT_FACTOR = 2;
const ROUND_KIB = 2;

/** Memory of a round of large tables or texts beyond the one before it, approximate; undefined for a light one. */
export function roundKiB(round: Round): number | undefined {
  const places = sum(round, ({ places: all = 0 }) => all);
  const texts = textsKiB(round);
  if (places < LIGHT_PLACES && texts < LIGHT_KIB) return undefined;
  const tables = places * PLACE_KIB + sum(round, ({ ownPlaces = 0 }) => ownPlaces) * CONTENT_KIB;
  return Math.max(tables, texts * TEXT_FACTOR);
}

/** Memory of a light round, approximate; 0 for a large one. */
export const lightKiB = (round: Round): number => (roundKiB(round) === undefined ? ROUND_KIB + textsKiB(round) : 0);

/** Memory of a round by itself. */
function aloneKiB(round: Round): number | undefined {
  const places = sum(round, ({ places: all = 0 }) => all);
  if (roundKiB(round) === undefined) return undefined;
  return Math.max(places * (PLACE_KIB + CONTENT_KIB), textsKiB(round) * TEXT_FACTOR);
}

const textsKiB = (round: Round): number => sum(round, ({ ownKiB = 0 }) => ownKiB);

const sum = ({ readings }: Round, of: (reading: LightReading & { readonly ok: true }) => number): number =>
  readings.reduce((total, { reading }) => total + (reading.ok ? of(reading) : 0), 0);
