import { checkMembers } from './check-members.ts';
import { standingChecks, type HealthSeen } from './standing-checks.ts';
import type { HealthCheck } from '../../sources/ceph/health.ts';
import type { OpsSample } from '../../sources/ceph/ops.ts';
import type { Pool } from '../../sources/ceph/pools.ts';
import type { CephStatus } from '../../sources/ceph/status.ts';
import type { Seen } from '../../timeline/moment.ts';

export interface InactivePgs {
  readonly number: number;
  /** PGs of the cluster. */
  readonly all: number;
  /** State of most of them. */
  readonly state: string;
  readonly states: CephStatus['pgStates'];
  /** Those that the health checks name, up to 50. */
  readonly pgs: readonly string[];
  /** Pools of those PGs, with the most first. */
  readonly pools: readonly string[];
  /** OSDs that OSD_DOWN names. */
  readonly down: readonly number[];
  /** Lines of the checks about these PGs. */
  readonly lines: readonly string[];
  /** PG_AVAILABILITY; the monitors report it after mon_pg_stuck_threshold (60 s). */
  readonly check: HealthCheck | undefined;
}

export interface PgsSeen extends HealthSeen {
  readonly cephPools: Seen<readonly Pool[] | undefined>;
}

/** States that every PG passes through at a change of the OSD map or at its creation: inactive when they last. */
const PASSING = /\b(?:stale|peering|creating|activating|unknown)\b/;
const PASSING_SECONDS = 10;

/** Whether PGs of a state serve no I/O: https://docs.ceph.com/en/latest/rados/operations/pg-states/ */
const isInactive = (state: string): boolean => {
  const words = state.split('+');
  return !words.includes('active') || words.includes('stale');
};

/** PGs that serve no I/O now; undefined where there are none or the status is not known. */
export function inactivePgs(seen: PgsSeen): InactivePgs | undefined {
  const { now, missing, history } = seen.cephStatus;
  if (now === undefined || missing['status'] !== undefined) return undefined;
  const begin = history.findLastIndex(({ wallMs }) => wallMs <= (history.at(-1)?.wallMs ?? 0) - PASSING_SECONDS * 1000);
  const recent = begin < 0 ? [] : history.slice(begin);
  const checks = standingChecks(seen);
  const stuck = new Set(
    checks
      .filter(({ code }) => code === 'PG_AVAILABILITY')
      .flatMap(({ detail }) => detail.filter((line) => line.includes(' is stuck ')).map(stateIn)),
  );
  const lasts = (state: string) =>
    stuck.has(state) ||
    (recent.length > 0 && recent.every(({ sample }) => sample?.pgStates.some((one) => one.state === state) ?? false));
  const states = now.pgStates
    .filter(({ state }) => isInactive(state) && (!PASSING.test(state) || lasts(state)))
    .toSorted((a, b) => b.count - a.count);
  const [most] = states;
  if (most === undefined) return undefined;

  const lines = checks
    .filter(({ code }) => code === 'PG_AVAILABILITY' || code === 'PG_DEGRADED')
    .flatMap(({ detail }) => detail)
    .filter((line) => stateIn(line) !== undefined && isInactive(stateIn(line) ?? ''));
  const pgs = checkMembers({ message: '', detail: lines }).map(({ entity }) => entity.id);
  const names = new Map((seen.cephPools.now ?? []).map(({ id, name }) => [String(id), name]));
  return {
    number: states.reduce((sum, { count }) => sum + count, 0),
    all: now.pgs ?? now.pgStates.reduce((sum, { count }) => sum + count, 0),
    state: most.state,
    states,
    pgs,
    pools: byCount(pgs.flatMap((pg) => names.get(pg.split('.')[0] ?? '') ?? [])),
    down: checks
      .filter(({ code }) => code === 'OSD_DOWN')
      .flatMap((check) => checkMembers(check))
      .flatMap(({ name }) => (/^osd\.\d+$/.test(name) ? Number(name.slice(4)) : [])),
    lines,
    check: checks.find(({ code }) => code === 'PG_AVAILABILITY'),
  };
}

function byCount(names: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1]).map(([name]) => name);
}

/** State in `pg 2.0 is stuck inactive for 65s, current state down, last acting [0]` and `pg 2.0 is down, acting [0]`. */
const stateIn = (line: string): string | undefined =>
  (/ current state ([\w+]+)/.exec(line) ?? /^pg \S+ is ([\w+]+), acting/.exec(line))?.[1];

/** Client I/O of the cluster: `stopped` where there was some in the last minutes and there is none now. */
export function clientIo({ now, history }: Seen<CephStatus | undefined>): {
  readonly nowPerSec: number | undefined;
  readonly beforePerSec: number | undefined;
  readonly stopped: boolean;
} {
  const nowPerSec = opsPerSec(now);
  const beforePerSec = history.map(({ sample }) => opsPerSec(sample)).findLast((rate) => (rate ?? 0) > 0);
  return { nowPerSec, beforePerSec, stopped: nowPerSec === 0 && beforePerSec !== undefined };
}

const opsPerSec = (status: CephStatus | undefined): number | undefined =>
  status?.readsPerSec === undefined || status.writesPerSec === undefined
    ? undefined
    : status.readsPerSec + status.writesPerSec;

/** Client ops in flight that wait for their PG. */
export function blockedOps(ops: OpsSample | undefined): number {
  let blocked = 0;
  for (const dump of ops?.values() ?? [])
    for (const { kind, flagPoint, slowestEvent } of dump.ops)
      if (kind === 'osd_op' && /^waiting for (?:peered|active)/.test(slowestEvent ?? flagPoint ?? '')) blocked++;
  return blocked;
}
