import { upSeconds, type Process } from '../../sources/processes/processes.ts';

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

/** Package managers that run, without those that another one started, oldest first. Queries of a manager are short. */
export function packageRuns(
  processes: ReadonlyMap<number, Process> | undefined,
  atSeconds: number | undefined,
): readonly PackageRun[] {
  const isManager = (process: Process | undefined): boolean => process !== undefined && MANAGERS.has(process.command);
  return [...(processes?.values() ?? [])]
    .filter((process) => isManager(process) && !isManager(processes?.get(process.parentPid)))
    .map((process) => ({ process, seconds: upSeconds(process, atSeconds) }))
    .toSorted((a, b) => (b.seconds ?? 0) - (a.seconds ?? 0));
}
