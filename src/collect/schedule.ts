import type { AnySource } from '../sources/source.ts';

/** A hidden source that is only nice to have is read this much less often. */
const HIDDEN_FACTOR = 5;
const MAX_STRETCH = 8;
/** So many times the budget, and there is no time to begin with what is only nice to have. */
const FAR_OVER = 2;
/** Below this share of the budget, periods shrink again: far enough from it not to swing. */
const EASE_AT = 0.6;

interface Planned {
  readonly source: AnySource;
  dueMs: number;
  takenMs: number;
  /** What is asked more often than this is told the same again. */
  paceSeconds: number;
  running: boolean;
  done: boolean;
}

/**
 * Who is due when. Keeps our cost on the host within the budget by stretching periods: sources of low value first,
 * then all. Knows no clock and starts no timer: `nowMs` is given.
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

  /** Sources to read now; each must be given back by `finished`. One in flight is never joined by a second. */
  take(nowMs: number): AnySource[] {
    const due = this.#planned.filter(
      (planned) => !planned.running && !this.#settled(planned) && planned.dueMs <= nowMs,
    );
    for (const planned of due) {
      planned.running = true;
      planned.takenMs = nowMs;
      const periodMs = this.periodSeconds(planned.source) * 1000;
      // Aligned, so that sources of one period travel together; without catching up on what was missed.
      planned.dueMs = Number.isFinite(periodMs) ? (Math.floor(nowMs / periodMs) + 1) * periodMs : Infinity;
    }
    return due.map(({ source }) => source);
  }

  /** `paceSeconds`: how soon the host has something newer to tell, where that takes long. */
  finished(source: AnySource, gaveSomething: boolean, paceSeconds = 0): void {
    const planned = this.#planned.find((one) => one.source === source);
    if (!planned) return;
    planned.running = false;
    planned.done = gaveSomething;
    planned.paceSeconds = paceSeconds;
    planned.dueMs = Math.max(planned.dueMs, planned.takenMs + paceSeconds * 1000);
  }

  /** After a reconnect the host may be another one: what is read once is read again. */
  again(): void {
    for (const planned of this.#planned) {
      planned.done = false;
      planned.dueMs = 0;
    }
  }

  show(sourceIds: readonly string[]): void {
    const before = this.#shown;
    this.#shown = new Set(sourceIds);
    // What just came on screen is read at once.
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

  /** DaemonReply now and then what we cost: host CPU in percent of one core. */
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
