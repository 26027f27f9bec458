import { lines, toCount, toNumber } from '../../lib/lines.ts';

/** PMD thread of the userspace datapath; counters since its start. */
export interface Pmd {
  /** `main thread`, or `numa 0 core 1`. */
  readonly name: string;
  readonly numa: number | undefined;
  readonly core: number | undefined;
  readonly packets: number | undefined;
  readonly recirculations: number | undefined;
  /** Hits of NIC offload and of simple match, both since 2.17. */
  readonly offloadHits: number | undefined;
  readonly simpleHits: number | undefined;
  readonly emcHits: number | undefined;
  readonly smcHits: number | undefined;
  readonly megaflowHits: number | undefined;
  /** Misses with a successful upcall, and with a failed one (lost packets). */
  readonly missOk: number | undefined;
  readonly missLost: number | undefined;
  /** Masks visited per megaflow hit, since start: many make each packet expensive. */
  readonly subtablesPerHit: number | undefined;
  readonly idleCycles: number | undefined;
  readonly busyCycles: number | undefined;
}

/** Rx queue with its PMD thread. */
export interface Rxq {
  readonly numa: number;
  readonly core: number;
  readonly port: string;
  readonly queue: number;
  readonly enabled: boolean;
  /** Pinned: its thread polls the queues of pmd-rxq-affinity only. */
  readonly isolated: boolean;
  /** PMD usage over the last minute; undefined before the first measurement. */
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
 * `dpif-netdev/pmd-rxq-show`: a title only where no thread polls.
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
