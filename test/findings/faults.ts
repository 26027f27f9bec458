import type { Fault } from '../helpers/found-on.ts';
import { cephFaults } from './ceph/faults.ts';
import { containersFaults } from './containers/faults.ts';
import { cacheAndQueueFaults } from './databases/cache-and-queue-faults.ts';
import { coordinationFaults } from './databases/coordination-faults.ts';
import { databasesFaults } from './databases/faults.ts';
import { mongodbFaults } from './databases/mongodb-faults.ts';
import { kernelFaults } from './kernel/faults.ts';
import { kubernetesFaults } from './kubernetes/faults.ts';
import { kvmFaults } from './kvm/faults.ts';
import { machineFaults } from './machine/faults.ts';
import { networkFaults } from './network/faults.ts';
import { openstackFaults } from './openstack/faults.ts';
import { ovsFaults } from './ovs/faults.ts';
import { packagesFaults } from './packages/faults.ts';
import { processesFaults } from './processes/faults.ts';
import { storageFaults } from './storage/faults.ts';
import { systemdFaults } from './systemd/faults.ts';

/** Faults laid over recorded hosts: a rule that no recorded host makes speak has one here. */
export const faults: readonly Fault[] = [
  ...machineFaults,
  ...systemdFaults,
  ...storageFaults,
  ...networkFaults,
  ...kernelFaults,
  ...packagesFaults,
  ...processesFaults,
  ...kvmFaults,
  ...containersFaults,
  ...cephFaults,
  ...ovsFaults,
  ...openstackFaults,
  ...databasesFaults,
  ...cacheAndQueueFaults,
  ...coordinationFaults,
  ...mongodbFaults,
  ...kubernetesFaults,
];
