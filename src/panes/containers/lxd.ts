import { hostEpochSeconds } from '../../entities/containers/containers.ts';
import { idleSeconds, isStuck } from '../../entities/containers/lxd-stuck.ts';
import { grade, limits } from '../../thresholds.ts';
import { plain } from '../../lib/plain.ts';
import { bytes, duration, percent } from '../../lib/units.ts';
import { cpuStat } from '../../sources/machine/cpu-stat.ts';
import { inShort, lxdCluster } from '../../sources/containers/lxd-cluster.ts';
import { lxdOperations } from '../../sources/containers/lxd-operations.ts';
import { lxdPools, type LxdPool } from '../../sources/containers/lxd-pools.ts';
import { lxdWarnings } from '../../sources/containers/lxd-warnings.ts';
import type { LxdPlace } from '../../sources/containers/lxd-sockets.ts';
import type { Moment } from '../../timeline/moment.ts';
import type { Role } from '../../theme.ts';
import type { Column, Section, TableSection } from '../pane.ts';

export const lxdNeeds = { lxdPools, lxdWarnings, lxdOperations, lxdCluster, cpuStat };

interface PoolRow {
  readonly place: LxdPlace;
  readonly pool: LxdPool;
  readonly usedPct: number | undefined;
  readonly inodesPct: number | undefined;
}

/** Something that LXD does, says or sees, that is not a container. */
interface Matter {
  readonly key: string;
  readonly kind: 'operation' | 'member' | 'warning';
  readonly what: string;
  readonly about: string;
  readonly says: string;
  readonly role: Role;
}

export interface LxdModel {
  readonly pools: readonly PoolRow[];
  readonly matters: readonly Matter[];
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
  return { pools, matters: [...operations(moment), ...members(moment), ...warnings(moment)] };
}

function operations(moment: Moment<typeof lxdNeeds>): readonly Matter[] {
  const now = hostEpochSeconds(moment);
  return [...(moment.lxdOperations.now?.servers.values() ?? [])].flat().map((one): Matter => {
    const idle = idleSeconds(one, now);
    const progress = one.progress === undefined ? '' : `, ${plain(one.progress)}`;
    return {
      key: `operation ${one.id}`,
      kind: 'operation',
      what: plain(one.description ?? one.class ?? 'operation'),
      about: one.instances.map(plain).join(' '),
      says: `${plain(one.status ?? '')}${idle === undefined ? '' : `, nothing new for ${duration(Math.max(0, idle))}`}${progress}`,
      role: isStuck(one, now) ? 'warn' : 'text',
    };
  });
}

const members = (moment: Moment<typeof lxdNeeds>): readonly Matter[] =>
  [...(moment.lxdCluster.now?.servers.values() ?? [])].flat().map(({ name, status, message, roles }) => ({
    key: `member ${name}`,
    kind: 'member',
    what: plain(name),
    about: roles.map(plain).join(' '),
    says: plain([status, message && inShort(message)].filter((words) => words !== undefined).join(': ')),
    role: status === 'Online' ? 'text' : status === 'Offline' ? 'crit' : 'warn',
  }));

const SEVERITY: Readonly<Record<string, Role>> = { high: 'crit', moderate: 'warn' };

const warnings = (moment: Moment<typeof lxdNeeds>): readonly Matter[] =>
  [...(moment.lxdWarnings.now?.servers.values() ?? [])]
    .flat()
    .filter(({ status }) => status !== 'resolved')
    .map((one) => ({
      key: `warning ${one.id}`,
      kind: 'warning',
      what: plain(one.type),
      about: plain(one.about?.split('/').at(-1) ?? one.location ?? ''),
      says: plain(one.message ?? ''),
      role: SEVERITY[one.severity ?? ''] ?? 'dim',
    }));

const poolColumns: readonly Column<PoolRow>[] = [
  {
    id: 'pool',
    title: 'POOL',
    about: 'Its name.',
    width: 12,
    grow: true,
    rank: 0,
    value: ({ pool }) => plain(pool.name),
  },
  {
    id: 'driver',
    title: 'DRIVER',
    about: 'What it is made of.',
    width: 7,
    rank: 1,
    value: ({ pool }) => pool.driver && plain(pool.driver),
  },
  {
    id: 'used',
    title: 'USED',
    about: 'Share of its space that is used.',
    width: 5,
    align: 'right',
    rank: 0,
    value: ({ usedPct }) => usedPct,
    text: ({ usedPct }) => percent(usedPct),
    role: ({ usedPct }) => grade(usedPct, limits.lxdPoolUsedPct),
  },
  {
    id: 'size',
    title: 'OF',
    about: 'Its size.',
    width: 6,
    align: 'right',
    rank: 0,
    value: ({ pool }) => pool.totalBytes,
    text: ({ pool }) => bytes(pool.totalBytes),
  },
  {
    id: 'inodes',
    title: 'INODES',
    about: 'Share of its inodes that is used; not all drivers have any.',
    width: 6,
    align: 'right',
    rank: 0,
    value: ({ inodesPct }) => inodesPct,
    text: ({ inodesPct }) => percent(inodesPct),
    role: ({ inodesPct }) => grade(inodesPct, limits.lxdPoolUsedPct),
  },
  {
    id: 'users',
    title: 'USERS',
    about: 'Instances, images, profiles and volumes in it.',
    width: 5,
    align: 'right',
    rank: 3,
    value: ({ pool }) => pool.users,
  },
  {
    id: 'status',
    title: 'STATUS',
    about: 'As LXD sees it, and why it does not tell the space.',

    width: 11,
    rank: 0,
    value: ({ pool }) => plain(pool.problem ?? pool.status ?? ''),
    role: ({ pool }) =>
      pool.problem !== undefined || pool.status === 'Errored' || pool.status === 'Unavailable' ? 'crit' : 'text',
  },
];

const matterColumns: readonly Column<Matter>[] = [
  {
    id: 'kind',
    title: 'KIND',
    about: 'Operation, member of the cluster, or warning.',
    vocabulary: 'fixed',
    width: 9,
    rank: 0,
    value: ({ kind }) => kind,
    role: ({ role }) => role,
  },
  {
    id: 'what',
    title: 'WHAT',
    about: 'What LXD calls it.',
    width: 26,
    grow: true,
    rank: 0,
    value: ({ what }) => what,
    role: ({ role }) => role,
  },
  {
    id: 'about',
    title: 'ABOUT',
    about: 'The instance or member that it is about.',
    width: 12,
    rank: 1,
    value: ({ about }) => about || undefined,
    text: ({ about }) => about,
  },
  {
    id: 'says',
    title: 'SAYS',
    about: 'Its state, or its own words.',
    width: 26,
    grow: true,
    rank: 0,
    value: ({ says }) => says || undefined,
    text: ({ says }) => says,
  },
];

const URGENCY: Readonly<Partial<Record<Role, number>>> = { crit: 0, warn: 1, text: 2 };

export function lxdSections({ pools, matters }: LxdModel): readonly Section[] {
  const poolTable: TableSection<PoolRow> = {
    kind: 'table',
    id: 'pools',
    title: 'LXD storage pools',
    note: `${pools.length}`,
    sources: ['lxd-pools'],
    columns: poolColumns,
    rows: pools,
    key: ({ place, pool }) => `${place} ${pool.name}`,
    sort: { column: 'used', descending: true },
    empty: 'no pool',
    minRows: 2,
  };
  const matterTable: TableSection<Matter> = {
    kind: 'table',
    id: 'matters',
    title: 'LXD operations, members, warnings',
    note: `${matters.length}`,
    sources: ['lxd-operations', 'lxd-cluster', 'lxd-warnings'],
    columns: matterColumns,
    rows: matters.toSorted((a, b) => (URGENCY[a.role] ?? 3) - (URGENCY[b.role] ?? 3)),
    key: ({ key }) => key,
    sort: { column: '', descending: false },
    empty: 'nothing',
    minRows: 2,
  };
  return [...(pools.length > 0 ? [poolTable] : []), ...(matters.length > 0 ? [matterTable] : [])];
}
