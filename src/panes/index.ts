import { cephPane } from './ceph/pane.ts';
import { containersPane } from './containers/pane.ts';
import { hardwarePane } from './machine/pane.ts';
import { kubernetesPane } from './kubernetes/pane.ts';
import { kvmPane } from './kvm/pane.ts';
import { ovnPane } from './ovn/pane.ts';
import { ovsPane } from './ovs/pane.ts';
import type { AnyPane } from './pane.ts';
import { processesPane } from './processes/pane.ts';

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
