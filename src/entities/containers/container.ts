import type { Cgroup } from '../../sources/containers/cgroups.ts';
import type { LxdInstance } from '../../sources/containers/lxd.ts';
import type { Process } from '../../sources/processes/processes.ts';

/** What runs a container. `k8s`: a pod's, whatever its runtime. */
export type Engine = 'docker' | 'podman' | 'lxd' | 'incus' | 'lxc' | 'k8s' | 'containerd' | 'cri-o' | 'nspawn';

/** As its engine calls it, and as its cgroup shows; `gone`: not there though its engine calls it running. */
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

/** A container, put together from what its engine calls it and what the kernel says of it. All texts are raw. */
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
  /** How often it died and was started again lately, as far as its engine told. */
  readonly restartsLately: number | undefined;
  /** Its engine said that the kernel killed something in it for want of memory, lately. */
  readonly oomEvents: number;
  /** How long ago the newest of these restarts and OOM events was; undefined without one, or without a clock. */
  readonly restartAgeSeconds: number | undefined;
  readonly oomAgeSeconds: number | undefined;
  /** Undefined for what does not run, and where cgroups cannot be read. */
  readonly group: Cgroup | undefined;
  /** Pid 1 inside. */
  readonly init: Process | undefined;
  readonly processes: readonly Process[];
  /** LXD and Incus only. */
  readonly instance: LxdInstance | undefined;
  /** How long ago its engine told what it is called; undefined while that answers, and where nobody tells. */
  readonly toldSeconds: number | undefined;
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
