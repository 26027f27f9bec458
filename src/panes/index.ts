import { cephPane } from './ceph.ts';
import { containersPane } from './containers.ts';
import { hardwarePane } from './hardware.ts';
import { kubernetesPane } from './kubernetes.ts';
import { kvmPane } from './kvm.ts';
import { ovnPane } from './ovn.ts';
import { ovsPane } from './ovs.ts';
import type { AnyPane } from './pane.ts';
import { processesPane } from './processes.ts';

/** Every pane, in the order of the tabs. Add yours here. */
export const panes: readonly AnyPane[] = [
  hardwarePane,
  processesPane,
  kvmPane,
  containersPane,
  cephPane,
  ovsPane,
  ovnPane,
  kubernetesPane,
];
