import { missing, type Missing } from '../host/host.ts';
import { partWords } from '../lib/read-part.ts';
import type { AnySource, Newest } from '../sources/source.ts';
import type { Entry, Moment, Needs, Seen } from './moment.ts';
import { sinceStart } from './since-start.ts';

/** Age up to which all samples stay; older ones are thinned to one in 10 s (2 h), then to one in 60 s. */
const FULL_RATE_MS = 15 * 60_000;
const MIDDLE_RATE_MS = 2 * 60 * 60_000;
/** Limit of large samples of all sources; above it older ones are evicted, except those of the last minute. */
const DEFAULT_LIMIT_KIB = 64 * 1024;
/** Limit of the whole program; near it the limit of large samples shrinks, to `LEAST_KIB`. */
const PROGRAM_LIMIT_KIB = 200 * 1024;
const LEAST_KIB = 8 * 1024;
/** Factors of one step of that limit; evicted memory is not free at once. */
const SHRINK = 0.8;
const GROW = 1.1;
/** Share of the program's limit above which the limit of large samples shrinks. */
const NEAR = 0.85;
/** Share below which it grows again. */
const ROOMY = 0.75;
const ALWAYS_FULL_MS = 60_000;

/** Time span and memory of the history. */
export interface Retention {
  /** Earliest time on the timeline, ms since 1970. */
  readonly sinceMs: number | undefined;
  /** Memory of large samples. */
  readonly usedKiB: number;
  readonly limitKiB: number;
  /** Limit while the program is far below its own. */
  readonly defaultLimitKiB: number;
  /** Resident memory of the program at its last measurement. */
  readonly programKiB: number | undefined;
  readonly programLimitKiB: number;
  /** Number of evicted samples by source. */
  readonly evicted: ReadonlyMap<string, number>;
}

const NOTHING: Seen<never> = {
  now: undefined,
  before: undefined,
  seconds: undefined,
  ageMs: undefined,
  tookMs: undefined,
  missing: {},
  history: [],
  older: () => [],
};

/**
 * History of samples by source, with a cursor that is live or at a time. Callers pass the time as `nowMs`. No React: the
 * screen subscribes through the session.
 */
export class Timeline {
  readonly #entries = new Map<string, Entry[]>();
  /** KiB of the large samples, by source. */
  readonly #weights = new Map<string, number>();
  readonly #evicted = new Map<string, number>();
  #limitKiB = DEFAULT_LIMIT_KIB;
  #programKiB: number | undefined;
  #cursorMs: number | undefined;
  #version = 0;
  /** Whether there is one moment for good, as in a sosreport: no second sample will come. */
  isOneMoment = false;

  /** Version of the data and the cursor. */
  get version(): number {
    return this.#version;
  }

  /** Time of the cursor; undefined is live. */
  get cursorMs(): number | undefined {
    return this.#cursorMs;
  }

  append(sourceId: string, entry: Entry): void {
    const entries = this.#entries.get(sourceId) ?? [];
    entries.push(entry);
    if (entries.length % 64 === 0) this.#set(sourceId, thinned(entries, entry.wallMs));
    else {
      this.#entries.set(sourceId, entries);
      if (entry.weightKiB) this.#weights.set(sourceId, (this.#weights.get(sourceId) ?? 0) + entry.weightKiB);
    }
    if (entry.weightKiB !== undefined) this.#evict(entry.wallMs);
    this.#version++;
  }

  /**
   * Prepends older entries of a source. The last of them replaces the present first entry where that is a copy carried
   * over from it.
   */
  prepend(sourceId: string, older: readonly Entry[]): void {
    const last = older.at(-1);
    if (!last) return;
    const entries = this.#entries.get(sourceId) ?? [];
    const [first] = entries;
    const newer = first?.wallMs === last.wallMs ? entries.slice(1) : entries;
    const nowMs = (newer.at(-1) ?? last).wallMs;
    this.#set(sourceId, thinned([...older, ...newer], nowMs));
    this.#evict(nowMs);
    this.#version++;
  }

  #set(sourceId: string, entries: Entry[]): void {
    this.#entries.set(sourceId, entries);
    const weight = weightOf(entries);
    if (weight > 0) this.#weights.set(sourceId, weight);
    else this.#weights.delete(sourceId);
  }

  /** Evicts samples above the limit, of the source with most memory first. */
  #evict(nowMs: number): void {
    for (const [id, weight] of [...this.#weights].toSorted(([, a], [, b]) => b - a)) {
      const over = sum(this.#weights.values()) - this.#limitKiB;
      if (over <= 0) return;
      const entries = this.#entries.get(id) ?? [];
      const left = withinLimit(entries, nowMs, weight - over);
      if (left.length === entries.length) continue;
      // Remaining entries must not refer to evicted ones.
      for (const entry of left) if (nowMs - entry.wallMs > ALWAYS_FULL_MS) entry.settle?.();
      this.#evicted.set(id, (this.#evicted.get(id) ?? 0) + entries.length - left.length);
      this.#set(id, left);
    }
  }

  /**
   * Adapts the limit of large samples to the resident memory of the program: near its limit they are evicted, far below
   * it their limit grows again. Returns which of the two applies.
   */
  fit(programKiB: number): 'near' | 'roomy' | undefined {
    this.#programKiB = programKiB;
    const room =
      programKiB > PROGRAM_LIMIT_KIB * NEAR ? 'near' : programKiB < PROGRAM_LIMIT_KIB * ROOMY ? 'roomy' : undefined;
    if (room === 'near') this.#limitKiB = Math.max(LEAST_KIB, this.#limitKiB * SHRINK);
    else if (room === 'roomy') this.#limitKiB = Math.min(DEFAULT_LIMIT_KIB, this.#limitKiB * GROW);
    const newest = Math.max(...[...this.#entries.values()].map((entries) => entries.at(-1)?.wallMs ?? -Infinity));
    this.#evict(newest);
    return room;
  }

  retention(): Retention {
    return {
      sinceMs: this.startMs,
      usedKiB: sum(this.#weights.values()),
      limitKiB: this.#limitKiB,
      defaultLimitKiB: DEFAULT_LIMIT_KIB,
      programKiB: this.#programKiB,
      programLimitKiB: PROGRAM_LIMIT_KIB,
      evicted: this.#evicted,
    };
  }

  /** Drops all entries, for a seek of a replay. */
  clear(): void {
    this.#entries.clear();
    this.#weights.clear();
    this.#evicted.clear();
    this.#version++;
  }

  /** Moves the cursor to a time; undefined is live. */
  seek(wallMs: number | undefined): void {
    this.#cursorMs = wallMs;
    this.#version++;
  }

  /** Moves the cursor to the previous or next sample of some sources; live after the last. */
  step(direction: -1 | 1, sourceIds: readonly string[], nowMs: number): void {
    const times = new Set<number>();
    for (const id of sourceIds) for (const entry of this.#entries.get(id) ?? []) times.add(entry.wallMs);
    const sorted = [...times].toSorted((a, b) => a - b);
    const from = this.#cursorMs ?? nowMs;
    const next =
      direction < 0 ? sorted.findLast((time) => time < from - 500) : sorted.find((time) => time > from + 500);
    if (direction > 0 && next === undefined) this.seek(undefined);
    else if (next !== undefined) this.seek(next);
  }

  /** Earliest time on the timeline. */
  get startMs(): number | undefined {
    let first: number | undefined;
    for (const [entry] of this.#entries.values())
      if (entry && (first === undefined || entry.wallMs < first)) first = entry.wallMs;
    return first;
  }

  /** Earliest time with rates of all of these sources: that of the latest second sample. */
  readySince(sourceIds: readonly string[]): number | undefined {
    let ready: number | undefined;
    for (const id of sourceIds) {
      const entries = this.#entries.get(id);
      const wallMs = (entries?.[1] ?? entries?.[0])?.wallMs;
      if (wallMs !== undefined) ready = Math.max(ready ?? 0, wallMs);
    }
    return ready;
  }

  /** All entries of a source, oldest first. */
  entriesOf(sourceId: string): readonly Entry[] {
    return this.#entries.get(sourceId) ?? [];
  }

  latest(sourceId: string): Entry | undefined {
    return this.#entries.get(sourceId)?.at(-1);
  }

  /** Moment at the cursor. */
  moment<N extends Needs>(needs: N, nowMs: number): Moment<N> {
    return this.#momentAt(needs, this.#cursorMs, nowMs);
  }

  /** Moment at a time, independent of the cursor. */
  momentAt<N extends Needs>(needs: N, wallMs: number): Moment<N> {
    return this.#momentAt(needs, wallMs, wallMs);
  }

  /** Newest moment, independent of the cursor: findings are evaluated while paused. */
  latestMoment<N extends Needs>(needs: N, nowMs: number): Moment<N> {
    return this.#momentAt(needs, undefined, nowMs);
  }

  #momentAt<N extends Needs>(needs: N, cursor: number | undefined, nowMs: number): Moment<N> {
    const seen: Record<string, Seen<unknown>> = {};
    for (const [name, source] of Object.entries(needs)) seen[name] = this.#seen(source, cursor, nowMs);
    // Each name has the samples of that source.
    return seen as Moment<N>;
  }

  #sinceStart({ countsSince }: AnySource, now: unknown, at: number): Seen<unknown>['sinceStart'] {
    return this.isOneMoment && countsSince !== undefined && now !== undefined
      ? sinceStart(now, countsSince, at)
      : undefined;
  }

  #newest(sourceId: string, cursorMs: number | undefined): Entry | undefined {
    const all = this.#entries.get(sourceId) ?? [];
    return all[(cursorMs === undefined ? all.length : upperBound(all, cursorMs)) - 1];
  }

  #seen(source: AnySource, cursorMs: number | undefined, nowMs: number): Seen<unknown> {
    const all = this.#entries.get(source.id);
    if (!all) return NOTHING;
    const end = cursorMs === undefined ? all.length : upperBound(all, cursorMs);
    const entry = all[end - 1];
    if (!entry) return NOTHING;
    const previous = all[end - 2];
    const atMs = cursorMs ?? nowMs;
    const from = upperBound(all, atMs - FULL_RATE_MS);
    const now = sampleOf(source, entry);
    // A sample has the type of its source.
    const newest = ((other: AnySource) => this.#newest(other.id, cursorMs)?.sample) as Newest;
    return {
      now,
      before: now === undefined ? undefined : sampleOf(source, previous),
      seconds: previous && entry.at > previous.at ? entry.at - previous.at : undefined,
      ageMs: Math.max(0, atMs - entry.wallMs),
      tookMs: entry.tookMs,
      missing: now === undefined ? entry.missing : { ...entry.missing, ...cutReads(entry), ...source.partial?.(now, newest) }, // prettier-ignore
      sinceStart: previous ? undefined : this.#sinceStart(source, now, entry.at),
      history: all.slice(from, end),
      older: () => all.slice(0, Math.min(from, end)),
    };
  }
}

/** Cut reads as missing ones: their sample is there, and what is not in it may be on the host. */
export const cutReads = ({ parts = {} }: Pick<Entry, 'parts'>): Readonly<Record<string, Missing>> =>
  Object.fromEntries(
    Object.entries(parts).map(([name, part]) => [name, missing('timeout', `${partWords(part)} before its timeout`)]),
  );

/** Sample of a reading; undefined where no read has a value: parsers make a sample of nothing too. */
export function sampleOf({ reads }: AnySource, entry: Entry | undefined): unknown {
  // A source's reads are plain data: see `Reads`.
  const names = Object.keys(reads as object);
  const isNothing = names.length > 0 && names.every((name) => entry?.missing[name] !== undefined);
  return isNothing ? undefined : entry?.sample;
}

/** Index of the first entry after a time. */
export function upperBound(entries: readonly Entry[], wallMs: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle]?.wallMs ?? 0) <= wallMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Last entries with a value for each read that is missing in the newest entry (unresponsive daemon). They are shown as
 * stale, so they are neither thinned nor evicted.
 */
function lastValues(entries: readonly Entry[]): ReadonlySet<Entry> {
  const missingReads = Object.keys(entries.at(-1)?.missing ?? {});
  return new Set(missingReads.flatMap((read) => entries.findLast(({ missing }) => missing[read] === undefined) ?? []));
}

function thinned(entries: readonly Entry[], nowMs: number): Entry[] {
  const pinned = lastValues(entries);
  const left: Entry[] = [];
  let last = -Infinity;
  let goneKiB = 0;
  for (const entry of entries) {
    const age = nowMs - entry.wallMs;
    const spacing = age <= FULL_RATE_MS ? 0 : age <= MIDDLE_RATE_MS ? 10_000 : 60_000;
    const isPinned = pinned.has(entry);
    if (!isPinned && entry.wallMs - last < spacing) {
      goneKiB += kibOf(entry);
      continue;
    }
    if (goneKiB > 0) takesOver(entry, goneKiB);
    goneKiB = 0;
    left.push(entry);
    if (isPinned) continue;
    if (spacing > 0) entry.settle?.();
    last = entry.wallMs;
  }
  return left;
}

/** Weight of entries whose predecessor was evicted, with the parts formerly shared with it. */
const heavier = new WeakMap<Entry, number>();

const kibOf = (entry: Entry): number => heavier.get(entry) ?? entry.weightKiB ?? 0;

function takesOver(entry: Entry, goneKiB: number): void {
  if (entry.aloneKiB !== undefined) heavier.set(entry, Math.min(entry.aloneKiB, kibOf(entry) + goneKiB));
}

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, number) => total + number, 0);

const weightOf = (entries: readonly Entry[]): number => sum(entries.map(kibOf));

/**
 * Entries within `limitKiB`: evicted are those whose neighbours are closest in time for their age, so that recent samples
 * stay dense.
 */
function withinLimit(entries: readonly Entry[], nowMs: number, limitKiB: number): Entry[] {
  let total = weightOf(entries);
  const kept = [...entries];
  const pinned = lastValues(entries);
  while (total > limitKiB) {
    let least: { readonly index: number; readonly gap: number } | undefined;
    for (let index = 1; index < kept.length - 1; index++) {
      const ageMs = nowMs - (kept[index]?.wallMs ?? nowMs);
      if (ageMs <= ALWAYS_FULL_MS) break;
      const entry = kept[index];
      if (!entry?.weightKiB || pinned.has(entry)) continue;
      const gap = ((kept[index + 1]?.wallMs ?? 0) - (kept[index - 1]?.wallMs ?? 0)) / ageMs;
      if (least === undefined || gap < least.gap) least = { index, gap };
    }
    if (!least) return kept;
    const [gone] = kept.splice(least.index, 1);
    const next = kept[least.index];
    const wasKiB = next ? kibOf(next) : 0;
    if (gone && next) takesOver(next, kibOf(gone));
    total -= (gone ? kibOf(gone) : 0) + wasKiB - (next ? kibOf(next) : 0);
  }
  return kept;
}
