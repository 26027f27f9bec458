import type { AnyDependencyProvider } from '../dependency.ts';
import { cephDependencies } from './ceph.ts';
import { containerDependencies } from './containers.ts';
import { kubernetesDependencies } from './kubernetes.ts';
import { kvmDependencies } from './kvm.ts';
import { machineDependencies } from './machine.ts';
import { ovnDependencies } from './ovn.ts';
import { ovsDependencies } from './ovs.ts';
import { processDependencies } from './processes.ts';

/** Parts of the entity graph, one for each subsystem. */
export const dependencyProviders: readonly AnyDependencyProvider[] = [
  machineDependencies,
  processDependencies,
  kvmDependencies,
  containerDependencies,
  cephDependencies,
  ovsDependencies,
  ovnDependencies,
  kubernetesDependencies,
];
