import { grade, limits, milder } from '../../thresholds.ts';
import type { Guest } from '../../entities/kvm/guest.ts';
import { plain } from '../../lib/plain.ts';
import { NONE } from '../../lib/units.ts';
import type { Column } from '../pane.ts';
import { dropsOf, graded, highestOf, isOff, lackPct, sumOf, swapMiB, type GuestRow } from './guest-row.ts';
import {
  ageColumn,
  bytesColumn,
  countColumn,
  kibColumn,
  msColumn,
  percentColumn,
  textColumn,
  type FigureColumn,
} from '../../ui/kit/columns.ts';

/** Blank for a guest that is shut off. */
const whileUp = (column: FigureColumn<GuestRow>): FigureColumn<GuestRow> => ({
  ...column,
  value: (row) => (isOff(row.guest) ? undefined : column.value(row)),
  missing: (row) => (isOff(row.guest) ? '' : NONE),
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
  countColumn(
    whileUp({
      id: 'vcpus',
      title: 'vcpu',
      about: 'vCPUs plugged in.',
      width: 4,
      rank: 2,
      value: (row) => row.guest.vcpuCount,
    }),
  ),
  percentColumn(
    whileUp({
      id: 'cpu',
      title: 'cpu',
      about: 'Run time of all its vCPUs, percent of one CPU (schedstat of the threads CPU n/KVM).',
      width: 5,
      rank: 0,
      value: (row) => row.guest.cpu.runPct,
    }),
  ),
  percentColumn(
    whileUp({
      id: 'hot',
      title: 'hot',
      about: 'Run time of its busiest vCPU, percent.',
      width: 5,
      rank: 3,
      value: (row) => row.guest.cpu.hotPct,
    }),
  ),
  percentColumn(
    whileUp({
      id: 'steal',
      title: 'steal',
      about: 'Steal of its worst vCPU, percent: time runnable without a CPU (run delay less quota throttling).',
      width: 5,
      rank: 0,
      value: (row) => row.guest.cpu.stealPct,
      role: (row) => graded(row, ({ cpu }) => cpu.stealPct, limits.guestStealPct),
    }),
  ),
  percentColumn(
    whileUp({
      id: 'quota',
      title: 'quota',
      about: 'Quota throttling of its worst vCPU, percent (cpu.stat throttled).',
      width: 5,
      rank: 0,
      value: (row) => row.guest.cpu.throttledPct,
      role: (row) =>
        milder(
          graded(row, ({ cpu }) => cpu.throttledPct, limits.guestThrottledPct),
          'warn',
        ),
    }),
  ),
];

const memory: readonly Column<GuestRow>[] = [
  kibColumn(
    whileUp({
      id: 'mem',
      title: 'mem',
      about: 'Current memory (balloon.current); without a balloon all memory of the guest.',
      width: 5,
      rank: 0,
      value: (row) => row.guest.memory.currentKiB,
      role: (row) => ((row.guest.memory.currentKiB ?? 0) < (row.guest.memory.maximumKiB ?? 0) ? 'accent' : 'text'),
    }),
  ),
  kibColumn(
    whileUp({
      id: 'usable',
      title: 'usable',
      about:
        'Memory that the guest can still use without swapping (balloon.usable; needs a stats period of the balloon driver).',
      width: 6,
      rank: 2,
      value: (row) => row.guest.memory.balloon?.usableKiB,
      role: (row) =>
        row.guest.memory.balloon && lackPct(row.guest) === undefined
          ? 'dim'
          : grade(lackPct(row.guest), limits.guestUsableLackPct),
    }),
  ),
  ageColumn(
    whileUp({
      id: 'age',
      title: 'age',
      about: 'Age of its balloon statistics (balloon.last-update).',
      width: 5,
      rank: 8,
      value: (row) => row.guest.memory.ageSeconds,
    }),
  ),
  kibColumn(
    whileUp({
      id: 'rss',
      title: 'rss',
      about: 'Resident memory of its QEMU on the host, without huge pages.',
      width: 5,
      rank: 5,
      value: (row) => row.guest.memory.rssKiB,
    }),
  ),
  kibColumn(
    whileUp({
      id: 'swap',
      title: 'swap',
      about: 'Memory of its cgroup that the host swapped out.',
      width: 5,
      rank: 5,
      value: (row) => row.guest.memory.swapKiB,
      role: (row) => grade(swapMiB(row.guest), limits.guestSwapMiB),
    }),
  ),
];

const latency = (id: 'readMs' | 'writeMs' | 'flushMs', title: string, what: string, rank: number): Column<GuestRow> => {
  const slowest = ({ disks }: Guest): number | undefined => highestOf(disks, (disk) => disk[id]);
  const value = (row: GuestRow): number | undefined => slowest(row.guest);
  return msColumn(
    whileUp({
      id,
      title,
      about: `Mean ${what} latency of its slowest disk, measured by QEMU; a dash without requests.`,
      width: 6,
      rank,
      value,
      role: (row) => graded(row, slowest, limits.guestDiskMs),
    }),
  );
};

const disks: readonly Column<GuestRow>[] = [
  latency('readMs', 'read', 'read', 1),
  latency('writeMs', 'write', 'write', 1),
  latency('flushMs', 'flush', 'flush', 4),
  countColumn(
    whileUp({
      id: 'iops',
      title: 'io/s',
      about: 'Reads and writes per second, all disks.',
      width: 5,
      rank: 4,
      value: (row) => sumOf(row.guest.disks, (disk) => sumOf([disk.readsPerSec, disk.writesPerSec], (value) => value)),
    }),
  ),
];

const network: readonly Column<GuestRow>[] = [
  bytesColumn(
    whileUp({
      id: 'rx',
      title: 'rx/s',
      about: 'Bytes per second received by its interfaces (TX of the taps).',
      width: 5,
      rank: 3,
      value: (row) => sumOf(row.guest.nics, (nic) => nic.rxBytesPerSec),
    }),
  ),
  bytesColumn(
    whileUp({
      id: 'tx',
      title: 'tx/s',
      about: 'Bytes per second sent by its interfaces (RX of the taps).',
      width: 5,
      rank: 3,
      value: (row) => sumOf(row.guest.nics, (nic) => nic.txBytesPerSec),
    }),
  ),
  countColumn(
    whileUp({
      id: 'drops',
      title: 'drop/s',
      about: 'RX drops per second: packets that its full tap queue dropped (tap tx_dropped).',
      width: 6,
      rank: 3,
      value: (row) => sumOf(row.guest.nics, (nic) => nic.rxDroppedPerSec),
      role: (row) => graded(row, dropsOf, limits.guestDropsPerSec),
    }),
  ),
];

const exits = countColumn(
  whileUp({
    id: 'exits',
    title: 'exits/s',
    about: 'VM exits per second of all its vCPUs (KVM statistics, through the monitor).',
    width: 7,
    rank: 6,
    value: (row) => row.guest.cpu.exitsPerSec,
  }),
);

const state = textColumn<GuestRow>({
  id: 'state',
  title: 'state',
  about: 'Domain state and reason, as virsh domstate --reason prints them; without libvirt the state of its QEMU.',
  vocabulary: 'fixed',
  width: 18,
  rank: 0,
  value: (row) => row.state,
  role: (row) => row.stateRole,
});

const ago: Column<GuestRow> = ageColumn({
  id: 'ago',
  title: 'stale',
  about: 'Age of the state while libvirt does not respond.',
  width: 5,
  rank: 0,
  value: ({ guest }) => guest.state.ageSeconds,
  missing: '',
  role: () => 'dim',
});

const monitor = textColumn<GuestRow>({
  id: 'monitor',
  title: 'monitor',
  about:
    'QEMU monitor as virsh domcontrol sees it. timeout: no reply since; occupied: held by another command since; stale: not polled since. Disk and balloon figures stop then.',
  vocabulary: 'fixed',
  width: 13,
  rank: 0,
  value: (row) => row.monitor,
  role: ({ guest }) => grade(guest.monitor.seconds, limits.guestMonitorSeconds),
});

const job = textColumn<GuestRow>({
  id: 'job',
  title: 'job',
  about: 'Active job (migration, backup, save, dump): progress and elapsed time, as virsh domjobinfo.',
  width: 18,
  rank: 1,
  value: (row) => row.job,
  role: () => 'accent',
});
const error = textColumn<GuestRow>({
  id: 'error',
  title: 'disk error',
  about: 'Disk whose error paused the guest (virsh domblkerror).',
  width: 14,
  rank: 1,
  value: (row) => row.error,
  role: () => 'crit',
});
const place = textColumn<GuestRow>({
  id: 'place',
  title: 'node',
  about: 'NUMA nodes in the affinity of its vCPUs; remote: share of its memory on other nodes.',
  width: 13,
  rank: 3,
  value: (row) => row.place,
  role: ({ guest }) => grade(guest.place?.remotePct, limits.guestFarPct),
});
const called = textColumn<GuestRow>({
  id: 'called',
  title: 'instance',
  about: 'Instance name and project in OpenStack Nova, or the domain title.',
  width: 18,
  rank: 5,
  value: (row) => row.called,
});

const up = ageColumn(
  whileUp({
    id: 'up',
    title: 'up',
    about: 'Uptime of its QEMU.',
    width: 6,
    rank: 6,
    value: (row) => row.guest.upSeconds,
  }),
);
const uuid = textColumn<GuestRow>({
  id: 'uuid',
  title: 'uuid',
  about: 'UUID of the guest.',
  width: 36,
  rank: 9,
  value: ({ guest }) => (guest.uuid === undefined ? undefined : plain(guest.uuid)),
});

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
