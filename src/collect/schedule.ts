import { restPeriodSeconds } from '../sources/rest-period.ts';
import type { AnySource } from '../sources/source.ts';

/** Longest stretch of each class, in the order of stretching: low and high value; then those needed, low and high value. */
const MAX_STRETCH = [8, 8, 4, 4] as const;
/**
 * Longest period of a source of high value that the budget stretches, seconds: with the second in which rules judge, its faults are named
 * within 10 s on a busy host as well.
 */
const HIGH_MAX_SECONDS = 8;
/** Factor of the budget above which both classes of sources that are not needed are stretched at once. */
const FAR_OVER = 2;
/** Factor of the period of a source whose readings are not present on this host, and the longest period that comes of it, seconds. */
const ABSENT_FACTOR = 4;
const ABSENT_MAX_SECONDS = 20;
/** Wait of a source that is read once for its next try, while a part of it timed out. */
const ONCE_AGAIN_MS = 10_000;
/** Share of the budget below which periods shrink again; the distance prevents oscillation. */
const EASE_AT = 0.6;

interface Planned {
  readonly source: AnySource;
  dueMs: number;
  takenMs: number;
  /** Least period of new data. */
  paceSeconds: number;
  /** All that it reads is not present: its daemon may start later. */
  isAbsent: boolean;
  running: boolean;
  done: boolean;
  /** Last revision of the source that it follows. */
  revision: string | undefined;
}

/**
 * Schedule of sources. Keeps the cost on the host within the budget by stretching periods: sources of low value first,
 * last and least those needed: on the screen, or read by the rule of a CRIT finding. Callers pass the time as `nowMs`; it starts no timer.
 */
export class Schedule {
  readonly #planned: Planned[];
  readonly #budgetPct: number;
  #shown: ReadonlySet<string> = new Set();
  #judged: ReadonlySet<string> = new Set();
  #stretch: readonly number[] = MAX_STRETCH.map(() => 1);

  constructor(sources: readonly AnySource[], budgetPct: number) {
    this.#planned = sources.map((source) => ({
      source,
      dueMs: 0,
      takenMs: 0,
      paceSeconds: 0,
      isAbsent: false,
      running: false,
      done: false,
      revision: undefined,
    }));
    this.#budgetPct = budgetPct;
  }

  /** Due sources; each must be returned by `finished`, and is not due while in flight. */
  take(nowMs: number): AnySource[] {
    const due = this.#planned.filter(
      (planned) => !planned.running && !this.#settled(planned) && planned.dueMs <= nowMs,
    );
    for (const planned of due) {
      planned.running = true;
      planned.takenMs = nowMs;
      const periodMs = this.periodSeconds(planned.source) * 1000;
      // Aligned, so that sources of one period are read together; missed periods are skipped.
      planned.dueMs = Number.isFinite(periodMs) ? (Math.floor(nowMs / periodMs) + 1) * periodMs : Infinity;
    }
    return due.map(({ source }) => source);
  }

  /** Returns a source. `isWhole`: one that is read once is not read again. `paceSeconds` is the least period of new data; `isAbsent`: all that it reads is not present. */
  finished(source: AnySource, isWhole: boolean, paceSeconds = 0, isAbsent = false): void {
    const planned = this.#planned.find((one) => one.source === source);
    if (!planned) return;
    planned.running = false;
    planned.done = isWhole;
    planned.paceSeconds = paceSeconds;
    const came = planned.isAbsent && !isAbsent;
    planned.isAbsent = isAbsent;
    const leastSeconds = isAbsent ? this.periodSeconds(source) : paceSeconds;
    if (Number.isFinite(leastSeconds)) planned.dueMs = Math.max(planned.dueMs, planned.takenMs + leastSeconds * 1000);
    if (source.everySeconds === 'once' && !isWhole) planned.dueMs = planned.takenMs + ONCE_AGAIN_MS;
    if (came) planned.dueMs = Math.min(planned.dueMs, planned.takenMs + this.periodSeconds(source) * 1000);
  }

  /** Makes the followers of a source due after a change of it; of one that is being read, once that ends. */
  changed({ id }: AnySource, sample: unknown): void {
    for (const planned of this.#planned) {
      const { follows } = planned.source;
      const revision = follows?.sourceId === id ? follows.revision(sample) : undefined;
      if (revision === undefined) continue;
      if (planned.revision !== undefined && planned.revision !== revision) planned.dueMs = 0;
      planned.revision = revision;
    }
  }

  /** Makes all sources due, also those that are read once: after a reconnect the host may be another one. */
  again(): void {
    for (const planned of this.#planned) {
      planned.done = false;
      planned.dueMs = 0;
    }
  }

  /** Sets the sources on the screen. */
  show(sourceIds: readonly string[]): void {
    this.#shown = new Set(sourceIds);
    this.#advance();
  }

  /** Sets the sources that CRIT findings are judged from. */
  judge(sourceIds: readonly string[]): void {
    this.#judged = new Set(sourceIds);
    this.#advance();
  }

  /** Sources of which the period became shorter are due at the new one. */
  #advance(): void {
    for (const planned of this.#planned)
      planned.dueMs = Math.min(planned.dueMs, planned.takenMs + this.periodSeconds(planned.source) * 1000);
  }

  #isNeeded({ id }: AnySource): boolean {
    return this.#shown.has(id) || this.#judged.has(id);
  }

  /** Period without the budget. */
  restSeconds(source: AnySource): number {
    if (source.everySeconds === 'once') return Infinity;
    if (this.#isNeeded(source)) return source.everySeconds;
    const seconds = restPeriodSeconds(source);
    const isAbsent = this.#planned.find((one) => one.source === source)?.isAbsent === true;
    return isAbsent ? Math.max(seconds, Math.min(ABSENT_FACTOR * seconds, ABSENT_MAX_SECONDS)) : seconds;
  }

  periodSeconds(source: AnySource): number {
    const place = (this.#isNeeded(source) ? 2 : 0) + (source.value === 'low' ? 0 : 1);
    const rest = this.restSeconds(source);
    const longest = source.value === 'high' ? Math.max(rest, HIGH_MAX_SECONDS) : Infinity;
    const stretched = Math.min(longest, rest * (this.#stretch[place] ?? 1));
    return Math.max(stretched, this.#planned.find((one) => one.source === source)?.paceSeconds ?? 0);
  }

  /** Reports the cost: host CPU, percent of one core. */
  spent(hostCpuPct: number): void {
    if (hostCpuPct > this.#budgetPct) {
      const step = Math.min(2, Math.max(1.25, hostCpuPct / this.#budgetPct));
      const next = this.#stretch.findIndex((stretch, place) => stretch < (MAX_STRETCH[place] ?? 1));
      const last = hostCpuPct > this.#budgetPct * FAR_OVER ? Math.max(1, next) : next;
      this.#stretch = this.#stretch.map((stretch, place) =>
        place <= last ? Math.min(MAX_STRETCH[place] ?? 1, stretch * step) : stretch,
      );
    } else if (hostCpuPct < this.#budgetPct * EASE_AT) {
      const last = this.#stretch.findLastIndex((stretch) => stretch > 1);
      this.#stretch = this.#stretch.map((stretch, place) => (place === last ? Math.max(1, stretch / 1.25) : stretch));
      this.#advance();
    }
  }

  get stretched(): boolean {
    return this.#stretch.some((stretch) => stretch > 1);
  }

  #settled(planned: Planned): boolean {
    return planned.source.everySeconds === 'once' && planned.done;
  }
}
