import {
  CAPACITY_PCT,
  isDown,
  isRecentFailure,
  isRetired,
  isStuckBuild,
  isStuckVolume,
  usedPct,
} from '../../entities/openstack/trouble.ts';
import { entityRef, openstackHostRef, openstackServiceRef, shortHost } from '../../findings/entity-ref.ts';
import { label, plain } from '../../lib/plain.ts';
import type { Cloud, CloudPart, CloudServer, CloudService, CloudVolume } from '../../sources/openstack/cloud.ts';
import { ownWords, stateOfMissing, stateWords, type NothingWords } from '../../timeline/reading-state.ts';
import { ageColumn, percentColumn, textColumn, totalColumn } from '../../ui/kit/columns.ts';
import type { Column, Section, TableSection } from '../pane.ts';
import { storyDetail } from './story.ts';

/** Words of an empty table of a part of the cloud. */
const emptyOf = ({ missing }: Cloud, ...parts: readonly CloudPart[]): NothingWords => {
  const gap = parts.flatMap((part) => missing.get(part) ?? [])[0];
  return gap === undefined ? ownWords('none') : stateWords(stateOfMissing(gap));
};

const serverColumns: readonly Column<CloudServer>[] = [
  textColumn({ id: 'name', title: 'SERVER', about: 'Name in Nova.', width: 16, widest: 30, rank: 0, value: ({ name, id }) => plain(name ?? id) }),
  textColumn({ id: 'status', title: 'STATUS', about: 'ERROR or BUILD.', vocabulary: 'fixed', width: 6, rank: 0, role: (one) => (isStuckBuild(one) ? 'crit' : isRecentFailure(one) ? 'warn' : 'text'), value: ({ status }) => status }),
  textColumn({ id: 'task', title: 'TASK', about: 'Task that is running: scheduling, networking, spawning.', vocabulary: 'fixed', width: 11, rank: 1, value: ({ task }) => task && label(task) }),
  textColumn({ id: 'host', title: 'HOST', about: 'Host that it was placed on; blank before that.', width: 12, widest: 24, rank: 1, value: ({ host }) => host && plain(host) }),
  ageColumn({ id: 'age', title: 'FOR', about: 'Time since its last change.', width: 6, rank: 0, value: ({ secondsAgo }) => secondsAgo }),
  textColumn({ id: 'fault', title: 'FAULT', about: 'Text of its fault.', width: 20, grow: true, rank: 0, value: ({ fault }) => fault && plain(fault) }),
]; // prettier-ignore

const serversSection = (cloud: Cloud): TableSection<CloudServer> => ({
  kind: 'table',
  id: 'servers',
  title: 'Servers in ERROR or BUILD',
  sources: ['openstack-cloud'],
  columns: serverColumns,
  rows: cloud.servers,
  key: ({ id }) => id,
  sort: { column: 'age', descending: false },
  entity: ({ id }) => entityRef('guest', id),
  name: ({ name, id }) => plain(name ?? id),
  searchText: ({ id }) => id,
  detail: ({ id, name }) => storyDetail(id, `story of ${name ?? id}`),
  empty: emptyOf(cloud, 'failed', 'building'),
});

const agentColumns: readonly Column<CloudService>[] = [
  textColumn({ id: 'binary', title: 'SERVICE', about: 'Service of Nova or Cinder, agent of Neutron.', width: 25, widest: 30, rank: 0, value: ({ binary }) => plain(binary) }),
  textColumn({ id: 'host', title: 'HOST', about: 'Host that it runs on.', width: 14, widest: 30, rank: 0, value: ({ host }) => plain(host) }),
  textColumn({ id: 'state', title: 'STATE', about: 'up or down by its heartbeat, disabled by an administrator.', vocabulary: 'fixed', width: 9, rank: 0, role: (one) => (isDown(one) && !isRetired(one) ? 'warn' : 'text'), value: ({ isUp, isEnabled }) => `${isUp === undefined ? '' : isUp ? 'up' : 'down'}${isEnabled ? '' : ' disabled'}` }),
  ageColumn({ id: 'heartbeat', title: 'HEARTBEAT', about: 'Time since its last heartbeat.', width: 9, rank: 0, value: ({ heartbeatSecondsAgo }) => heartbeatSecondsAgo }),
  textColumn({ id: 'reason', title: 'DISABLED BECAUSE', about: 'Reason that an administrator gave.', width: 16, grow: true, rank: 1, value: ({ disabledReason }) => disabledReason && plain(disabledReason) }),
]; // prettier-ignore

const agentsSection = (cloud: Cloud): TableSection<CloudService> => ({
  kind: 'table',
  id: 'agents',
  title: 'Services and agents of the cloud',
  ...(cloud.services.length > 0 && {
    note: `${cloud.services.filter(({ isUp }) => isUp === true).length} of ${cloud.services.length} up`,
  }),
  sources: ['openstack-cloud'],
  columns: agentColumns,
  rows: [...new Map(cloud.services.map((one) => [keyOf(one), one])).values()],
  key: keyOf,
  sort: { column: 'binary', descending: false },
  first: (one) => isDown(one) && !isRetired(one),
  rowRole: ({ isEnabled }) => (isEnabled ? undefined : 'dim'),
  entity: ({ binary, host }) => openstackServiceRef({ name: binary, host }),
  name: ({ binary, host }) => plain(`${binary}@${host}`),
  empty: emptyOf(cloud, 'services', 'agents'),
});

const keyOf = ({ binary, host }: CloudService): string => openstackServiceRef({ name: binary, host }).id;

/** Host of the cloud: its hypervisor, what Placement has allocated on it, and its ports that are DOWN. */
interface HostRow {
  readonly host: string;
  readonly isUp: boolean | undefined;
  readonly runningVms: number | undefined;
  readonly vcpuPct: number | undefined;
  readonly memoryPct: number | undefined;
  readonly diskPct: number | undefined;
  readonly portsDown: number | undefined;
  readonly bindingsFailed: number | undefined;
}

function hostRows(cloud: Cloud): readonly HostRow[] {
  const names = new Map<string, string>();
  for (const host of [...cloud.hypervisors.map((one) => one.host), ...cloud.capacities.map(({ provider }) => provider), ...cloud.ports.map((one) => one.host)])
    if (!names.has(shortHost(host))) names.set(shortHost(host), host);
  return [...names].map(([short, host]) => {
    const hypervisor = cloud.hypervisors.find((one) => shortHost(one.host) === short);
    const pctOf = (resource: string): number | undefined => {
      const own = cloud.capacities.find((one) => shortHost(one.provider) === short && one.resource === resource);
      return own && usedPct(own);
    };
    const ports = cloud.missing.has('ports') ? undefined : cloud.ports.filter((one) => shortHost(one.host) === short && one.isAdminUp);
    return {
      host,
      isUp: hypervisor?.isUp,
      runningVms: hypervisor?.runningVms,
      vcpuPct: pctOf('VCPU'),
      memoryPct: pctOf('MEMORY_MB'),
      diskPct: pctOf('DISK_GB'),
      portsDown: ports?.length,
      bindingsFailed: ports?.filter(({ isBindingFailed }) => isBindingFailed).length,
    };
  });
} // prettier-ignore

const capacityColumn = (id: string, title: string, what: string, value: (row: HostRow) => number | undefined): Column<HostRow> =>
  percentColumn({ id, title, about: `${what} allocated, of (total − reserved) × allocation ratio.`, width: 6, rank: 0, role: (row) => ((value(row) ?? 0) >= CAPACITY_PCT.crit ? 'crit' : (value(row) ?? 0) >= CAPACITY_PCT.warn ? 'warn' : 'text'), value }); // prettier-ignore

const hostColumns: readonly Column<HostRow>[] = [
  textColumn({ id: 'host', title: 'HOST', about: 'Name of its hypervisor or resource provider.', width: 20, widest: 40, rank: 0, value: ({ host }) => plain(host) }),
  textColumn({ id: 'state', title: 'STATE', about: 'State of its hypervisor.', vocabulary: 'fixed', width: 5, rank: 0, value: ({ isUp }) => (isUp === undefined ? '' : isUp ? 'up' : 'down') }),
  totalColumn({ id: 'vms', title: 'VMS', about: 'Running servers.', width: 5, rank: 1, value: ({ runningVms }) => runningVms }),
  capacityColumn('vcpu', 'vCPU%', 'vCPUs', ({ vcpuPct }) => vcpuPct),
  capacityColumn('memory', 'MEM%', 'Memory', ({ memoryPct }) => memoryPct),
  capacityColumn('disk', 'DISK%', 'Disk', ({ diskPct }) => diskPct),
  totalColumn({ id: 'ports', title: 'DOWN', about: 'Ports that are DOWN though they have a device.', width: 5, rank: 1, value: ({ portsDown }) => portsDown }),
  totalColumn({ id: 'bindings', title: 'UNBOUND', about: 'Ports whose binding failed.', width: 7, rank: 1, role: ({ bindingsFailed }) => ((bindingsFailed ?? 0) > 0 ? 'crit' : 'text'), value: ({ bindingsFailed }) => bindingsFailed }),
]; // prettier-ignore

const hostsSection = (cloud: Cloud): TableSection<HostRow> => ({
  kind: 'table',
  id: 'hosts',
  title: 'Hosts of the cloud',
  sources: ['openstack-cloud'],
  columns: hostColumns,
  rows: hostRows(cloud),
  key: ({ host }) => shortHost(host),
  sort: { column: 'vcpu', descending: true },
  entity: ({ host }) => openstackHostRef(host),
  name: ({ host }) => plain(host),
  empty: emptyOf(cloud, 'hypervisors', 'placement'),
});

const volumeColumns: readonly Column<CloudVolume>[] = [
  textColumn({ id: 'volume', title: 'VOLUME', about: 'Id in Cinder.', width: 36, rank: 0, value: ({ id }) => plain(id) }),
  textColumn({ id: 'name', title: 'NAME', about: 'Name in Cinder.', width: 16, rank: 1, value: ({ name }) => name && plain(name) }),
  textColumn({ id: 'status', title: 'STATUS', about: 'Its status; available and in-use are not listed.', vocabulary: 'fixed', width: 16, rank: 0, role: (one) => (isStuckVolume(one) ? 'warn' : 'text'), value: ({ status }) => label(status) }),
  ageColumn({ id: 'age', title: 'FOR', about: 'Time since its last change.', width: 6, rank: 0, value: ({ secondsAgo }) => secondsAgo }),
  textColumn({ id: 'host', title: 'BACKEND', about: 'Host and backend that hold it.', width: 16, grow: true, rank: 1, value: ({ host }) => host && plain(host) }),
]; // prettier-ignore

const volumesSection = (cloud: Cloud): TableSection<CloudVolume> => ({
  kind: 'table',
  id: 'volumes',
  title: 'Volumes neither available nor in use',
  sources: ['openstack-cloud'],
  columns: volumeColumns,
  rows: cloud.volumes,
  key: ({ id }) => id,
  sort: { column: 'age', descending: true },
  entity: ({ id }) => entityRef('volume', id),
  name: ({ id }) => plain(id),
  detail: ({ id }) => storyDetail(id, `story of volume ${id}`),
  empty: emptyOf(cloud, 'volumes'),
});

/** Tables of what the APIs show; none before the engineer agreed to credentials. */
export const cloudSections = (cloud: Cloud | undefined): readonly Section[] =>
  cloud === undefined
    ? []
    : [
        serversSection(cloud),
        agentsSection(cloud),
        hostsSection(cloud),
        ...(cloud.volumes.length > 0 || cloud.missing.get('volumes')?.why !== 'absent' ? [volumesSection(cloud)] : []),
      ];
