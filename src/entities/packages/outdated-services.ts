import type { DeletedFile } from '../../sources/packages/deleted-files.ts';
import { processKey, type Process } from '../../sources/processes/processes.ts';

/** Service, container or program whose processes run deleted files. */
export interface OutdatedService {
  /** `service ssh.service`, `docker 0123456789ab`; the command of a process without an owner. */
  readonly key: string;
  readonly name: string;
  /** Unit of a service. */
  readonly unit: string | undefined;
  readonly processes: readonly Process[];
  /** Deleted files, each once. */
  readonly files: readonly string[];
}

/** Services that run deleted files, those with most processes first. */
export function outdatedServices(
  deleted: readonly DeletedFile[] | undefined,
  processes: ReadonlyMap<number, Process> | undefined,
): readonly OutdatedService[] {
  const groups = new Map<string, { name: string; unit: string | undefined; processes: Map<string, Process>; files: Set<string> }>(); // prettier-ignore
  for (const { pid, path } of deleted ?? []) {
    const process = processes?.get(pid);
    // Gone since: it was restarted.
    if (process === undefined) continue;
    const { owner, command } = process;
    const key = owner ? `${owner.kind} ${owner.name}` : `process ${command}`;
    const group = groups.get(key) ?? {
      name: owner ? (owner.kind === 'service' ? `${owner.name}.service` : key) : command,
      unit: owner?.kind === 'service' ? `${owner.name}.service` : undefined,
      processes: new Map<string, Process>(),
      files: new Set<string>(),
    };
    group.processes.set(processKey(process), process);
    group.files.add(path);
    groups.set(key, group);
  }
  return [...groups]
    .map(([key, { name, unit, processes: own, files }]) => ({
      key,
      name,
      unit,
      processes: [...own.values()],
      files: [...files].toSorted(),
    }))
    .toSorted((a, b) => b.processes.length - a.processes.length || (a.key < b.key ? -1 : 1));
}
