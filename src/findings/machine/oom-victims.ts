import { containersAt, type ContainerMoment } from '../../entities/containers/containers.ts';
import { oomSummaryOf } from '../../entities/kernel/oom-report.ts';
import type { unitMemory } from '../../sources/containers/unit-memory.ts';
import type { KernelLogSample } from '../../sources/kernel/kernel-log.ts';
import type { SampleOf } from '../../sources/source.ts';
import type { Seen } from '../../timeline/moment.ts';
import { containerSubject } from '../containers/cap-findings.ts';
import { counterEvents } from '../../timeline/last-event.ts';

/** Cgroup with OOM kills. */
export interface OomGroup {
  /** A container's name, else the path of the group. */
  readonly name: string;
  readonly path: string;
  readonly kills: number;
  readonly ageSeconds: number;
  readonly memoryMaxBytes: number | undefined;
}

/** Innermost groups whose memory.events counted OOM kills within the window, the newest kill first. */
export function oomGroups(
  containers: ContainerMoment,
  units: Seen<SampleOf<typeof unitMemory>>,
  windowSeconds: number,
): readonly OomGroup[] {
  const groups: OomGroup[] = [];
  const add = (
    path: string,
    name: string,
    { count, ageSeconds }: ReturnType<typeof counterEvents>,
    memoryMaxBytes: number | undefined,
  ): void => {
    if (ageSeconds !== undefined) groups.push({ name, path, kills: count, ageSeconds, memoryMaxBytes });
  };
  const named = new Map(containersAt(containers).map((one) => [one.group?.path, containerSubject(one)]));
  for (const { path, memoryEvents, memoryMaxBytes: limit } of containers.cgroups.now?.cgroups.values() ?? []) {
    // Most cgroups never had one: only the others are followed over time.
    if ((memoryEvents.oomKill ?? 0) === 0) continue;
    const events = counterEvents(
      containers.cgroups,
      (sample) => sample.cgroups.get(path)?.memoryEvents.oomKill,
      windowSeconds,
    );
    add(path, named.get(path) ?? shortPath(path), events, typeof limit === 'number' ? limit : undefined);
  }
  // A unit may have ended since, its group with it.
  const last = new Map(units.history.flatMap(({ sample }) => [...sample]));
  for (const [path, { oomKills, memoryMaxBytes }] of last)
    if ((oomKills ?? 0) > 0)
      add(path, shortPath(path), counterEvents(units, (sample) => sample.get(path)?.oomKills, windowSeconds), memoryMaxBytes); // prettier-ignore
  return groups
    .filter(({ path }) => !groups.some((other) => other.path.startsWith(`${path}/`)))
    .toSorted((a, b) => a.ageSeconds - b.ageSeconds);
}

/** Group at its limit and its victim, as the kernel log has them. */
export interface LoggedKill {
  /** Path of the group. */
  readonly path: string;
  /** Last part of the path. */
  readonly name: string;
  readonly task: string;
  readonly pid: number;
}

/**
 * Newest kill of the kernel log in a unit that ended with its counter: `counted` is then a slice, or none. Undefined where the kill is longer
 * ago than `mostSeconds`.
 */
export function loggedKill(
  { history, ageMs }: Pick<Seen<KernelLogSample | undefined>, 'history' | 'ageMs'>,
  counted: OomGroup | undefined,
  mostSeconds: number,
): LoggedKill | undefined {
  const last = history.at(-1);
  const line = last?.sample?.records.findLast(({ byKernel, text }) => byKernel && oomSummaryOf(text) !== undefined);
  if (!last || !line || last.at - line.at + (ageMs ?? 0) / 1000 > mostSeconds) return undefined;
  const { limitedGroup: path, victim } = oomSummaryOf(line.text) ?? {};
  if (path === undefined || victim === undefined) return undefined;
  const isGone = counted
    ? counted.path.endsWith('.slice') && path.startsWith(`${counted.path}/`)
    : path.endsWith('.service');
  const name = path.slice(path.lastIndexOf('/') + 1, path.lastIndexOf('/') + 1 + MOST_NAME);
  return isGone ? { path, name, task: victim.name, pid: victim.pid } : undefined;
}

/** Room for the name of a group beside that of its victim. */
const MOST_NAME = 30;

/** Room for a group in a sentence. */
const LONGEST = 40;

const shortPath = (path: string): string =>
  path.length > LONGEST ? path.slice(path.lastIndexOf('/') + 1) : path.replace(/^\//, '');
