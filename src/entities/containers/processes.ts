import { isOlder, type Process } from '../../sources/processes/processes.ts';
import { type Engine } from './container.ts';
import { containerKey, idKey } from '../../sources/containers/container-key.ts';

/** Containers in the process table: processes of each, and names from its monitor. */
export interface ContainerProcesses {
  /** Processes by the key of their container. */
  readonly of: ReadonlyMap<string, readonly Process[]>;
  /** Name of the cgroup → engine, by the command line of its monitor. */
  readonly lxcEngines: ReadonlyMap<string, Engine>;
  /** Id → containerd namespace, by the command line of its shim. */
  readonly namespaces: ReadonlyMap<string, string>;
  /** Id → name, by the command line of its conmon: podman's of any user, and CRI-O's. */
  readonly conmonNames: ReadonlyMap<string, string>;
}

export function containerProcesses(given: Iterable<Process>): ContainerProcesses {
  const processes = [...given];
  const of = new Map<string, Process[]>();
  const lxcEngines = new Map<string, Engine>();
  const namespaces = new Map<string, string>();
  const conmons = new Map<string, { readonly id: string; readonly name: string; readonly pid: number }>();
  for (const process of processes) {
    const key = containerKey(process.owner);
    if (key !== undefined) {
      const list = of.get(key);
      if (list) list.push(process);
      else of.set(key, [process]);
    }
    const { commandLine } = process;
    if (commandLine === undefined) continue;
    const monitored = monitoredBy(commandLine);
    if (monitored) lxcEngines.set(monitored.name, engineOfPath(monitored.path));
    else if (process.command.startsWith('containerd-shim')) {
      const [, namespace] = /\s-namespace (\S+)/.exec(commandLine) ?? [];
      const [, id] = /\s-id (\S+)/.exec(commandLine) ?? [];
      if (namespace !== undefined && id !== undefined) namespaces.set(id, namespace);
    } else if (process.command === 'conmon') {
      const [, id] = /\s-c ([0-9a-f]{64})\s/.exec(commandLine) ?? [];
      const [, name] = /\s-n (\S+)/.exec(commandLine) ?? [];
      if (id !== undefined && name !== undefined) conmons.set(id, { id, name, pid: process.pid });
    }
  }
  // A container without a cgroup (rootless on cgroup v1) consists of the descendants of its conmon.
  const bare = [...conmons.values()].filter(({ id }) => !of.has(idKey(id)));
  if (bare.length > 0) {
    const children = Map.groupBy(processes, ({ parentPid }) => parentPid);
    for (const { id, pid } of bare) of.set(idKey(id), descendantsOf(pid, children));
  }
  return { of, lxcEngines, namespaces, conmonNames: new Map([...conmons.values()].map(({ id, name }) => [id, name])) };
}

/** Descendants of a process. A reused pid may close a cycle, so each process is visited once. */
function descendantsOf(pid: number, children: ReadonlyMap<number, readonly Process[]>): Process[] {
  const found = new Set<Process>();
  const waiting = [...(children.get(pid) ?? [])];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    waiting.push(...(children.get(next.pid) ?? []));
  }
  return [...found];
}

/**
 * Container of an LXC monitor, by its title `[lxc monitor] PATH NAME`. On a kernel without CONFIG_CHECKPOINT_RESTORE, which
 * prctl(2) PR_SET_MM needs, its original command stays: `lxd forkstart NAME PATH …`. `lxc-start` needs no rule.
 */
function monitoredBy(commandLine: string): { readonly name: string; readonly path: string } | undefined {
  const [, titled, of] = /^\[lxc monitor\] (\/\S+) (\S+)$/.exec(commandLine) ?? [];
  if (titled !== undefined && of !== undefined) return { name: of, path: titled };
  const [, name, path] = /^\S*(?:lxd|incusd) forkstart (\S+) (\/\S+)(?: |$)/.exec(commandLine) ?? [];
  return name !== undefined && path !== undefined ? { name, path } : undefined;
}

/** `/var/snap/lxd/common/lxd/containers`, `/var/lib/incus/containers`, `/var/lib/lxc`. */
const engineOfPath = (path: string): Engine =>
  /\/incus\//.test(path) ? 'incus' : path.endsWith('/containers') ? 'lxd' : 'lxc';

/** Pid 1 inside; in the pid namespace of the host, the oldest process. */
export function initOf(processes: readonly Process[]): Process | undefined {
  const first = processes.find(({ namespacePids }) => namespacePids.length > 1 && namespacePids.at(-1) === 1);
  if (first) return first;
  return processes.reduce<Process | undefined>(
    (oldest, process) => (oldest === undefined || isOlder(process, oldest) ? process : oldest),
    undefined,
  );
}

/** Pid inside the container; undefined in the pid namespace of the host. */
export const pidInside = ({ namespacePids }: Process): number | undefined =>
  namespacePids.length > 1 ? namespacePids.at(-1) : undefined;
