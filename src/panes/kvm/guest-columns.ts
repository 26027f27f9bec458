import { grade, limits } from '../../thresholds.ts';
import { plain } from '../../lib/plain.ts';
import { bytes, count, duration, kib, ms, percent } from '../../lib/units.ts';
import type { Role } from '../../theme.ts';
import type { Column } from '../pane.ts';
import { highestOf, isOff, lackPct, sumOf, swapMiB, type GuestRow } from './guest-row.ts';

type Head = Pick<Column<GuestRow>, 'id' | 'title' | 'about' | 'width' | 'rank' | 'vocabulary'>;

/** A column of one figure; blank for a guest that is off, which cannot have it. */
const figure = (
  head: Head,
  value: (row: GuestRow) => number | undefined,
  text: (value: number | undefined) => string,
  role: (row: GuestRow) => Role = () => 'text',
): Column<GuestRow> => ({
  ...head,
  align: 'right',
  value: (row) => (isOff(row.guest) ? undefined : value(row)),
  text: (row) => (isOff(row.guest) ? '' : text(value(row))),
  role,
});

const words = (
  head: Head,
  value: (row: GuestRow) => string | undefined,
  role?: (row: GuestRow) => Role,
): Column<GuestRow> => ({
  ...head,
  value,
  text: (row) => value(row) ?? '',
  ...(role && { role }),
});

const name: Column<GuestRow> = {
  id: 'guest',
  title: 'guest',
  about: 'Name of the guest.',
  width: 17,
  grow: true,
  rank: 0,
  value: (row) => row.name,
  role: (row) => row.trouble.role,
};

const trouble: Column<GuestRow> = {
  id: 'trouble',
  title: '!',
  about:
    'How many of its figures are beyond a limit. Sorted and copied as 1000 when it should run and does not, 100 for each figure beyond its upper limit, 1 for each beyond its lower.',
  width: 2,
  align: 'right',
  rank: 0,
  value: (row) => row.trouble.score,
  text: (row) => (row.trouble.count === 0 ? '' : String(row.trouble.count)),
  role: (row) => row.trouble.role,
};

const cpu: readonly Column<GuestRow>[] = [
  figure(
    { id: 'vcpus', title: 'vcpu', about: 'vCPUs that are plugged in.', width: 4, rank: 2 },
    (row) => row.guest.vcpuCount,
    count,
  ),
  figure(
    {
      id: 'cpu',
      title: 'cpu',
      about: 'Time that its vCPUs ran, all together, percent of one CPU (schedstat of the threads CPU n/KVM).',
      width: 5,
      rank: 0,
    },
    (row) => row.guest.cpu.runPct,
    percent,
  ),
  figure(
    { id: 'hot', title: 'hot', about: 'Time that its busiest vCPU ran, percent.', width: 5, rank: 3 },
    (row) => row.guest.cpu.hotPct,
    percent,
    (row) => ((row.guest.cpu.hotPct ?? 0) >= 90 ? 'warn' : 'text'),
  ),
  figure(
    {
      id: 'steal',
      title: 'steal',
      about:
        'Time that the vCPU which had to wait most was ready to run and others had the CPU, percent (run delay less what its quota made).',
      width: 5,
      rank: 0,
    },
    (row) => row.guest.cpu.stealPct,
    percent,
    (row) => grade(row.guest.cpu.stealPct, limits.guestStealPct),
  ),
  figure(
    {
      id: 'quota',
      title: 'quota',
      about: 'Time that the CPU quota of the guest held its most throttled vCPU back, percent (cpu.stat throttled).',
      width: 5,
      rank: 0,
    },
    (row) => row.guest.cpu.throttledPct,
    percent,
    (row) => grade(row.guest.cpu.throttledPct, limits.guestThrottledPct),
  ),
];

const memory: readonly Column<GuestRow>[] = [
  figure(
    {
      id: 'mem',
      title: 'mem',
      about: 'Memory that the balloon leaves it; without one what it was given.',
      width: 5,
      rank: 0,
    },
    (row) => row.guest.memory.currentKiB,
    kib,
    (row) => ((row.guest.memory.currentKiB ?? 0) < (row.guest.memory.maximumKiB ?? 0) ? 'accent' : 'text'),
  ),
  figure(
    {
      id: 'usable',
      title: 'usable',
      about:
        'What the guest itself says it could still use without swapping (balloon statistics; its driver must be told to).',
      width: 6,
      rank: 2,
    },
    (row) => row.guest.memory.balloon?.usableKiB,
    kib,
    (row) =>
      row.guest.memory.balloon && lackPct(row.guest) === undefined
        ? 'dim'
        : grade(lackPct(row.guest), limits.guestUsableLackPct),
  ),
  figure(
    { id: 'age', title: 'told', about: 'How long ago the guest told its memory figures.', width: 5, rank: 8 },
    (row) => row.guest.memory.ageSeconds,
    duration,
  ),
  figure(
    { id: 'rss', title: 'rss', about: 'Memory of its QEMU in RAM of the host, without huge pages.', width: 5, rank: 5 },
    (row) => row.guest.memory.rssKiB,
    kib,
  ),
  figure(
    { id: 'swap', title: 'swap', about: 'Memory of its group that the host swapped out.', width: 5, rank: 5 },
    (row) => row.guest.memory.swapKiB,
    kib,
    (row) => grade(swapMiB(row.guest), limits.guestSwapMiB),
  ),
];

const latency = (id: 'readMs' | 'writeMs' | 'flushMs', title: string, what: string, rank: number): Column<GuestRow> => {
  const value = (row: GuestRow): number | undefined => highestOf(row.guest.disks, (disk) => disk[id]);
  return figure(
    {
      id,
      title,
      about: `Mean time of a ${what} of its slowest disk, as its QEMU sees it; a dash when there was none.`,
      width: 6,
      rank,
    },
    value,
    ms,
    (row) => grade(value(row), limits.guestDiskMs),
  );
};

const disks: readonly Column<GuestRow>[] = [
  latency('readMs', 'read', 'read', 1),
  latency('writeMs', 'write', 'write', 1),
  latency('flushMs', 'flush', 'flush', 4),
  figure(
    { id: 'iops', title: 'io/s', about: 'Reads and writes of all its disks per second.', width: 5, rank: 4 },
    (row) => sumOf(row.guest.disks, (disk) => sumOf([disk.readsPerSec, disk.writesPerSec], (value) => value)),
    count,
  ),
];

const network: readonly Column<GuestRow>[] = [
  figure(
    {
      id: 'rx',
      title: 'rx/s',
      about: 'Bytes per second that its interfaces received (sent by the host into its taps).',
      width: 5,
      rank: 3,
    },
    (row) => sumOf(row.guest.nics, (nic) => nic.rxBytesPerSec),
    bytes,
  ),
  figure(
    { id: 'tx', title: 'tx/s', about: 'Bytes per second that its interfaces sent.', width: 5, rank: 3 },
    (row) => sumOf(row.guest.nics, (nic) => nic.txBytesPerSec),
    bytes,
  ),
  figure(
    {
      id: 'drops',
      title: 'drop/s',
      about: 'Packets per second for the guest that it did not fetch in time (tap tx_dropped).',
      width: 6,
      rank: 3,
    },
    (row) => sumOf(row.guest.nics, (nic) => nic.rxDroppedPerSec),
    count,
    (row) =>
      grade(
        highestOf(row.guest.nics, (nic) => nic.rxDroppedPerSec),
        limits.guestDropsPerSec,
      ),
  ),
];

const exits = figure(
  {
    id: 'exits',
    title: 'exits/s',
    about: 'How often per second its vCPUs left the guest for the hypervisor, all together (KVM, through the monitor).',
    width: 7,
    rank: 6,
  },
  (row) => row.guest.cpu.exitsPerSec,
  count,
);

const state = words(
  {
    id: 'state',
    title: 'state',
    about: 'State of the guest and its reason, as libvirt tells; without libvirt that of its QEMU.',
    vocabulary: 'fixed',
    width: 17,
    rank: 0,
  },
  (row) => row.state,
  (row) => row.stateRole,
);

const ago: Column<GuestRow> = {
  id: 'ago',
  title: 'ago',
  about: 'How long ago libvirt told that state; it has been silent since.',
  width: 5,
  align: 'right',
  rank: 0,
  value: ({ guest }) => guest.state.ageSeconds,
  text: ({ guest }) => (guest.state.ageSeconds === undefined ? '' : duration(guest.state.ageSeconds)),
  role: () => 'dim',
};

const monitor = words(
  {
    id: 'monitor',
    title: 'monitor',
    about:
      'Since when its QEMU has not answered libvirt (stuck), or a command of somebody has held it (busy). Until then disk and balloon figures are missing.',
    vocabulary: 'fixed',
    width: 11,
    rank: 0,
  },
  (row) => row.monitor,
  ({ guest }) => grade(guest.monitor.seconds, limits.guestMonitorSeconds),
);

const job = words(
  {
    id: 'job',
    title: 'job',
    about: 'Migration, backup, save or dump that is under way: how much of it is done, and for how long.',
    width: 18,
    rank: 1,
  },
  (row) => row.job,
  () => 'accent',
);
const error = words(
  { id: 'error', title: 'disk error', about: 'Disk that stopped the guest, and why.', width: 14, rank: 1 },
  (row) => row.error,
  () => 'crit',
);
const place = words(
  {
    id: 'place',
    title: 'node',
    about: 'NUMA nodes that its vCPUs may run on; FAR: share of its memory on others.',
    width: 11,
    rank: 3,
  },
  (row) => row.place,
  ({ guest }) => grade(guest.place?.farPct, limits.guestFarPct),
);
const called = words(
  {
    id: 'called',
    title: 'called',
    about: 'Name and project by OpenStack Nova, or the title of the guest.',
    width: 18,
    rank: 5,
  },
  (row) => row.called,
);

const up = figure(
  { id: 'up', title: 'up', about: 'How long its QEMU has run.', width: 6, rank: 6 },
  (row) => row.guest.upSeconds,
  duration,
);
const uuid = words({ id: 'uuid', title: 'uuid', about: 'UUID of the guest.', width: 36, rank: 9 }, ({ guest }) =>
  guest.uuid === undefined ? undefined : plain(guest.uuid),
);

/** Columns that only matter in trouble, or on some hosts, stand only where a row has something in them. */
export function guestColumns(rows: readonly GuestRow[]): readonly Column<GuestRow>[] {
  const some = (column: Column<GuestRow>): readonly Column<GuestRow>[] =>
    rows.some((row) => column.value(row) !== undefined) ? [column] : [];
  return [
    trouble,
    name,
    state,
    ...some(ago),
    ...some(monitor),
    ...some(error),
    ...some(job),
    ...cpu,
    ...memory,
    ...disks,
    ...network,
    ...some(exits),
    ...some(place),
    up,
    ...some(called),
    uuid,
  ];
}
