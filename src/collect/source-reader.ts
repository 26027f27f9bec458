import { keyOf, missing, type Host, type Missing, type Read, type Reading } from '../host/host.ts';
import type { ReadPart } from '../lib/read-part.ts';
import type { BoundDetail } from '../sources/source.ts';

/** Results of a source's reads, and the parsed sample. */
export interface ReadResult {
  readonly sample: unknown;
  readonly missing: Readonly<Record<string, Missing>>;
  /** Reads that were cut at their timeout. */
  readonly parts?: Readonly<Record<string, ReadPart>> | undefined;
  readonly readings: readonly { readonly name: string; readonly read: Read; readonly reading: Reading<unknown> }[];
  /** Host clock of the first reading with a value; undefined without one. */
  readonly at: number | undefined;
  /** Least period of new data, where command-line fallbacks replaced all daemons. */
  readonly paceSeconds?: number | undefined;
}

/** Reader of sources: sends the reads of a source together and parses the result. Reads in flight are shared by sources. */
export class SourceReader {
  readonly #host: Host;
  readonly #inFlight = new Map<string, Promise<Reading<unknown>>>();

  constructor(host: Host) {
    this.#host = host;
  }

  async read(source: Pick<BoundDetail, 'id' | 'reads' | 'parse'>): Promise<ReadResult> {
    const names = Object.keys(source.reads);
    const readings = await Promise.all(
      names.map(async (name) => {
        const read = source.reads[name];
        if (!read) throw new RangeError(`source ${source.id} has no read ${name}`);
        return { name, read, reading: await this.#once(read) };
      }),
    );
    const values: Record<string, unknown> = {};
    const gaps: Record<string, Missing> = {};
    const parts: Record<string, ReadPart> = {};
    let at: number | undefined;
    for (const { name, reading } of readings) {
      if (reading.ok) {
        values[name] = reading.value;
        at ??= reading.at;
        if (reading.part) parts[name] = reading.part;
      } else gaps[name] = reading;
    }
    return { sample: source.parse(values), missing: gaps, parts, readings, at, paceSeconds: paceOf(readings) };
  }

  #once(read: Read): Promise<Reading<unknown>> {
    const key = `${read.as ?? 'user'} ${read.kind} ${keyOf(read)}`;
    const known = this.#inFlight.get(key);
    if (known) return known;
    const reading = this.#host
      .read(read)
      .catch((error: unknown): Reading<unknown> =>
        missing('failed', error instanceof Error ? error.message : String(error)),
      )
      .finally(() => this.#inFlight.delete(key));
    this.#inFlight.set(key, reading);
    return reading;
  }
}

function paceOf(readings: ReadResult['readings']): number | undefined {
  const periods = readings.flatMap(({ read, reading }) =>
    reading.ok && (read.kind === 'talk' || read.kind === 'talks') ? [reading.instead?.everySeconds] : [],
  );
  const known = periods.filter((seconds) => seconds !== undefined);
  return known.length > 0 && known.length === periods.length ? Math.min(...known) : undefined;
}
