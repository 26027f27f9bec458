import type { EntityRef } from '../findings/entity-ref.ts';
import { providersOf, type AnyProvider } from '../timeline/provider.ts';

/** Why one entity depends on another. */
export type Via =
  /** A guest, OSD, daemon or container and its process. */
  | 'runs-as'
  /** A process or cgroup and the unit or container that it belongs to. */
  | 'member-of'
  /** An OSD, guest disk, volume or mount and the device or image below it. */
  | 'stored-on'
  /** A vCPU, process, NIC or disk and its CPU or NUMA node. */
  | 'placed-on'
  /** A tap or veth and its bridge; a port and its NIC; a bond and its members. */
  | 'plugged-into'
  /** A bridge, datapath or port and the daemon that forwards for it. */
  | 'forwarded-by'
  /** An OSD and the peers that its ops wait for; a health check and the OSDs that it names. */
  | 'waits-for'
  /** An object of an API and the daemon behind it. */
  | 'served-by'
  /** A process and the daemon of this host that it has a socket to. */
  | 'connected-to'
  /** A unit and a service or socket that it cannot be without. */
  | 'requires'
  /** Anything that shares the CPU, memory or I/O of the host. */
  | 'shares';

/** One dependency: `dependent` slows or fails when `on` does. */
export interface Dependency {
  readonly dependent: EntityRef;
  readonly via: Via;
  readonly on: EntityRef;
}

export const defineDependencies = providersOf<Dependency>();
export type AnyDependencyProvider = AnyProvider<Dependency>;
