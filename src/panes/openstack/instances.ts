import type { Instance, InstancePort } from '../../entities/openstack/instances.ts';
import { stateText } from '../../entities/kvm/guest-state.ts';
import { entityRef } from '../../findings/entity-ref.ts';
import { label, plain } from '../../lib/plain.ts';
import { NONE } from '../../lib/units.ts';
import { openstackStory } from '../../sources/openstack/logs.ts';
import { bindDetail } from '../../sources/source.ts';
import { ownWords, type NothingWords } from '../../timeline/reading-state.ts';
import { ageColumn, kibColumn, percentColumn, rateColumn, textColumn, totalColumn } from '../../ui/kit/columns.ts';
import { drawFigures, figure, type FigureLine } from '../../ui/kit/figure-lines.ts';
import type { Column, Detail, LinesSection, TableSection } from '../pane.ts';
import { storyDetail, storySections } from './story.ts';

const addresses = ({ ports }: Instance): string => plain(ports.flatMap((port) => port.addresses).join(' '));

const columns: readonly Column<Instance>[] = [
  textColumn({ id: 'instance', title: 'INSTANCE', about: 'Name in Nova.', width: 16, widest: 30, rank: 0, value: ({ name }) => plain(name) }),
  textColumn({ id: 'domain', title: 'DOMAIN', about: 'Name of its domain in libvirt.', width: 17, rank: 1, value: ({ guest }) => plain(guest.name) }),
  textColumn({ id: 'state', title: 'STATE', about: 'State in libvirt, which is ahead of that in Nova.', vocabulary: 'fixed', width: 9, widest: 20, rank: 0, value: ({ guest }) => label(stateText(guest.state)) }),
  textColumn({ id: 'project', title: 'PROJECT', about: 'Project that owns it.', width: 12, rank: 1, value: ({ project }) => project && plain(project) }),
  textColumn({ id: 'flavor', title: 'FLAVOR', about: 'Name of its flavor.', width: 10, rank: 2, value: ({ flavor }) => flavor && plain(flavor) }),
  totalColumn({ id: 'vcpus', title: 'vCPU', about: 'Number of vCPUs.', width: 4, rank: 2, value: ({ guest }) => guest.vcpuCount }),
  percentColumn({ id: 'cpu', title: 'CPU%', about: 'Use of all vCPUs, percent of one CPU.', width: 6, rank: 0, value: ({ guest }) => guest.cpu.runPct }),
  kibColumn({ id: 'memory', title: 'MEM', about: 'Memory that the balloon leaves to it.', width: 6, rank: 1, value: ({ guest }) => guest.memory.currentKiB }),
  ageColumn({ id: 'up', title: 'UP', about: 'Time since its QEMU started.', width: 6, rank: 3, missing: '', value: ({ guest }) => guest.upSeconds }),
  textColumn({ id: 'address', title: 'ADDRESS', about: 'Fixed addresses of its ports.', width: 15, widest: 40, grow: true, rank: 0, value: addresses }),
  totalColumn({ id: 'volumes', title: 'VOLS', about: 'Cinder volumes.', width: 4, rank: 2, value: ({ volumes }) => volumes.length }),
]; // prettier-ignore

export const instancesSection = (rows: readonly Instance[], empty: NothingWords): TableSection<Instance> => ({
  kind: 'table',
  id: 'instances',
  title: 'Instances on this host',
  ...(rows.length > 0 && { note: String(rows.length) }),
  sources: ['libvirt-xml', 'libvirt-domains', 'processes'],
  columns,
  rows,
  key: ({ guest }) => guest.key,
  sort: { column: 'cpu', descending: true },
  searchText: ({ guest, ports, volumes }) => [guest.uuid, ...ports.map(({ id }) => id), ...volumes.map(({ id }) => id)].join(' '),
  entity: ({ guest }) => entityRef('guest', guest.key),
  name: ({ name }) => plain(name),
  process: ({ guest }) => guest.process && { pid: guest.process.pid, startTicks: guest.process.startTicks, name: plain(guest.name) },
  detail: instanceDetail,
  empty,
}); // prettier-ignore

const portColumns: readonly Column<InstancePort>[] = [
  textColumn({ id: 'port', title: 'PORT', about: 'Id in Neutron.', width: 36, rank: 0, value: ({ id }) => plain(id) }),
  textColumn({ id: 'address', title: 'ADDRESS', about: 'Fixed addresses.', width: 16, widest: 40, rank: 0, value: (port) => plain(port.addresses.join(' ')) }),
  textColumn({ id: 'tap', title: 'TAP', about: 'Its interface on the host.', width: 15, rank: 0, value: ({ nic }) => nic?.tap && plain(nic.tap) }),
  rateColumn({ id: 'rx', title: 'rx/s', about: 'Bytes received by the instance per second.', width: 6, rank: 1, value: ({ nic }) => nic?.rxBytesPerSec }),
  rateColumn({ id: 'tx', title: 'tx/s', about: 'Bytes sent by the instance per second.', width: 6, rank: 1, value: ({ nic }) => nic?.txBytesPerSec }),
]; // prettier-ignore

const portsTable = (ports: readonly InstancePort[]): TableSection<InstancePort> => ({
  kind: 'table',
  id: 'ports',
  title: 'Ports',
  sources: ['libvirt-xml', 'netdev'],
  columns: portColumns,
  rows: ports,
  key: ({ id }) => id,
  sort: { column: 'port', descending: false },
  detail: ({ id }) => storyDetail(id, `story of port ${id}`),
  empty: ownWords('none in the metadata of its domain'),
  minRows: 2,
});

type Volume = Instance['volumes'][number];

const volumeColumns: readonly Column<Volume>[] = [
  textColumn({ id: 'disk', title: 'DISK', about: 'Disk of the instance.', width: 5, rank: 0, value: ({ disk }) => plain(disk) }),
  textColumn({ id: 'volume', title: 'VOLUME', about: 'Id in Cinder.', width: 36, rank: 0, value: ({ id }) => plain(id) }),
  textColumn({ id: 'source', title: 'SOURCE', about: 'Device or image that holds it.', width: 20, grow: true, rank: 0, value: ({ source }) => source && plain(source) }),
]; // prettier-ignore

const volumesTable = (volumes: readonly Volume[]): TableSection<Volume> => ({
  kind: 'table',
  id: 'volumes',
  title: 'Volumes',
  sources: ['libvirt-xml'],
  columns: volumeColumns,
  rows: volumes,
  key: ({ disk }) => disk,
  sort: { column: 'disk', descending: false },
  detail: ({ id }) => storyDetail(id, `story of volume ${id}`),
  empty: ownWords('none'),
  minRows: 2,
});

function namesOf({ guest, name, project, flavor }: Instance): LinesSection {
  const text = (value: string | undefined) => figure(value === undefined ? NONE : plain(value));
  const lines: readonly FigureLine[] = [
    { label: 'instance', figures: [text(name), text(guest.uuid)] },
    { label: 'domain', figures: [text(guest.name), figure(label(stateText(guest.state)))] },
    {
      label: 'owner',
      figures: [
        figure(`project ${plain(project ?? NONE)}`),
        figure(`user ${plain(guest.definition?.nova?.user ?? NONE)}`),
      ],
    },
    { label: 'flavor', figures: [text(flavor)] },
  ];
  return {
    kind: 'lines',
    id: 'names',
    title: 'Instance',
    sources: ['libvirt-xml'],
    minColumns: 60,
    wantRows: () => lines.length,
    draw: (width, rows, theme) => lines.slice(0, rows).map((line) => drawFigures(line, width, theme)),
  };
}

/** Instance with its ports, its volumes, and its story in the logs. */
function instanceDetail(instance: Instance): Detail {
  const { guest, ports, volumes, name } = instance;
  return {
    id: 'openstack-instance',
    title: `instance ${plain(name)}`,
    sources: guest.uuid === undefined ? {} : { story: bindDetail(openstackStory, { id: guest.uuid }) },
    everySeconds: 120,
    sections: (samples, missing) => [
      namesOf(instance),
      portsTable(ports),
      ...(volumes.length > 0 ? [volumesTable(volumes)] : []),
      ...(guest.uuid === undefined ? [] : storySections(samples, missing)),
    ],
    process: guest.process && {
      pid: guest.process.pid,
      startTicks: guest.process.startTicks,
      name: plain(guest.name),
    },
  };
}
