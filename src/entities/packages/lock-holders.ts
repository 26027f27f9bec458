import type { PackageFiles } from '../../sources/packages/package-files.ts';
import { upSeconds, type Process } from '../../sources/processes/processes.ts';
import { isManager } from './package-runs.ts';

/** Process that holds locks of the package manager, with those of its children. */
export interface LockHolder {
  readonly process: Process;
  /** Paths, each once. */
  readonly locks: readonly string[];
  readonly seconds: number | undefined;
}

/** Holders of the locks of apt and dpkg: apt of a run, not the dpkg that it started. */
export function lockHolders(
  files: PackageFiles | undefined,
  all: ReadonlyMap<number, Process> | undefined,
  atSeconds: number | undefined,
): readonly LockHolder[] {
  const held = Map.groupBy(
    (files?.locks ?? []).filter(({ pid, isSameDevice }) => isSameDevice || isManager(all?.get(pid))),
    ({ pid }) => pid,
  );
  const first = (pid: number): number => {
    const parent = all?.get(pid)?.parentPid;
    return parent !== undefined && held.has(parent) && parent !== pid ? first(parent) : pid;
  };
  return [...Map.groupBy([...held.values()].flat(), ({ pid }) => first(pid))].flatMap(([pid, locks]) => {
    const process = all?.get(pid);
    return process === undefined
      ? []
      : [{ process, locks: [...new Set(locks.map(({ path }) => path))].toSorted(), seconds: upSeconds(process, atSeconds) }]; // prettier-ignore
  });
}
