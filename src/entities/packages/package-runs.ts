import { upSeconds, type Process, type processes } from '../../sources/processes/processes.ts';
import type { SampleOf } from '../../sources/source.ts';
import type { Seen } from '../../timeline/moment.ts';

/** Program of a package manager that runs and holds its lock. */
export interface PackageRun {
  readonly process: Process;
  readonly seconds: number | undefined;
}

/** Longer than most upgrades take. */
export const LONG_RUN_SECONDS = 1800;

const MANAGERS: ReadonlySet<string> = new Set(
  'apt apt-get aptitude dpkg unattended-upgr unattended-upgrade dnf yum rpm zypper'.split(' '),
);

/**
 * Whether a process is a package manager of this host. `unattended-upgrade-shutdown` is none: it waits for a shutdown as long as the
 * host is up, without the lock, under the name `unattended-upgr`. A manager in a container has the lock of that.
 */
export function isManager(process: Process | undefined): boolean {
  if (process === undefined || !MANAGERS.has(process.command)) return false;
  const { command, commandLine, owner } = process;
  if (owner !== undefined && owner.kind !== 'service' && owner.kind !== 'user') return false;
  return !command.startsWith('unattended-') || commandLine?.includes('unattended-upgrade-shutdown') === false;
}

/** Package managers that run, without those that another one started, oldest first. Queries of a manager are short. */
export function packageRuns(
  all: ReadonlyMap<number, Process> | undefined,
  atSeconds: number | undefined,
): readonly PackageRun[] {
  return [...(all?.values() ?? [])]
    .filter((process) => isManager(process) && !isManager(all?.get(process.parentPid)))
    .map((process) => ({ process, seconds: upSeconds(process, atSeconds) }))
    .toSorted((a, b) => (b.seconds ?? 0) - (a.seconds ?? 0));
}

/** Time between readings of packages and of processes that counts as the same. */
const SAME_SECONDS = 10;

/** Whether a package manager ran at a time: packages are unpacked and not configured while it does. */
export const ranAt = ({ history }: Seen<SampleOf<typeof processes>>, atSeconds: number | undefined): boolean =>
  atSeconds !== undefined &&
  history.some(
    ({ at, sample }) => Math.abs(at - atSeconds) < SAME_SECONDS && [...sample.processes.values()].some(isManager),
  );
