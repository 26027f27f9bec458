import type { LiveHost } from '../host/host.ts';

const EVERY_MS = 3000;

/** What we cost the host: CPU share and wire rate, over the last few seconds. */
export class CostMeter {
  readonly #live: LiveHost | undefined;
  #before: { readonly nowMs: number; readonly hostCpuSeconds: number; readonly bytes: number } | undefined;
  hostCpuPct: number | undefined;
  wireBytesPerSec: number | undefined;

  constructor(live: LiveHost | undefined) {
    this.#live = live;
  }

  /** The new CPU share in percent of one core, when it was measured anew; undefined in between. */
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
    // The shell fall-back cannot tell its CPU: that is missing, not free.
    if (this.#live.transport().endsWith('sh')) return undefined;
    this.hostCpuPct = ((hostCpuSeconds - before.hostCpuSeconds) / seconds) * 100;
    return this.hostCpuPct;
  }
}
