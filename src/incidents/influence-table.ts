import { InfluenceTable } from './influence.ts';
import { machineInfluences } from './influences/machine.ts';
import { networkInfluences } from './influences/network.ts';
import { kernelInfluences } from './influences/kernel.ts';
import { storageInfluences } from './influences/storage.ts';
import { processInfluences } from './influences/processes.ts';
import { containerInfluences } from './influences/containers.ts';
import { kvmInfluences } from './influences/kvm.ts';
import { cephInfluences } from './influences/ceph.ts';
import { databaseInfluences } from './influences/databases.ts';
import { openstackInfluences } from './influences/openstack.ts';
import { ovsInfluences } from './influences/ovs.ts';
import { systemdInfluences } from './influences/systemd.ts';
import { kubernetesInfluences } from './influences/kubernetes.ts';

/** Influences that are known between rules of this program, each with its reason, by the subsystem of the cause. */
export const influenceTable = new InfluenceTable([
  ...machineInfluences,
  ...networkInfluences,
  ...kernelInfluences,
  ...storageInfluences,
  ...processInfluences,
  ...systemdInfluences,
  ...containerInfluences,
  ...kvmInfluences,
  ...cephInfluences,
  ...ovsInfluences,
  ...kubernetesInfluences,
  ...databaseInfluences,
  ...openstackInfluences,
]);
