import type { Entry, Moment, Needs, Seen } from './moment.ts';

/** Full rate is kept this long; older samples are thinned to one in 10 s (2 h), then to one in 60 s. */
const FULL_RATE_MS = 15 * 60_000;
const MIDDLE_RATE_MS = 2 * 60 * 60_000;
/** Large samples of all sources together may take this much; then older ones are thinned sooner, but not the last minute. */
const MAX_KIB = 64 * 1024;
/** And the whole program this much: near it they give way, down to a share that still shows something. */
const PROGRAM_KIB = 200 * 1024;
const LEAST_KIB = 8 * 1024;
/** Of their share, each time; memory that was let go of is not free at once. */
const GIVES = 0.8;
const TAKES = 1.1;
/** From this part of what the program may take on they give way: what is let go of is not free at once, so it goes on growing. */
const NEAR = 0.85;
/** Below this part of it they get it back. */
const ROOMY = 0.75;
const ALWAYS_FULL_MS = 60_000;

/** What is kept for looking back. */
export interface Kept {
  /** Earliest time that can be shown, ms since 1970. */
  readonly sinceMs: number | undefined;
  /** Of the large samples: what they take, and may take. */
  readonly takenKiB: number;
  readonly mostKiB: number;
  /** What they may take when the program has room. */
  readonly shareKiB: number;
  /** The whole program: what it took when that was looked at last, and should take at most. */
  readonly programKiB: number | undefined;
  readonly programMostKiB: number;
  /** Samples that were given up for want of room, by source. */
  readonly givenUp: ReadonlyMap<string, number>;
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
 * All samples since connect, per source, with a cursor that is live or stands at a time. Knows no clock: `nowMs` is
 * given. No React: the screen subscribes through the session.
 */
export class Timeline {
  readonly #entries = new Map<string, Entry[]>();
  /** KiB of the large samples, by source. */
  readonly #weights = new Map<string, number>();
  readonly #givenUp = new Map<string, number>();
  #mostKiB = MAX_KIB;
  #programKiB: number | undefined;
  #cursorMs: number | undefined;
  #version = 0;

  /** Changes whenever anything that a moment shows may have changed. */
  get version(): number {
    return this.#version;
  }

  /** Where we look: undefined is live. */
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
    if (entry.weightKiB !== undefined) this.#makeRoom(entry.wallMs);
    this.#version++;
  }

  /**
   * What came before all that is kept of a source. A first entry that this tells again, since it had been carried over from there,
   * gives way to it.
   */
  prepend(sourceId: string, older: readonly Entry[]): void {
    const last = older.at(-1);
    if (!last) return;
    const entries = this.#entries.get(sourceId) ?? [];
    const [first] = entries;
    const newer = first?.wallMs === last.wallMs ? entries.slice(1) : entries;
    const nowMs = (newer.at(-1) ?? last).wallMs;
    this.#set(sourceId, thinned([...older, ...newer], nowMs));
    this.#makeRoom(nowMs);
    this.#version++;
  }

  #set(sourceId: string, entries: Entry[]): void {
    this.#entries.set(sourceId, entries);
    const weight = weightOf(entries);
    if (weight > 0) this.#weights.set(sourceId, weight);
    else this.#weights.delete(sourceId);
  }

  /** Who takes most gives first. */
  #makeRoom(nowMs: number): void {
    for (const [id, weight] of [...this.#weights].toSorted(([, a], [, b]) => b - a)) {
      const over = sum(this.#weights.values()) - this.#mostKiB;
      if (over <= 0) return;
      const entries = this.#entries.get(id) ?? [];
      const left = lightened(entries, nowMs, weight - over);
      if (left.length === entries.length) continue;
      // What leant on those that went would hold them.
      for (const entry of left) if (nowMs - entry.wallMs > ALWAYS_FULL_MS) entry.settle?.();
      this.#givenUp.set(id, (this.#givenUp.get(id) ?? 0) + entries.length - left.length);
      this.#set(id, left);
    }
  }

  /**
   * What the whole program takes now: said every few seconds. Near its bound large samples give way, and come back with room; which
   * of the two it is is given back.
   */
  fit(programKiB: number): 'near' | 'roomy' | undefined {
    this.#programKiB = programKiB;
    const room = programKiB > PROGRAM_KIB * NEAR ? 'near' : programKiB < PROGRAM_KIB * ROOMY ? 'roomy' : undefined;
    if (room === 'near') this.#mostKiB = Math.max(LEAST_KIB, this.#mostKiB * GIVES);
    else if (room === 'roomy') this.#mostKiB = Math.min(MAX_KIB, this.#mostKiB * TAKES);
    const newest = Math.max(...[...this.#entries.values()].map((entries) => entries.at(-1)?.wallMs ?? -Infinity));
    this.#makeRoom(newest);
    return room;
  }

  kept(): Kept {
    return {
      sinceMs: this.startMs,
      takenKiB: sum(this.#weights.values()),
      mostKiB: this.#mostKiB,
      shareKiB: MAX_KIB,
      programKiB: this.#programKiB,
      programMostKiB: PROGRAM_KIB,
      givenUp: this.#givenUp,
    };
  }

  /** Forgets everything: a replay goes elsewhere. */
  clear(): void {
    this.#entries.clear();
    this.#weights.clear();
    this.#givenUp.clear();
    this.#version++;
  }

  /** Stands still at a time (or goes live again). */
  seek(wallMs: number | undefined): void {
    this.#cursorMs = wallMs;
    this.#version++;
  }

  /** Steps to the previous or next time at which the given sources changed; goes live after the last. */
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

  /** Earliest time that can be shown. */
  get startMs(): number | undefined {
    let first: number | undefined;
    for (const [entry] of this.#entries.values())
      if (entry && (first === undefined || entry.wallMs < first)) first = entry.wallMs;
    return first;
  }

  /** Since when all of these sources can be told with their rates: the time of the latest second sample. */
  readySince(sourceIds: readonly string[]): number | undefined {
    let ready: number | undefined;
    for (const id of sourceIds) {
      const entries = this.#entries.get(id);
      const wallMs = (entries?.[1] ?? entries?.[0])?.wallMs;
      if (wallMs !== undefined) ready = Math.max(ready ?? 0, wallMs);
    }
    return ready;
  }

  latest(sourceId: string): Entry | undefined {
    return this.#entries.get(sourceId)?.at(-1);
  }

  /** Where the cursor stands. */
  moment<N extends Needs>(needs: N, nowMs: number): Moment<N> {
    return this.#momentAt(needs, this.#cursorMs, nowMs);
  }

  /** As it was at a time, wherever the cursor stands: to compare two moments. */
  momentAt<N extends Needs>(needs: N, wallMs: number): Moment<N> {
    return this.#momentAt(needs, wallMs, wallMs);
  }

  /** The newest there is, wherever the cursor stands: findings go on while somebody looks back. */
  latestMoment<N extends Needs>(needs: N, nowMs: number): Moment<N> {
    return this.#momentAt(needs, undefined, nowMs);
  }

  #momentAt<N extends Needs>(needs: N, cursor: number | undefined, nowMs: number): Moment<N> {
    const seen: Record<string, Seen<unknown>> = {};
    for (const [name, source] of Object.entries(needs)) seen[name] = this.#seen(source.id, cursor, nowMs);
    // Each name got the samples of its own source.
    return seen as Moment<N>;
  }

  #seen(sourceId: string, cursorMs: number | undefined, nowMs: number): Seen<unknown> {
    const all = this.#entries.get(sourceId);
    if (!all) return NOTHING;
    const end = cursorMs === undefined ? all.length : upperBound(all, cursorMs);
    const entry = all[end - 1];
    if (!entry) return NOTHING;
    const previous = all[end - 2];
    const atMs = cursorMs ?? nowMs;
    const from = upperBound(all, atMs - FULL_RATE_MS);
    return {
      now: entry.sample,
      before: previous?.sample,
      seconds: previous && entry.at > previous.at ? entry.at - previous.at : undefined,
      ageMs: Math.max(0, atMs - entry.wallMs),
      tookMs: entry.tookMs,
      missing: entry.missing,
      history: all.slice(from, end),
      older: () => all.slice(0, Math.min(from, end)),
    };
  }
}

/** Index of the first entry after a time. */
function upperBound(entries: readonly Entry[], wallMs: number): number {
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
 * What somebody who is silent now said last: for each read that gives nothing in the newest entry, the newest in which it
 * gave something. It holds until he speaks again, so it is neither thinned out nor given up for want of room.
 */
function lastWords(entries: readonly Entry[]): ReadonlySet<Entry> {
  const silent = Object.keys(entries.at(-1)?.missing ?? {});
  return new Set(silent.flatMap((read) => entries.findLast(({ missing }) => missing[read] === undefined) ?? []));
}

function thinned(entries: readonly Entry[], nowMs: number): Entry[] {
  const words = lastWords(entries);
  const left: Entry[] = [];
  let last = -Infinity;
  let goneKiB = 0;
  for (const entry of entries) {
    const age = nowMs - entry.wallMs;
    const spacing = age <= FULL_RATE_MS ? 0 : age <= MIDDLE_RATE_MS ? 10_000 : 60_000;
    const isWord = words.has(entry);
    if (!isWord && entry.wallMs - last < spacing) {
      goneKiB += kibOf(entry);
      continue;
    }
    if (goneKiB > 0) takesOver(entry, goneKiB);
    goneKiB = 0;
    left.push(entry);
    if (isWord) continue;
    if (spacing > 0) entry.settle?.();
    last = entry.wallMs;
  }
  return left;
}

/** Of entries whose predecessor went: what they shared with it is theirs now. */
const heavier = new WeakMap<Entry, number>();

const kibOf = (entry: Entry): number => heavier.get(entry) ?? entry.weightKiB ?? 0;

function takesOver(entry: Entry, goneKiB: number): void {
  if (entry.aloneKiB !== undefined) heavier.set(entry, Math.min(entry.aloneKiB, kibOf(entry) + goneKiB));
}

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, number) => total + number, 0);

const weightOf = (entries: readonly Entry[]): number => sum(entries.map(kibOf));

/**
 * While they take more than `mostKiB`, the older sample goes that is missed least: the one whose neighbours are near each
 * other for their age. What is left is dense lately and sparse long ago.
 */
function lightened(entries: readonly Entry[], nowMs: number, mostKiB: number): Entry[] {
  let total = weightOf(entries);
  const kept = [...entries];
  const words = lastWords(entries);
  while (total > mostKiB) {
    let least: { readonly place: number; readonly missed: number } | undefined;
    for (let place = 1; place < kept.length - 1; place++) {
      const ageMs = nowMs - (kept[place]?.wallMs ?? nowMs);
      if (ageMs <= ALWAYS_FULL_MS) break;
      const entry = kept[place];
      if (!entry?.weightKiB || words.has(entry)) continue;
      const missed = ((kept[place + 1]?.wallMs ?? 0) - (kept[place - 1]?.wallMs ?? 0)) / ageMs;
      if (least === undefined || missed < least.missed) least = { place, missed };
    }
    if (!least) return kept;
    const [gone] = kept.splice(least.place, 1);
    const next = kept[least.place];
    const wasKiB = next ? kibOf(next) : 0;
    if (gone && next) takesOver(next, kibOf(gone));
    total -= (gone ? kibOf(gone) : 0) + wasKiB - (next ? kibOf(next) : 0);
  }
  return kept;
}
