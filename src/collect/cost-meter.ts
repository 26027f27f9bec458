import type { LiveHost } from '../host/host.ts';

const EVERY_MS = 3000;

/** Cost on the host: CPU share and wire rate over the last seconds. */
export class CostMeter {
  readonly #live: LiveHost | undefined;
  #before: { readonly nowMs: number; readonly hostCpuSeconds: number; readonly bytes: number } | undefined;
  hostCpuPct: number | undefined;
  wireBytesPerSec: number | undefined;

  /** CPU seconds since connect; undefined for the shell fallback, which does not measure them. */
  get hostCpuSeconds(): number | undefined {
    return this.#live === undefined || this.#isUnmeasured() ? undefined : this.#live.cost().hostCpuSeconds;
  }

  constructor(live: LiveHost | undefined) {
    this.#live = live;
  }

  /** New CPU share in percent of one core; undefined between measurements. */
  measure(nowMs: number): number | undefined {
    if (!this.#live) return undefined;
    const before = this.#before;
    if (before && nowMs - before.nowMs < EVERY_MS) return undefined;
    const { hostCpuSeconds, bytesFromHost, bytesToHost } = this.#live.cost();
    const bytes = bytesFromHost + bytesToHost;
    this.#before = { nowMs, hostCpuSeconds, bytes };
    if (!before) return undefined;
    const seconds = (nowMs - before.nowMs) / 1000;
    this.wireBytesPerSec = (bytes - before.bytes) / seconds;
    if (this.#isUnmeasured()) return undefined;
    this.hostCpuPct = ((hostCpuSeconds - before.hostCpuSeconds) / seconds) * 100;
    return this.hostCpuPct;
  }

  /** The shell fallback does not measure its CPU time: unknown, not 0. */
  #isUnmeasured(): boolean {
    return this.#live?.transport().endsWith('sh') ?? true;
  }
}
