import { missing, type Missing, type Read } from '../../host/host.ts';
import { processes, type Process } from '../../sources/processes/processes.ts';
import { procMount } from '../../sources/processes/proc-mount.ts';
import type { AnySource, SampleOf } from '../../sources/source.ts';
import type { Seen } from '../../timeline/moment.ts';
import type { Timeline } from '../../timeline/timeline.ts';

export const hiddenNeeds = { processes, procMount };

/** Newest samples of the needs. */
export interface HiddenMoment {
  readonly processes: Pick<Seen<SampleOf<typeof processes>>, 'now'>;
  readonly procMount: Pick<Seen<SampleOf<typeof procMount>>, 'now'>;
}

/**
 * Reason that processes of other users are hidden from this login; undefined where they are visible. While it holds, a
 * process that is not in the table may run: nothing may be reported absent or gone for it.
 *
 * The table is the proof: a login that sees all sees processes of root, first PID 1. The mount options give the cause, and
 * decide where PID 1 is the login's, as in a container.
 */
export function hiddenProcesses({ processes: table, procMount: mount }: HiddenMoment): string | undefined {
  const all = table.now?.processes;
  if (all === undefined || !onlyOwn(all)) return undefined;
  if (all.has(1) && mount.now?.hidesOthers !== true) return undefined;
  const hidepid = mount.now?.hidepid ?? 0;
  return `processes of other users are hidden${hidepid > 0 ? ` (/proc is mounted with hidepid=${hidepid})` : ''}`;
}

/** The reason with its remedy. */
export const withAdvice = (hidden: string): string => `${hidden}: unlock sudo (s)`;

/** Whether a table holds neither a process of root nor a kernel thread. A UID may be unknown, as of a process that just exited. */
function onlyOwn(all: ReadonlyMap<number, Process>): boolean {
  let known = false;
  for (const { uid, kernelThread } of all.values()) {
    if (uid === 0 || kernelThread) return false;
    known ||= uid !== undefined;
  }
  return known;
}

/** Reason by the newest readings of a timeline, whatever their age. */
export const hiddenIn = (timeline: Timeline): string | undefined =>
  hiddenProcesses(timeline.latestMoment(hiddenNeeds, 0));

/** Gap of a source that walks processes or threads in /proc while others are `hidden`: its sample is partial. */
export function hiddenGap(source: AnySource, hidden: string | undefined): Readonly<Record<string, Missing>> {
  if (hidden === undefined) return {};
  // A source's reads are plain data: see `Reads`.
  const walks = Object.entries(source.reads as Readonly<Record<string, Read>>).filter(
    ([, { kind }]) => kind === 'processes' || kind === 'threads',
  );
  return Object.fromEntries(walks.map(([name]) => [name, missing('denied', hidden)]));
}
