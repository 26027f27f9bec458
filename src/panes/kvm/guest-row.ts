import { grade, limits, milder, type Grade, type Limit } from '../../thresholds.ts';
import type { Guest, GuestDisk } from '../../entities/kvm/guest.ts';
import { operationWord, stateText } from '../../entities/kvm/guest-state.ts';
import { label, plain } from '../../lib/plain.ts';
import { duration, percent } from '../../lib/units.ts';
import type { Role } from '../../theme.ts';

/** A guest as a row of the table; all texts are sanitised. */
export interface GuestRow {
  readonly guest: Guest;
  /** The same with rates over the window of the rules: a figure of the last reading alone has no colour. */
  readonly judged: Guest;
  readonly name: string;
  readonly state: string;
  readonly stateRole: Role;
  /** Name for its owner: name and project in Nova, or the domain title. */
  readonly called: string | undefined;
  readonly job: string | undefined;
  readonly monitor: string | undefined;
  /** The slowest kind of request of its slowest disk. */
  readonly latencyMs: number | undefined;
  readonly place: string | undefined;
  readonly error: string | undefined;
  readonly trouble: Trouble;
}

/** Problems of a row. */
export interface Trouble {
  readonly role: Grade;
  /** Number of figures beyond a limit, plus one for a bad state. */
  readonly count: number;
  /** Sort weight: 1000 for a guest that is down by a fault, 100 for each critical figure, 1 for each warning. */
  readonly score: number;
}

export function rowOf(guest: Guest, judged = guest, isLeftPaused = false): GuestRow {
  const { state } = guest;
  const error = guest.disks.find((disk) => disk.error !== undefined);
  const nova = guest.definition?.nova;
  const called = nova
    ? [nova.name, nova.project && `(${nova.project})`].filter(Boolean).join(' ')
    : guest.definition?.title;
  return {
    guest,
    judged,
    name: plain(guest.name),
    state: label(stateText(state)),
    stateRole: roleOf(state, isLeftPaused),
    called: called === undefined || called === '' ? undefined : plain(called),
    job: guest.job && plain(jobText(guest)),
    monitor: monitorText(guest),
    latencyMs: latencyOf(guest.disks),
    place: placeText(guest),
    error: error && plain(`${error.name}: ${error.error ?? ''}`),
    trouble: troubleOf(guest, judged),
  };
}

/** Colour of a state; a good one that is stale is dimmed. */
const roleOf = (state: Guest['state'], isLeftPaused: boolean): Role =>
  state.verdict === 'good' && state.ageSeconds !== undefined
    ? 'dim'
    : ({ good: 'good', odd: isLeftPaused ? 'warn' : 'text', bad: 'crit', off: 'dim', unknown: 'text' } as const)[
        state.verdict
      ];

function jobText({ job }: Guest): string {
  const share =
    job?.totalBytes === undefined || job.totalBytes === 0 || job.processedBytes === undefined
      ? ''
      : ` ${percent(Math.min(100, (100 * job.processedBytes) / job.totalBytes))}`;
  const lasting = job?.elapsedSeconds === undefined ? '' : ` ${duration(job.elapsedSeconds)}`;
  return `${operationWord(job?.operation)}${share}${lasting}`;
}

function monitorText({ monitor }: Guest): string | undefined {
  if (monitor.state === undefined || monitor.state === 'responsive') return undefined;
  return monitor.seconds === undefined ? monitor.state : `${monitor.state} ${duration(monitor.seconds)}`;
}

/** `n0`, `n0,1`, or `n1 83% remote`. */
function placeText({ place }: Guest): string | undefined {
  if (!place) return undefined;
  const nodes = `n${place.cpuNodes.join(',')}`;
  return place.remotePct !== undefined && place.remotePct >= limits.guestFarPct.warn
    ? `${nodes} ${percent(place.remotePct)} remote`
    : nodes;
}

const highest = (values: readonly (number | undefined)[]): number | undefined => {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
};

export const latencyOf = (disks: readonly GuestDisk[]): number | undefined =>
  highest(disks.flatMap(({ readMs, writeMs, flushMs }) => [readMs, writeMs, flushMs]));

/** Sum over all disks or interfaces; undefined when none of them is known. */
export const sumOf = <Item>(all: readonly Item[], pick: (item: Item) => number | undefined): number | undefined => {
  const known = all.map(pick).filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((total, value) => total + value, 0);
};

export const highestOf = <Item>(all: readonly Item[], pick: (item: Item) => number | undefined): number | undefined =>
  highest(all.map(pick));

/** Memory that is not usable any more by the balloon statistics, percent; undefined when those are stale. */
export function lackPct({ memory }: Guest): number | undefined {
  const { usableKiB, availableKiB } = memory.balloon ?? {};
  const stale = memory.ageSeconds === undefined || memory.ageSeconds > STALE_SECONDS;
  return stale || usableKiB === undefined || availableKiB === undefined || availableKiB === 0
    ? undefined
    : 100 - (100 * usableKiB) / availableKiB;
}

/** Age limit of balloon statistics: the driver reports every few seconds once enabled, so older ones are of a hung guest. */
export const STALE_SECONDS = 60;

/** Shut off: its figures are blank, not missing. */
export const isOff = ({ state, process }: Guest): boolean => process === undefined && state.verdict === 'off';

/** Its QEMU runs, by /proc or libvirt. */
export const isUp = ({ process, id }: Guest): boolean => process !== undefined || id !== undefined;

/** Grade of a figure that the last reading and the window of its rule both have. */
export const graded = (
  { guest, judged }: Pick<GuestRow, 'guest' | 'judged'>,
  pick: (guest: Guest) => number | undefined,
  limit: Limit,
): Grade => milder(grade(pick(guest), limit), grade(pick(judged), limit));

export const dropsOf = ({ nics }: Guest): number | undefined => highestOf(nics, (nic) => nic.rxDroppedPerSec);

function troubleOf(guest: Guest, judged: Guest): Trouble {
  const both = { guest, judged };
  const grades: readonly Grade[] = [
    graded(both, ({ cpu }) => cpu.stealPct, limits.guestStealPct),
    milder(
      graded(both, ({ cpu }) => cpu.throttledPct, limits.guestThrottledPct),
      'warn',
    ),
    guest.monitor.state === 'timeout' || guest.monitor.state === 'occupied'
      ? grade(guest.monitor.seconds, limits.guestMonitorSeconds)
      : 'text',
    graded(both, ({ disks }) => latencyOf(disks), limits.guestDiskMs),
    grade(guest.place?.remotePct, limits.guestFarPct),
    grade(swapMiB(guest), limits.guestSwapMiB),
    grade(lackPct(guest), limits.guestUsableLackPct),
    graded(both, dropsOf, limits.guestDropsPerSec),
  ];
  const [crit, warn] = [grades.filter((one) => one === 'crit').length, grades.filter((one) => one === 'warn').length];
  const bad = guest.state.verdict === 'bad' ? 1 : 0;
  return {
    role: bad + crit > 0 ? 'crit' : warn > 0 ? 'warn' : 'text',
    count: bad + crit + warn,
    score: 1000 * bad + 100 * crit + warn,
  };
}

export const swapMiB = ({ memory }: Guest): number | undefined =>
  memory.swapKiB === undefined ? undefined : memory.swapKiB / 1024;
