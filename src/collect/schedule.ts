import type { AnySource } from '../sources/source.ts';

/** Factor of the period of a source of low value that is not on the screen. */
const HIDDEN_FACTOR = 5;
const MAX_STRETCH = 8;
/** Factor of the budget above which all sources are stretched at once. */
const FAR_OVER = 2;
/** Share of the budget below which periods shrink again; the distance prevents oscillation. */
const EASE_AT = 0.6;

interface Planned {
  readonly source: AnySource;
  dueMs: number;
  takenMs: number;
  /** Least period of new data. */
  paceSeconds: number;
  running: boolean;
  done: boolean;
}

/**
 * Schedule of sources. Keeps the cost on the host within the budget by stretching periods: sources of low value first,
 * then all. Callers pass the time as `nowMs`; it starts no timer.
 */
export class Schedule {
  readonly #planned: Planned[];
  readonly #budgetPct: number;
  #shown: ReadonlySet<string> = new Set();
  #lowStretch = 1;
  #highStretch = 1;

  constructor(sources: readonly AnySource[], budgetPct: number) {
    this.#planned = sources.map((source) => ({
      source,
      dueMs: 0,
      takenMs: 0,
      paceSeconds: 0,
      running: false,
      done: false,
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

  /** Returns a source. `paceSeconds` is the least period of new data. */
  finished(source: AnySource, hasData: boolean, paceSeconds = 0): void {
    const planned = this.#planned.find((one) => one.source === source);
    if (!planned) return;
    planned.running = false;
    planned.done = hasData;
    planned.paceSeconds = paceSeconds;
    planned.dueMs = Math.max(planned.dueMs, planned.takenMs + paceSeconds * 1000);
  }

  /** Makes all sources due, also those that are read once: after a reconnect the host may be another one. */
  again(): void {
    for (const planned of this.#planned) {
      planned.done = false;
      planned.dueMs = 0;
    }
  }

  show(sourceIds: readonly string[]): void {
    const before = this.#shown;
    this.#shown = new Set(sourceIds);
    // Sources that come on the screen are due at once.
    for (const planned of this.#planned)
      if (this.#shown.has(planned.source.id) && !before.has(planned.source.id) && planned.source.value === 'low')
        planned.dueMs = 0;
  }

  periodSeconds(source: AnySource): number {
    if (source.everySeconds === 'once') return Infinity;
    const low = source.value === 'low';
    const hidden = low && !this.#shown.has(source.id) ? HIDDEN_FACTOR : 1;
    const own = source.everySeconds * hidden * (low ? this.#lowStretch : this.#highStretch);
    return Math.max(own, this.#planned.find((one) => one.source === source)?.paceSeconds ?? 0);
  }

  /** Reports the cost: host CPU, percent of one core. */
  spent(hostCpuPct: number): void {
    if (hostCpuPct > this.#budgetPct) {
      const step = Math.min(2, Math.max(1.25, hostCpuPct / this.#budgetPct));
      const farOver = hostCpuPct > this.#budgetPct * FAR_OVER;
      if (farOver || this.#lowStretch === MAX_STRETCH)
        this.#highStretch = Math.min(MAX_STRETCH, this.#highStretch * step);
      this.#lowStretch = Math.min(MAX_STRETCH, this.#lowStretch * step);
    } else if (hostCpuPct < this.#budgetPct * EASE_AT) {
      if (this.#highStretch > 1) this.#highStretch = Math.max(1, this.#highStretch / 1.25);
      else this.#lowStretch = Math.max(1, this.#lowStretch / 1.25);
    }
  }

  get stretched(): boolean {
    return this.#lowStretch > 1 || this.#highStretch > 1;
  }

  #settled(planned: Planned): boolean {
    return planned.source.everySeconds === 'once' && planned.done;
  }
}
