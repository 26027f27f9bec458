import type { Read } from '../host/host.ts';
import { cephFarOsdOps, cephOsdOps } from './ceph/osd-ops.ts';
import { ovsBridge } from './ovs/bridge.ts';
import { kernelConntrack, ovsConntrack } from './ovs/conntrack.ts';
import { ovsAllFlows, ovsPortFlows } from './ovs/port-flows.ts';
import { ovsTrace } from './ovs/trace.ts';
import { containerLive } from './containers/live.ts';
import { dockerInspect } from './containers/docker-inspect.ts';
import { lxdInstance } from './containers/lxd-instance.ts';
import { kubeClaims } from './kubernetes/claims.ts';
import { kubeCluster, kubeNodes } from './kubernetes/cluster.ts';
import { kubeLog } from './kubernetes/log.ts';
import { kubePod } from './kubernetes/pod.ts';
import { guestLog } from './kvm/guest-log.ts';
import { guestMonitor } from './kvm/guest-monitor.ts';
import { guestTaps } from './kvm/guest-taps.ts';
import { processFiles } from './processes/files.ts';
import { processNuma } from './processes/numa.ts';
import { processSockets } from './processes/sockets.ts';
import { processStacks } from './processes/stacks.ts';
import { processStatus } from './processes/status.ts';
import { processThreads } from './processes/threads.ts';
import type { DetailSource, Reads } from './source.ts';

/** What is read when somebody looks closer, with the reads of its example: for the sheet of all reads. */
export interface DetailReads {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly reads: readonly Read[];
}

const withExample = <Target, R extends Reads>(source: DetailSource<Target, R>): DetailReads => ({
  id: source.id,
  title: source.title,
  why: source.why,
  reads: Object.values<Read>(source.reads(source.example)),
});

/** Every detail source. Add yours here. */
export const details: readonly DetailReads[] = [
  withExample(processStatus),
  withExample(processThreads),
  withExample(processNuma),
  withExample(processFiles),
  withExample(processSockets),
  withExample(processStacks),
  withExample(guestTaps),
  withExample(guestMonitor),
  withExample(guestLog),
  withExample(containerLive),
  withExample(dockerInspect),
  withExample(lxdInstance),
  withExample(ovsTrace),
  withExample(ovsPortFlows),
  withExample(ovsAllFlows),
  withExample(ovsBridge),
  withExample(ovsConntrack),
  withExample(kernelConntrack),
  withExample(cephOsdOps),
  withExample(cephFarOsdOps),
  withExample(kubePod),
  withExample(kubeClaims),
  withExample(kubeLog),
  withExample(kubeCluster),
  withExample(kubeNodes),
];
