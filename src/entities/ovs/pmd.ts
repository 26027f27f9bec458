import type { OvsDbSample } from '../../sources/ovs/db.ts';
import { threadUses } from '../../sources/ovs/rates.ts';
import type { OvsSwitchSample } from '../../sources/ovs/switch.ts';
import type { Pmd, Rxq } from '../../sources/ovs/threads-shown.ts';
import type { ThreadsSample } from '../../sources/processes/thread-table.ts';
import { delta, type Seen } from '../../timeline/moment.ts';

/** Load of one PMD thread between two samples. */
export interface PmdLoad {
  readonly pmd: Pmd;
  readonly packetsPerSec: number | undefined;
  /** Processing cycles as a share of all cycles while awake. */
  readonly busyPct: number | undefined;
  /** CPU use; 100 by design, as it polls, unless it may sleep or waits for its CPU. */
  readonly cpuPct: number | undefined;
  /** CPU wait: share of the time that it was runnable while another task ran on its CPU. */
  readonly delayPct: number | undefined;
  /** Load: `busyPct`, weighed by CPU time where it may sleep. */
  readonly loadPct: number | undefined;
  readonly cyclesPerPacket: number | undefined;
  /** Shares of lookups: hit in a cache (EMC, SMC, simple match, NIC), hit in the megaflow classifier, missed. */
  readonly cachePct: number | undefined;
  readonly megaflowPct: number | undefined;
  readonly missPct: number | undefined;
  readonly lostPerSec: number | undefined;
  /** Rx queues of the thread, busiest first. */
  readonly queues: readonly Rxq[];
}

export interface PmdMoment {
  readonly ovsSwitch: Pick<Seen<OvsSwitchSample>, 'now' | 'before' | 'seconds'>;
  readonly ovsThreads: Pick<Seen<ThreadsSample>, 'now' | 'before' | 'seconds'>;
  readonly ovsDb: Pick<Seen<OvsDbSample>, 'now'>;
}

/** Whether PMD threads may sleep: ovs-vswitchd.conf.db(5); since 3.1, with this name since 3.2; 0: never. */
const mayRest = (db: OvsDbSample | undefined): boolean =>
  ['pmd-sleep-max', 'pmd-maxsleep'].some((name) => /[1-9]/.test(db?.settings.get(name) ?? ''));

export function pmdLoads({ ovsSwitch, ovsThreads, ovsDb }: PmdMoment): readonly PmdLoad[] {
  const { now, before, seconds } = ovsSwitch;
  const rests = mayRest(ovsDb.now);
  // `pmd-c03/id:9`: of core 3.
  const threads = new Map(
    threadUses(ovsThreads).flatMap((use) => {
      const core = /^pmd-c(\d+)\//.exec(use.thread.name)?.[1];
      return core === undefined ? [] : [[Number(core), use] as const];
    }),
  );
  return (now?.pmds ?? []).flatMap((pmd): PmdLoad[] => {
    // Without DPDK the main thread forwards; with it, the main thread is idle.
    if (pmd.core === undefined && !pmd.packets) return [];
    const old = before?.pmds.find(({ name }) => name === pmd.name);
    const rate = (pick: (one: Pmd) => number | undefined) => delta(pick(pmd), old && pick(old), seconds);
    const [busy, idle, packetsPerSec] = [
      rate((one) => one.busyCycles),
      rate((one) => one.idleCycles),
      rate((one) => one.packets),
    ];
    const [cached, megaflow, missOk, lostPerSec] = [
      rate((one) => sum(one.offloadHits, one.simpleHits, one.emcHits, one.smcHits)),
      rate((one) => one.megaflowHits),
      rate((one) => one.missOk),
      rate((one) => one.missLost),
    ];
    const lookups = (cached ?? 0) + (megaflow ?? 0) + (missOk ?? 0) + (lostPerSec ?? 0);
    const share = (value: number | undefined) =>
      value === undefined || lookups === 0 ? undefined : (100 * value) / lookups;
    const busyPct =
      busy === undefined || idle === undefined || busy + idle === 0 ? undefined : (100 * busy) / (busy + idle);
    const use = pmd.core === undefined ? undefined : threads.get(pmd.core);
    return [
      {
        pmd,
        packetsPerSec,
        busyPct,
        cpuPct: use?.cpuPct,
        delayPct: use?.delayPct,
        loadPct: !rests
          ? busyPct
          : busyPct === undefined || use?.cpuPct === undefined
            ? undefined
            : (busyPct * Math.min(100, use.cpuPct)) / 100,
        cyclesPerPacket: busy === undefined || !packetsPerSec ? undefined : busy / packetsPerSec,
        cachePct: share(cached),
        megaflowPct: share(megaflow),
        missPct: share(missOk === undefined ? undefined : missOk + (lostPerSec ?? 0)),
        lostPerSec,
        queues: (now?.rxqs ?? [])
          .filter(({ numa, core }) => numa === pmd.numa && core === pmd.core)
          .toSorted((a, b) => (b.usagePct ?? 0) - (a.usagePct ?? 0)),
      },
    ];
  });
}

/** Sum of the known values; old versions lack some counters. */
function sum(...values: readonly (number | undefined)[]): number | undefined {
  const known = values.flatMap((value) => value ?? []);
  return known.length === 0 ? undefined : known.reduce((all, value) => all + value, 0);
}

/** Load ratio from which another thread could take over a queue. */
const UNEVEN = 2;

/** Least loaded thread of the same NUMA node that could share the queues of this one, unless they are pinned or single. */
export function couldShare(one: PmdLoad, all: readonly PmdLoad[]): PmdLoad | undefined {
  const { loadPct } = one;
  if (loadPct === undefined || one.queues.filter(({ enabled }) => enabled).length < 2) return undefined;
  if (one.queues.some(({ isolated }) => isolated)) return undefined;
  const [idlest] = all
    .filter(({ pmd, loadPct: other }) => pmd !== one.pmd && pmd.numa === one.pmd.numa && other !== undefined)
    .toSorted((a, b) => (a.loadPct ?? 0) - (b.loadPct ?? 0));
  return idlest !== undefined && (idlest.loadPct ?? 0) * UNEVEN <= loadPct ? idlest : undefined;
}
