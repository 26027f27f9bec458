import { keyOf, type Missing, type Read } from '../../src/host/host.ts';
import type { AnySource } from '../../src/sources/source.ts';
import type { Entry } from '../../src/timeline/moment.ts';
import type { MomentOf } from '../../src/timeline/provider.ts';
import { Timeline } from '../../src/timeline/timeline.ts';
import { hostMoments } from './hosts.ts';
import { readSource } from './moments.ts';

const START_MS = Date.UTC(2026, 0, 1, 12, 0, 0);

/** Values of the reads of one source at one moment, before its parser. */
interface Raw {
  readonly source: AnySource;
  readonly values: Readonly<Record<string, unknown>>;
  readonly missing: Readonly<Record<string, Missing>>;
  readonly at: number;
  readonly wallMs: number;
}

/** What a read gives in the place of its value: a reason, or another value; undefined leaves it. */
export type TakeAway = (read: Read, value: unknown) => Missing | { readonly value: unknown } | undefined;

/** A recorded host with some readings taken away. */
export interface ReadHost {
  /** Ids of the sources that lack something. */
  readonly changed: ReadonlySet<string>;
  readonly momentOf: MomentOf;
}

/** Recorded host whose readings can be taken away. */
export class WholeHost {
  readonly #raw: readonly (Raw & { readonly entry: Entry })[];
  readonly #nowMs: number;

  constructor(raw: readonly Raw[]) {
    this.#raw = raw.map((one) => ({ ...one, entry: entryOf(one) }));
    this.#nowMs = raw.at(-1)?.wallMs ?? START_MS;
  }

  /** Reads with a value in the newest moment, by their sources; sources with the same reads are one. */
  readable(sources: readonly AnySource[]): readonly (readonly [AnySource, ReadonlySet<string>])[] {
    const known = new Map<string, readonly [AnySource, ReadonlySet<string>]>();
    for (const source of sources) {
      const last = this.#raw.findLast((one) => one.source === source);
      const keys = Object.entries<Read>(source.reads).flatMap(([name, read]) =>
        last && name in last.values ? [readKey(read)] : [],
      );
      if (keys.length > 0) known.set(keys.toSorted().join('\n'), [source, new Set(keys)]);
    }
    return [...known.values()];
  }

  without(take: TakeAway): ReadHost {
    const changed = new Set<string>();
    const timeline = new Timeline();
    for (const one of this.#raw) {
      const values = { ...one.values };
      const missing = { ...one.missing };
      let isWhole = true;
      for (const [name, read] of Object.entries<Read>(one.source.reads)) {
        const taken = name in values ? take(read, values[name]) : undefined;
        if (taken === undefined) continue;
        isWhole = false;
        if ('value' in taken) values[name] = taken.value;
        else {
          delete values[name];
          missing[name] = taken;
        }
      }
      if (!isWhole) changed.add(one.source.id);
      timeline.append(one.source.id, isWhole ? one.entry : entryOf({ ...one, values, missing }));
    }
    return { changed, momentOf: (needs) => timeline.moment(needs, this.#nowMs) };
  }
}

const entryOf = ({ source, values, missing, at, wallMs }: Raw): Entry => ({
  sample: source.parse(values),
  at,
  wallMs,
  missing,
  tookMs: 0,
});

/** A recorded host with the values of all reads of these sources. */
export async function wholeHost(name: string, sources: readonly AnySource[]): Promise<WholeHost> {
  const raw: Raw[] = [];
  const moments = hostMoments(name);
  const first = moments[0]?.at ?? 0;
  for (const [index, { at, host }] of moments.entries())
    for (const source of sources) {
      if (source.everySeconds === 'once' && index > 0) continue;
      const { values, missing } = await readSource(source, host);
      raw.push({ source, values, missing, at, wallMs: START_MS + (at - first) * 1000 });
    }
  return new WholeHost(raw);
}

/** Key of a read among those of all kinds. */
export const readKey = (read: Read): string => `${read.kind} ${keyOf(read)}`;
