import { grade, limits, type Grade } from '../../thresholds.ts';
import type { Guest, GuestDisk } from '../../entities/kvm/guest.ts';
import { operationWord } from '../../entities/kvm/guest-state.ts';
import { label, plain } from '../../lib/plain.ts';
import { duration, percent } from '../../lib/units.ts';
import type { Role } from '../../theme.ts';

/** A guest as the table shows it; all texts are harmless. */
export interface GuestRow {
  readonly guest: Guest;
  readonly name: string;
  readonly state: string;
  readonly stateRole: Role;
  /** What its owner calls it: Nova's name and project, or libvirt's title. */
  readonly called: string | undefined;
  readonly job: string | undefined;
  readonly monitor: string | undefined;
  /** The slowest kind of request of its slowest disk. */
  readonly latencyMs: number | undefined;
  readonly place: string | undefined;
  readonly error: string | undefined;
  readonly trouble: Trouble;
}

/** All that is marked in a row, as one. */
export interface Trouble {
  readonly role: Grade;
  /** How many of its figures are beyond a limit, its state counted in. */
  readonly count: number;
  /** To sort by: what should run and does not weighs 1000, a figure beyond its upper limit 100, beyond its lower 1. */
  readonly score: number;
}

export function rowOf(guest: Guest): GuestRow {
  const { state } = guest;
  const error = guest.disks.find((disk) => disk.error !== undefined);
  const nova = guest.definition?.nova;
  const called = nova
    ? [nova.name, nova.project && `(${nova.project})`].filter(Boolean).join(' ')
    : guest.definition?.title;
  return {
    guest,
    name: plain(guest.name),
    state: label(state.reason === undefined ? state.word : `${state.word}: ${state.reason}`),
    stateRole: roleOf(state),
    called: called === undefined || called === '' ? undefined : plain(called),
    job: guest.job && plain(jobText(guest)),
    monitor: monitorText(guest),
    latencyMs: latencyOf(guest.disks),
    place: placeText(guest),
    error: error && plain(`${error.name}: ${error.error ?? ''}`),
    trouble: troubleOf(guest),
  };
}

/** What was well when libvirt spoke last is no news. */
const roleOf = ({ verdict, ageSeconds }: Guest['state']): Role =>
  verdict === 'good' && ageSeconds !== undefined
    ? 'dim'
    : ({ good: 'good', odd: 'warn', bad: 'crit', off: 'dim', unknown: 'text' } as const)[verdict];

function jobText({ job }: Guest): string {
  const share =
    job?.totalBytes === undefined || job.totalBytes === 0 || job.processedBytes === undefined
      ? ''
      : ` ${percent(Math.min(100, (100 * job.processedBytes) / job.totalBytes))}`;
  const lasting = job?.elapsedSeconds === undefined ? '' : ` ${duration(job.elapsedSeconds)}`;
  return `${operationWord(job?.operation)}${share}${lasting}`;
}

function monitorText({ monitor }: Guest): string | undefined {
  if (monitor.state === undefined || monitor.state === 'answers') return undefined;
  const word = { stuck: 'stuck', occupied: 'busy', silent: 'silent' }[monitor.state];
  return monitor.seconds === undefined ? word : `${word} ${duration(monitor.seconds)}`;
}

/** `n0`, `n0-1`, or `n1, 83% FAR`. */
function placeText({ place }: Guest): string | undefined {
  if (!place) return undefined;
  const nodes = `n${place.cpuNodes.join(',')}`;
  return place.farPct !== undefined && place.farPct >= limits.guestFarPct.warn
    ? `${nodes} ${percent(place.farPct)} FAR`
    : nodes;
}

const highest = (values: readonly (number | undefined)[]): number | undefined => {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
};

export const latencyOf = (disks: readonly GuestDisk[]): number | undefined =>
  highest(disks.flatMap(({ readMs, writeMs, flushMs }) => [readMs, writeMs, flushMs]));

/** Over all disks or interfaces; undefined when none of them is known. */
export const sumOf = <Item>(all: readonly Item[], pick: (item: Item) => number | undefined): number | undefined => {
  const known = all.map(pick).filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((total, value) => total + value, 0);
};

export const highestOf = <Item>(all: readonly Item[], pick: (item: Item) => number | undefined): number | undefined =>
  highest(all.map(pick));

/** How much of its memory the guest says it has no more to spare, percent; undefined when its word is old. */
export function lackPct({ memory }: Guest): number | undefined {
  const { usableKiB, availableKiB } = memory.balloon ?? {};
  const old = memory.ageSeconds === undefined || memory.ageSeconds > OLD_SECONDS;
  return old || usableKiB === undefined || availableKiB === undefined || availableKiB === 0
    ? undefined
    : 100 - (100 * usableKiB) / availableKiB;
}

/** A guest tells its figures every few seconds when it is told to; older ones are those of a guest that hangs. */
export const OLD_SECONDS = 60;

/** Of a guest that is switched off nothing is read, so nothing can be missing. */
export const isOff = ({ state, process }: Guest): boolean => process === undefined && state.verdict === 'off';

/** Its QEMU runs, as /proc or libvirt tells. */
export const isUp = ({ process, id }: Guest): boolean => process !== undefined || id !== undefined;

function troubleOf(guest: Guest): Trouble {
  const grades: readonly Grade[] = [
    grade(guest.cpu.stealPct, limits.guestStealPct),
    grade(guest.cpu.throttledPct, limits.guestThrottledPct),
    guest.monitor.state === 'stuck' || guest.monitor.state === 'occupied'
      ? grade(guest.monitor.seconds, limits.guestMonitorSeconds)
      : 'text',
    grade(latencyOf(guest.disks), limits.guestDiskMs),
    grade(guest.place?.farPct, limits.guestFarPct),
    grade(swapMiB(guest), limits.guestSwapMiB),
    grade(lackPct(guest), limits.guestUsableLackPct),
    grade(
      highestOf(guest.nics, (nic) => nic.rxDroppedPerSec),
      limits.guestDropsPerSec,
    ),
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
