import { serversRead } from '../../entities/databases/seen-servers.ts';
import type { Severity } from '../../theme.ts';
import { cephStatus } from '../../sources/ceph/status.ts';
import { mysqlServers } from '../../sources/databases/mysql.ts';
import { rabbitmqNodes } from '../../sources/databases/rabbitmq.ts';
import { kubeLocal } from '../../sources/kubernetes/local.ts';
import { kubeNode } from '../../sources/kubernetes/node.ts';
import { ovnCentral } from '../../sources/ovn/central.ts';
import { ovnDaemons } from '../../sources/ovn/daemons.ts';
import { ovsDb } from '../../sources/ovs/db.ts';
import type { Moment } from '../../timeline/moment.ts';
import { bareAddress } from './host-ties.ts';

export type ClusterKind = 'Ceph' | 'Kubernetes' | 'OVN' | 'Galera' | 'RabbitMQ';

/** A cluster as one of its hosts sees it. */
export interface ClusterReading {
  readonly kind: ClusterKind;
  /** What is the same on all of its hosts and of no other cluster: fsid, CA of the API server, databases, UUID; undefined where it was not read. */
  readonly id: string | undefined;
  /** Health as the cluster has it; undefined where this host only belongs to it. */
  readonly state: string | undefined;
  readonly severity: Severity | undefined;
  /** Figures that all of its hosts must agree on, each with its name. */
  readonly facts: Readonly<Record<string, string>>;
  /** Figures without that: rates and counts of the moment. */
  readonly summary: string;
}

export const clusterNeeds = {
  cephStatus,
  kubeLocal,
  kubeNode,
  ovnCentral,
  ovnDaemons,
  ovsDb,
  mysqlServers,
  rabbitmqNodes,
};

/** Figures that are known. */
const known = (facts: Readonly<Record<string, string | number | undefined>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(facts).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );

/** Clusters that a host belongs to or reads, as it sees them. */
export const clustersAt = (moment: Moment<typeof clusterNeeds>): readonly ClusterReading[] => [
  ...cephAt(moment),
  ...kubernetesAt(moment),
  ...ovnAt(moment),
  ...galeraAt(moment),
  ...rabbitmqAt(moment),
];

function cephAt({ cephStatus: { now } }: Moment<typeof clusterNeeds>): readonly ClusterReading[] {
  if (!now) return [];
  const { fsid, health, mons, quorum, osds, osdsUp, osdsIn, pgs } = now;
  return [
    {
      kind: 'Ceph',
      id: fsid,
      state: health,
      severity: health === 'HEALTH_ERR' ? 'crit' : health === 'HEALTH_WARN' ? 'warn' : undefined,
      facts: known({ mons, quorum: quorum.length === 0 ? undefined : quorum.toSorted().join(' '), osds }),
      summary: `${osdsUp ?? '—'} up, ${osdsIn ?? '—'} in of ${osds ?? '—'} OSDs, ${pgs ?? '—'} PGs`,
    },
  ];
}

function kubernetesAt({
  kubeLocal: { now: local },
  kubeNode: { now: own },
}: Moment<typeof clusterNeeds>): readonly ClusterReading[] {
  if (local?.node === undefined && own?.node === undefined) return [];
  return [
    {
      kind: 'Kubernetes',
      id: local?.cluster,
      state: own?.node === undefined ? undefined : 'API server responds',
      severity: undefined,
      facts: {},
      summary: own?.node?.kubelet === undefined ? '' : `kubelet ${own.node.kubelet}`,
    },
  ];
}

/** Addresses of the southbound database: a chassis has them in `ovn-remote`, a member of the database in its RAFT state. */
function ovnAt({
  ovnCentral: { now: central },
  ovnDaemons: { now: daemons },
  ovsDb: { now: ovs },
}: Moment<typeof clusterNeeds>): readonly ClusterReading[] {
  const raft = daemons?.clusters ?? [];
  const remotes =
    ovs?.externalIds
      .get('ovn-remote')
      ?.split(',')
      .filter((one) => /^(?:tcp|ssl):/.test(one)) ?? [];
  const members = raft.find(({ database }) => database === 'southbound')?.members.map(({ address }) => address) ?? [];
  const isCentral = central?.southbound.read === true || central?.northbound.read === true || members.length > 0;
  const places = [...new Set((members.length > 0 ? members : remotes).map(bareAddress))].toSorted();
  if (!isCentral && places.length === 0) return [];
  const noLeader = raft.filter(({ leader }) => leader === undefined || leader === 'unknown');
  const leaders = raft.flatMap(({ database, members: all, leader }) => {
    const self = all.find((one) => one.self);
    const id = leader === 'self' ? self?.id : leader;
    return id === undefined || id === 'unknown' ? [] : [[`${database} leader`, id]];
  });
  return [
    {
      kind: 'OVN',
      id: places.length === 0 ? undefined : places.join(','),
      state: !isCentral
        ? undefined
        : noLeader.length > 0
          ? `no leader: ${noLeader.map(({ database }) => database).join(', ')}`
          : daemons?.northd === undefined
            ? 'databases'
            : `northd ${daemons.northd}`,
      severity: isCentral && noLeader.length > 0 ? 'crit' : undefined,
      facts: {
        ...Object.fromEntries(leaders),
        ...known({
          members: members.length === 0 ? undefined : members.length,
          chassis: central?.southbound.read === true ? central.chassis.length : undefined,
        }),
      },
      summary:
        central?.southbound.read === true ? `${central.chassis.length} chassis, ${central.bindings.length} ports` : '',
    },
  ];
}

function galeraAt({ mysqlServers: seen }: Moment<typeof clusterNeeds>): readonly ClusterReading[] {
  return [...(seen.now?.servers.values() ?? [])].flatMap((one): readonly ClusterReading[] => {
    const galera = 'galera' in one ? one.galera : undefined;
    if (!galera) return [];
    const { uuid, name, status, size, state } = galera;
    // A node that left its cluster has no UUID of it, and its name stays.
    return [
      {
        kind: 'Galera',
        id: name ?? uuid,
        state: status,
        severity: status === 'Primary' ? undefined : 'crit',
        facts: known({ status, size, uuid }),
        summary: `${size ?? '—'} members, ${state ?? '—'}`,
      },
    ];
  });
}

const rabbitmqAt = ({ rabbitmqNodes: seen }: Moment<typeof clusterNeeds>): readonly ClusterReading[] =>
  serversRead(seen).flatMap(
    ({ state: { cluster, alarms, unreachablePeers = 0, queues, version } }): readonly ClusterReading[] =>
      cluster === undefined
        ? []
        : [
            {
              kind: 'RabbitMQ',
              id: cluster,
              state:
                alarms.length > 0
                  ? `${alarms.join(', ')} alarm`
                  : unreachablePeers > 0
                    ? `${unreachablePeers} peers unreachable`
                    : 'no alarms',
              severity: alarms.length > 0 || unreachablePeers > 0 ? 'crit' : undefined,
              facts: known({ version }),
              summary: `${queues ?? '—'} queues`,
            },
          ],
  );
