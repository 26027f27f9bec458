import type { Cgroup } from '../../sources/containers/cgroups.ts';
import type { LxdInstance } from '../../sources/containers/lxd.ts';
import type { Process } from '../../sources/processes/processes.ts';

/** Engine of a container. `k8s`: container of a pod, whatever its runtime. */
export type Engine = 'docker' | 'podman' | 'lxd' | 'incus' | 'lxc' | 'k8s' | 'containerd' | 'cri-o' | 'nspawn';

/** State by the engine and the cgroup; `unknown`: running by its engine, without a cgroup. */
export type ContainerState =
  | 'running'
  | 'paused'
  | 'frozen'
  | 'restarting'
  | 'created'
  | 'exited'
  | 'stopped'
  | 'dead'
  | 'removing'
  | 'error'
  | 'unknown';

/** Seconds since the start of its state and health, and since the first restart and OOM event of the window; undefined where no event of the engine has them. */
export interface ContainerSince {
  readonly stateSeconds?: number | undefined;
  readonly healthSeconds?: number | undefined;
  readonly restartsSeconds?: number | undefined;
  readonly oomSeconds?: number | undefined;
}

/** A container, joined from its engine's list and the kernel's accounting. All texts are raw. */
export interface Container {
  /** Stable over time: `docker:<id>`, `lxc:<name>`. The same for its cgroup and its processes. */
  readonly key: string;
  readonly engine: Engine;
  readonly name: string;
  /** Compose project, LXD project, namespace of the pod. */
  readonly project: string | undefined;
  readonly image: string | undefined;
  /** 64 hexadecimal digits, where it has them. */
  readonly id: string | undefined;
  readonly state: ContainerState;
  readonly exitCode: number | undefined;
  readonly health: string | undefined;
  /** Restarts in the last 10 min by events of its engine; undefined without a stream of them. */
  readonly recentRestarts: number | undefined;
  /** `oom` events of its engine in the last 10 min. */
  readonly oomEvents: number;
  /** Age of the newest of these restarts and OOM events; undefined without one, or without a clock. */
  readonly restartAgeSeconds: number | undefined;
  readonly oomAgeSeconds: number | undefined;
  readonly since: ContainerSince;
  /** Undefined for a stopped container, and where cgroups are not readable. */
  readonly group: Cgroup | undefined;
  /** Pid 1 inside. */
  readonly init: Process | undefined;
  readonly processes: readonly Process[];
  /** LXD and Incus only. */
  readonly instance: LxdInstance | undefined;
  /** Age of its engine's last list; undefined while the engine responds, and for engines without a list. */
  readonly staleSeconds: number | undefined;
}

/** LXD names the cgroup of an instance outside of the default project `PROJECT_NAME`. */
export const lxdGroupName = ({ name, project }: Pick<LxdInstance, 'name' | 'project'>): string =>
  project === 'default' ? name : `${project}_${name}`;

const ENGINE_NAMES: Readonly<Record<Engine, string>> = {
  docker: 'docker',
  podman: 'podman',
  lxd: 'LXD',
  incus: 'Incus',
  lxc: 'LXC',
  k8s: 'k8s',
  containerd: 'containerd',
  'cri-o': 'CRI-O',
  nspawn: 'nspawn',
};

export const engineName = (engine: Engine): string => ENGINE_NAMES[engine];
