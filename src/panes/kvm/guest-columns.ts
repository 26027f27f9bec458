import { grade, limits } from '../../thresholds.ts';
import { plain } from '../../lib/plain.ts';
import { bytes, count, duration, kib, ms, percent } from '../../lib/units.ts';
import type { Role } from '../../theme.ts';
import type { Column } from '../pane.ts';
import { highestOf, isOff, lackPct, sumOf, swapMiB, type GuestRow } from './guest-row.ts';

type Head = Pick<Column<GuestRow>, 'id' | 'title' | 'about' | 'width' | 'rank' | 'vocabulary'>;

/** A column of one figure; blank for a guest that is shut off. */
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
    'Number of problems: figures beyond a limit, plus a bad state. Sorted and copied as 1000 for a guest down by a fault, 100 for each critical figure, 1 for each warning.',
  width: 2,
  align: 'right',
  rank: 0,
  value: (row) => row.trouble.score,
  text: (row) => (row.trouble.count === 0 ? '' : String(row.trouble.count)),
  role: (row) => row.trouble.role,
};

const cpu: readonly Column<GuestRow>[] = [
  figure(
    { id: 'vcpus', title: 'vcpu', about: 'vCPUs plugged in.', width: 4, rank: 2 },
    (row) => row.guest.vcpuCount,
    count,
  ),
  figure(
    {
      id: 'cpu',
      title: 'cpu',
      about: 'Run time of all its vCPUs, percent of one CPU (schedstat of the threads CPU n/KVM).',
      width: 5,
      rank: 0,
    },
    (row) => row.guest.cpu.runPct,
    percent,
  ),
  figure(
    { id: 'hot', title: 'hot', about: 'Run time of its busiest vCPU, percent.', width: 5, rank: 3 },
    (row) => row.guest.cpu.hotPct,
    percent,
    (row) => ((row.guest.cpu.hotPct ?? 0) >= 90 ? 'warn' : 'text'),
  ),
  figure(
    {
      id: 'steal',
      title: 'steal',
      about: 'Steal of its worst vCPU, percent: time runnable without a CPU (run delay less quota throttling).',
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
      about: 'Quota throttling of its worst vCPU, percent (cpu.stat throttled).',
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
      about: 'Current memory (balloon.current); without a balloon all memory of the guest.',
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
        'Memory that the guest can still use without swapping (balloon.usable; needs a stats period of the balloon driver).',
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
    { id: 'age', title: 'age', about: 'Age of its balloon statistics (balloon.last-update).', width: 5, rank: 8 },
    (row) => row.guest.memory.ageSeconds,
    duration,
  ),
  figure(
    {
      id: 'rss',
      title: 'rss',
      about: 'Resident memory of its QEMU on the host, without huge pages.',
      width: 5,
      rank: 5,
    },
    (row) => row.guest.memory.rssKiB,
    kib,
  ),
  figure(
    { id: 'swap', title: 'swap', about: 'Memory of its cgroup that the host swapped out.', width: 5, rank: 5 },
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
      about: `Mean ${what} latency of its slowest disk, measured by QEMU; a dash without requests.`,
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
    { id: 'iops', title: 'io/s', about: 'Reads and writes per second, all disks.', width: 5, rank: 4 },
    (row) => sumOf(row.guest.disks, (disk) => sumOf([disk.readsPerSec, disk.writesPerSec], (value) => value)),
    count,
  ),
];

const network: readonly Column<GuestRow>[] = [
  figure(
    {
      id: 'rx',
      title: 'rx/s',
      about: 'Bytes per second received by its interfaces (TX of the taps).',
      width: 5,
      rank: 3,
    },
    (row) => sumOf(row.guest.nics, (nic) => nic.rxBytesPerSec),
    bytes,
  ),
  figure(
    { id: 'tx', title: 'tx/s', about: 'Bytes per second sent by its interfaces (RX of the taps).', width: 5, rank: 3 },
    (row) => sumOf(row.guest.nics, (nic) => nic.txBytesPerSec),
    bytes,
  ),
  figure(
    {
      id: 'drops',
      title: 'drop/s',
      about: 'RX drops per second: packets that its full tap queue dropped (tap tx_dropped).',
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
    about: 'VM exits per second of all its vCPUs (KVM statistics, through the monitor).',
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
    about: 'Domain state and reason, as virsh domstate --reason prints them; without libvirt the state of its QEMU.',
    vocabulary: 'fixed',
    width: 18,
    rank: 0,
  },
  (row) => row.state,
  (row) => row.stateRole,
);

const ago: Column<GuestRow> = {
  id: 'ago',
  title: 'stale',
  about: 'Age of the state while libvirt does not respond.',
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
      'QEMU monitor as virsh domcontrol sees it. timeout: no reply since; occupied: held by another command since; stale: not polled since. Disk and balloon figures stop then.',
    vocabulary: 'fixed',
    width: 13,
    rank: 0,
  },
  (row) => row.monitor,
  ({ guest }) => grade(guest.monitor.seconds, limits.guestMonitorSeconds),
);

const job = words(
  {
    id: 'job',
    title: 'job',
    about: 'Active job (migration, backup, save, dump): progress and elapsed time, as virsh domjobinfo.',
    width: 18,
    rank: 1,
  },
  (row) => row.job,
  () => 'accent',
);
const error = words(
  {
    id: 'error',
    title: 'disk error',
    about: 'Disk whose error paused the guest (virsh domblkerror).',
    width: 14,
    rank: 1,
  },
  (row) => row.error,
  () => 'crit',
);
const place = words(
  {
    id: 'place',
    title: 'node',
    about: 'NUMA nodes in the affinity of its vCPUs; remote: share of its memory on other nodes.',
    width: 13,
    rank: 3,
  },
  (row) => row.place,
  ({ guest }) => grade(guest.place?.remotePct, limits.guestFarPct),
);
const called = words(
  {
    id: 'called',
    title: 'instance',
    about: 'Instance name and project in OpenStack Nova, or the domain title.',
    width: 18,
    rank: 5,
  },
  (row) => row.called,
);

const up = figure(
  { id: 'up', title: 'up', about: 'Uptime of its QEMU.', width: 6, rank: 6 },
  (row) => row.guest.upSeconds,
  duration,
);
const uuid = words({ id: 'uuid', title: 'uuid', about: 'UUID of the guest.', width: 36, rank: 9 }, ({ guest }) =>
  guest.uuid === undefined ? undefined : plain(guest.uuid),
);

/** Columns of the table; those for faults, or for some hosts only, are shown once a row has a value. */
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
