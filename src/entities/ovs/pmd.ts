import type { OvsDbSample } from '../../sources/ovs/db.ts';
import { threadUses } from '../../sources/ovs/rates.ts';
import type { OvsSwitchSample } from '../../sources/ovs/switch.ts';
import type { Pmd, Rxq } from '../../sources/ovs/threads-shown.ts';
import type { ThreadsSample } from '../../sources/processes/thread-table.ts';
import { delta, type Seen } from '../../timeline/moment.ts';

/** A forwarding thread of the userspace datapath between two looks. */
export interface PmdLoad {
  readonly pmd: Pmd;
  readonly packetsPerSec: number | undefined;
  /** Share of the cycles that it was awake which went into packets. */
  readonly busyPct: number | undefined;
  /** Of the CPU that it runs on: it polls without rest, so it uses all of it, unless it may sleep or is kept from it. */
  readonly cpuPct: number | undefined;
  /** Share of the time that it was ready to run, and something else ran on its CPU. */
  readonly delayPct: number | undefined;
  /** How much of what it could do it does: `busyPct`, where it may sleep of the time that it was awake. */
  readonly loadPct: number | undefined;
  readonly cyclesPerPacket: number | undefined;
  /** Where packets found their flow: before any table is looked in, in one of those, or nowhere. */
  readonly cachePct: number | undefined;
  readonly megaflowPct: number | undefined;
  readonly missPct: number | undefined;
  readonly lostPerSec: number | undefined;
  /** Receive queues that it polls, the busiest first. */
  readonly queues: readonly Rxq[];
}

export interface PmdMoment {
  readonly ovsSwitch: Pick<Seen<OvsSwitchSample>, 'now' | 'before' | 'seconds'>;
  readonly ovsThreads: Pick<Seen<ThreadsSample>, 'now' | 'before' | 'seconds'>;
  readonly ovsDb: Pick<Seen<OvsDbSample>, 'now'>;
}

/** Since 3.1, called so since 3.2; 0 is never: ovs-vswitchd.conf.db(5). */
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
    // Without DPDK the main thread forwards; with it, it stands idle.
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

/** What an old version does not count is left out. */
function sum(...values: readonly (number | undefined)[]): number | undefined {
  const known = values.flatMap((value) => value ?? []);
  return known.length === 0 ? undefined : known.reduce((all, value) => all + value, 0);
}

/** Twice as loaded as the one beside it, which could take over a queue. */
const UNEVEN = 2;

/** A less loaded thread of the same memory node, where this one polls several queues of which one is not pinned to it. */
export function couldShare(one: PmdLoad, all: readonly PmdLoad[]): PmdLoad | undefined {
  const { loadPct } = one;
  if (loadPct === undefined || one.queues.filter(({ enabled }) => enabled).length < 2) return undefined;
  if (one.queues.some(({ isolated }) => isolated)) return undefined;
  const [idlest] = all
    .filter(({ pmd, loadPct: other }) => pmd !== one.pmd && pmd.numa === one.pmd.numa && other !== undefined)
    .toSorted((a, b) => (a.loadPct ?? 0) - (b.loadPct ?? 0));
  return idlest !== undefined && (idlest.loadPct ?? 0) * UNEVEN <= loadPct ? idlest : undefined;
}
