import { lines, toCount, toNumber } from '../../lib/lines.ts';

/** One forwarding thread of the userspace datapath; counters since it began. */
export interface Pmd {
  /** `main thread`, or `numa 0 core 1`. */
  readonly name: string;
  readonly numa: number | undefined;
  readonly core: number | undefined;
  readonly packets: number | undefined;
  readonly recirculations: number | undefined;
  /** Done by the card; by the simple match of a port with one rule (since 2.17, both). */
  readonly offloadHits: number | undefined;
  readonly simpleHits: number | undefined;
  readonly emcHits: number | undefined;
  readonly smcHits: number | undefined;
  readonly megaflowHits: number | undefined;
  /** Misses that a flow was made for, and those whose packet was lost. */
  readonly missOk: number | undefined;
  readonly missLost: number | undefined;
  /** Masks tried for one hit, since it began: many make each packet dear. */
  readonly subtablesPerHit: number | undefined;
  readonly idleCycles: number | undefined;
  readonly busyCycles: number | undefined;
}

/** A receive queue and the thread that polls it. */
export interface Rxq {
  readonly numa: number;
  readonly core: number;
  readonly port: string;
  readonly queue: number;
  readonly enabled: boolean;
  /** Its thread was told which queues to poll (pmd-rxq-affinity) and is given no other. */
  readonly isolated: boolean;
  /** Share of its thread over the last minute; undefined before it was measured. */
  readonly usagePct: number | undefined;
}

const THREAD = /^pmd thread numa_id (\d+) core_id (\d+):$/;

/**
 * `dpif-netdev/pmd-stats-show`: ovs-vswitchd(8).
 *
 *     pmd thread numa_id 0 core_id 1:
 *       packets received: 0
 *       avg. subtable lookups per megaflow hit: 1.64
 *       idle cycles: 2713813531 (100.00%)
 */
export function pmdsOf(text: string | undefined): readonly Pmd[] {
  const all: {
    readonly name: string;
    readonly numa: number | undefined;
    readonly core: number | undefined;
    readonly figures: Map<string, string>;
  }[] = [];
  for (const line of lines(text ?? '')) {
    const [, numa, core] = THREAD.exec(line) ?? [];
    if (line === 'main thread:' || numa !== undefined)
      all.push({
        name: numa === undefined ? 'main thread' : `numa ${numa} core ${core}`,
        numa: toCount(numa),
        core: toCount(core),
        figures: new Map(),
      });
    else {
      const [, name, value] = /^\s+([^:]+): ([\d.]+)/.exec(line) ?? [];
      if (name !== undefined && value !== undefined) all.at(-1)?.figures.set(name, value);
    }
  }
  return all.map(({ name, numa, core, figures }) => {
    const counted = (figure: string) => toCount(figures.get(figure));
    return {
      name,
      numa,
      core,
      packets: counted('packets received'),
      recirculations: counted('packet recirculations'),
      offloadHits: counted('phwol hits'),
      simpleHits: counted('simple match hits'),
      emcHits: counted('emc hits'),
      smcHits: counted('smc hits'),
      megaflowHits: counted('megaflow hits'),
      missOk: counted('miss with success upcall'),
      missLost: counted('miss with failed upcall'),
      subtablesPerHit: toNumber(figures.get('avg. subtable lookups per megaflow hit')),
      idleCycles: counted('idle cycles'),
      busyCycles: counted('processing cycles'),
    };
  });
}

/**
 * `dpif-netdev/pmd-rxq-show`: nothing but a title where no thread polls.
 *
 *       port: p0                queue-id:  1 (enabled)   pmd usage: 98 %
 */
export function rxqsOf(text: string | undefined): readonly Rxq[] {
  const all: Rxq[] = [];
  let place: { readonly numa: number; readonly core: number } | undefined;
  let isolated = false;
  for (const line of lines(text ?? '')) {
    const [, numa, core] = THREAD.exec(line) ?? [];
    if (numa !== undefined) [place, isolated] = [{ numa: Number(numa), core: Number(core) }, false];
    const pinned = /^\s+isolated : (true|false)$/.exec(line)?.[1];
    if (pinned !== undefined) isolated = pinned === 'true';
    const [, port, queue, enabled, usage] =
      /^\s+port: (\S+)\s+queue-id:\s*(\d+)\s*(?:\((enabled|disabled)\))?\s+pmd usage:\s*(\d+|NOT AVAIL)/.exec(line) ??
      [];
    if (place && port !== undefined && queue !== undefined)
      all.push({
        ...place,
        port,
        queue: Number(queue),
        enabled: enabled !== 'disabled',
        isolated,
        usagePct: toCount(usage),
      });
  }
  return all;
}
