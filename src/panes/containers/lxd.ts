import { entityRef, type EntityRef } from '../../findings/entity-ref.ts';
import { hostEpochSeconds } from '../../entities/containers/containers.ts';
import { idleSeconds, isStuck } from '../../entities/containers/lxd-stuck.ts';
import { grade, limits } from '../../thresholds.ts';
import { plain } from '../../lib/plain.ts';
import { count, span } from '../../lib/units.ts';
import { cpuStat } from '../../sources/machine/cpu-stat.ts';
import { shortMessage, lxdCluster } from '../../sources/containers/lxd-cluster.ts';
import { lxdOperations } from '../../sources/containers/lxd-operations.ts';
import { lxdPools, type LxdPool } from '../../sources/containers/lxd-pools.ts';
import { lxdWarnings } from '../../sources/containers/lxd-warnings.ts';
import type { LxdPlace } from '../../sources/containers/lxd-sockets.ts';
import type { Moment } from '../../timeline/moment.ts';
import {
  isWhole,
  nothingWords,
  numberKnown,
  stateOf,
  stateOfAll,
  type ReadingState,
} from '../../timeline/reading-state.ts';
import type { Role } from '../../theme.ts';
import type { Column, Section, TableSection } from '../pane.ts';
import { bytesColumn, totalColumn, percentColumn, textColumn } from '../../ui/kit/columns.ts';

export const lxdNeeds = { lxdPools, lxdWarnings, lxdOperations, lxdCluster, cpuStat };

interface PoolRow {
  readonly place: LxdPlace;
  readonly pool: LxdPool;
  readonly usedPct: number | undefined;
  readonly inodesPct: number | undefined;
}

/** An operation, cluster member or warning of LXD. */
interface LxdEntry {
  readonly key: string;
  readonly entity: EntityRef;
  readonly kind: 'operation' | 'member' | 'warning';
  readonly what: string;
  readonly object: string;
  readonly message: string;
  readonly role: Role;
}

export interface LxdModel {
  readonly pools: readonly PoolRow[];
  readonly poolsState: ReadingState;
  readonly entries: readonly LxdEntry[];
  readonly entriesState: ReadingState;
}

const share = (used: number | undefined, total: number | undefined): number | undefined =>
  used === undefined || total === undefined ? undefined : (100 * used) / total;

export function lxdModel(moment: Moment<typeof lxdNeeds>): LxdModel {
  const pools = [...(moment.lxdPools.now?.servers ?? [])].flatMap(([place, all]) =>
    all.map((pool) => ({
      place,
      pool,
      usedPct: share(pool.usedBytes, pool.totalBytes),
      inodesPct: share(pool.usedInodes, pool.totalInodes),
    })),
  );
  return {
    pools,
    poolsState: stateOf(moment.lxdPools),
    entries: [...operations(moment), ...members(moment), ...warnings(moment)],
    entriesState: stateOfAll(stateOf(moment.lxdOperations), stateOf(moment.lxdCluster), stateOf(moment.lxdWarnings)),
  };
}

function operations(moment: Moment<typeof lxdNeeds>): readonly LxdEntry[] {
  const now = hostEpochSeconds(moment);
  return [...(moment.lxdOperations.now?.servers.values() ?? [])].flat().map((one): LxdEntry => {
    const idle = idleSeconds(one, now);
    const progress = one.progress === undefined ? '' : `, ${plain(one.progress)}`;
    return {
      key: `operation ${one.id}`,
      entity: entityRef('lxd-operation', one.id),
      kind: 'operation',
      what: plain(one.description ?? one.class ?? 'operation'),
      object: one.instances.map(plain).join(' '),
      message: `${plain(one.status ?? '')}${idle === undefined ? '' : `, no progress for ${span(Math.max(0, idle))}`}${progress}`,
      role: isStuck(one, now) ? 'warn' : 'text',
    };
  });
}

const members = (moment: Moment<typeof lxdNeeds>): readonly LxdEntry[] =>
  [...(moment.lxdCluster.now?.servers ?? [])].flatMap(([place, all]) =>
    all.map(({ name, status, message, roles }): LxdEntry => ({
      key: `member ${name}`,
      entity: entityRef('lxd-member', `${place}/${name}`),
      kind: 'member',
      what: plain(name),
      object: roles.map(plain).join(' '),
      message: plain([status, message && shortMessage(message)].filter((words) => words !== undefined).join(': ')),
      role: status === 'Online' ? 'text' : status === 'Offline' ? 'crit' : 'warn',
    })),
  );

const SEVERITY: Readonly<Record<string, Role>> = { high: 'crit', moderate: 'warn' };

const warnings = (moment: Moment<typeof lxdNeeds>): readonly LxdEntry[] =>
  [...(moment.lxdWarnings.now?.servers.values() ?? [])]
    .flat()
    .filter(({ status }) => status !== 'resolved')
    .map((one) => ({
      key: `warning ${one.id}`,
      entity: entityRef('lxd-warning', one.id),
      kind: 'warning',
      what: plain(one.type),
      object: plain(one.about?.split('/').at(-1) ?? one.location ?? ''),
      message: plain(one.message ?? ''),
      role: SEVERITY[one.severity ?? ''] ?? 'dim',
    }));

const poolColumns: readonly Column<PoolRow>[] = [
  {
    id: 'pool',
    title: 'POOL',
    about: 'Name of the storage pool.',
    width: 12,
    grow: true,
    rank: 0,
    value: ({ pool }) => plain(pool.name),
  },
  {
    id: 'driver',
    title: 'DRIVER',
    about: 'Storage driver: dir, zfs, lvm, btrfs, ceph.',
    width: 7,
    rank: 1,
    value: ({ pool }) => pool.driver && plain(pool.driver),
  },
  percentColumn({
    id: 'used',
    title: 'USE%',
    about: 'Used space in percent of its size.',
    width: 5,
    rank: 0,
    value: ({ usedPct }) => usedPct,
    role: ({ usedPct }) => grade(usedPct, limits.lxdPoolUsedPct),
  }),
  bytesColumn({
    id: 'size',
    title: 'SIZE',
    about: 'Size of the pool.',
    width: 6,
    rank: 0,
    value: ({ pool }) => pool.totalBytes,
  }),
  percentColumn({
    id: 'inodes',
    title: 'IUSE%',
    about: 'Used inodes in percent; blank for drivers without inodes.',
    width: 6,
    rank: 0,
    value: ({ inodesPct }) => inodesPct,
    role: ({ inodesPct }) => grade(inodesPct, limits.lxdPoolUsedPct),
  }),
  totalColumn({
    id: 'users',
    title: 'USED BY',
    about: 'Number of instances, images, profiles and volumes that use it.',
    width: 7,
    rank: 3,
    value: ({ pool }) => pool.users,
  }),
  {
    id: 'status',
    title: 'STATE',
    about: 'State of the pool, or why LXD reports no space for it.',
    width: 11,
    rank: 0,
    value: ({ pool }) => plain(pool.problem ?? pool.status ?? ''),
    role: ({ pool }) =>
      pool.problem !== undefined || pool.status === 'Errored' || pool.status === 'Unavailable' ? 'crit' : 'text',
  },
];

const entryColumns: readonly Column<LxdEntry>[] = [
  {
    id: 'kind',
    title: 'KIND',
    about: 'Operation, cluster member or warning.',
    vocabulary: 'fixed',
    width: 9,
    rank: 0,
    value: ({ kind }) => kind,
    role: ({ role }) => role,
  },
  {
    id: 'what',
    title: 'DESCRIPTION',
    about: 'Operation, name of the member, or type of the warning.',
    width: 26,
    grow: true,
    rank: 0,
    value: ({ what }) => what,
    role: ({ role }) => role,
  },
  textColumn({
    id: 'about',
    title: 'OBJECT',
    about: 'Instance or entity concerned; of a member its roles.',
    width: 12,
    rank: 1,
    value: ({ object }) => object,
  }),
  textColumn({
    id: 'message',
    title: 'MESSAGE',
    about: 'Status, and the message of LXD.',
    width: 26,
    grow: true,
    rank: 0,
    value: ({ message }) => message,
  }),
];

const isUnreadable = (state: ReadingState): boolean => !isWhole(state) && state.state !== 'not read yet';

const URGENCY: Readonly<Partial<Record<Role, number>>> = { crit: 0, warn: 1, text: 2 };

export function lxdSections({ pools, poolsState, entries, entriesState }: LxdModel): readonly Section[] {
  const poolTable: TableSection<PoolRow> = {
    kind: 'table',
    id: 'pools',
    title: 'LXD storage pools',
    note: count(numberKnown(pools.length, poolsState)),
    sources: ['lxd-pools'],
    columns: poolColumns,
    rows: pools,
    key: ({ place, pool }) => `${place} ${pool.name}`,
    entity: ({ place, pool }) => entityRef('storage-pool', `${place}/${pool.name}`),
    name: ({ pool }) => pool.name,
    sort: { column: 'used', descending: true },
    empty: nothingWords('no storage pools', poolsState),
    minRows: 2,
  };
  const entryTable: TableSection<LxdEntry> = {
    kind: 'table',
    id: 'matters',
    title: 'LXD operations, members, warnings',
    note: count(numberKnown(entries.length, entriesState)),
    sources: ['lxd-operations', 'lxd-cluster', 'lxd-warnings'],
    columns: entryColumns,
    rows: entries.toSorted((a, b) => (URGENCY[a.role] ?? 3) - (URGENCY[b.role] ?? 3)),
    key: ({ key }) => key,
    entity: ({ entity }) => entity,
    name: ({ what }) => what,
    sort: { column: '', descending: false },
    empty: nothingWords('none', entriesState),
    minRows: 2,
  };
  return [
    ...(pools.length > 0 || isUnreadable(poolsState) ? [poolTable] : []),
    ...(entries.length > 0 || isUnreadable(entriesState) ? [entryTable] : []),
  ];
}
