import { expect, test } from 'vitest';
import { openRecording } from '../../src/recording/open-recording.ts';
import type { TableSection } from '../../src/panes/pane.ts';
import { ReplaySession } from '../../src/recording/replay-session.ts';
import type { BoundDetail } from '../../src/sources/source.ts';
import { panes, sources } from '../../src/subsystems/index.ts';
import { paneAt } from '../../src/ui/kit/pane-at.ts';
import { hostArchive } from '../helpers/hosts.ts';

/** Hosts that have rows with details of each pane. */
const HOSTS = ['ceph-slow-disk', 'container-host', 'kube-node', 'kvm-host', 'ovs-faults', 'systemd-host'];
const ROWS = 3;

/** Details of the first rows of a table. */
const detailsOf = ({ rows, detail }: TableSection): readonly BoundDetail[] =>
  rows.slice(0, ROWS).flatMap((row) => Object.values(detail?.(row)?.sources ?? {}));

type Held = readonly [read: string, isHeld: boolean];

/** Reads of the details of a recorded host, which has lists alone: `process-status.stat`; whether it has a value. */
async function held(name: string): Promise<readonly Held[]> {
  const recording = await openRecording(hostArchive(name), sources, 'elsewhere');
  const session = await ReplaySession.open({ recording, sources, findings: [], clock: () => 0, fromMs: Infinity });
  const out: Held[] = [];
  try {
    for (const pane of panes) {
      const { sections } = paneAt(pane, session.timeline.moment(pane.needs, session.player.positionMs()));
      for (const section of sections())
        for (const bound of section.kind === 'table' ? detailsOf(section) : []) {
          const { missing } = await session.readDetail(bound);
          for (const read of Object.keys(bound.reads)) out.push([`${bound.id}.${read}`, missing[read] === undefined]);
        }
    }
  } finally {
    await session.stop();
  }
  return out;
}

test('details of recorded hosts have what their lists hold', async () => {
  const all: Held[] = [];
  for (const name of HOSTS) all.push(...(await held(name)));
  const names = [...new Set(all.map(([read]) => read))].toSorted();
  const of = (read: string) => all.filter(([name]) => name === read);
  expect(names.filter((read) => of(read).some(([, isHeld]) => isHeld))).toMatchInlineSnapshot(`
    [
      "ceph-osd-ops.cephadm",
      "container-live.cgroups",
      "container-live.disks",
      "container-live.table",
      "container-live.uptime",
      "guest-monitor.daemon",
      "kube-pod.events",
      "ovs-all-flows.flows",
      "ovs-all-flows.uptime",
      "ovs-port-flows.flows",
      "ovs-port-flows.uptime",
      "process-numa.nodeCpus",
      "process-numa.stat",
      "process-numa.status",
      "process-status.stat",
      "process-status.status",
      "process-status.wchan",
      "process-threads.schedstats",
      "process-threads.stats",
      "process-threads.uptime",
      "process-threads.wchans",
    ]
  `);
  expect(names.filter((read) => !of(read).some(([, isHeld]) => isHeld))).toMatchInlineSnapshot(`
    [
      "ceph-osd-ops.microceph",
      "ceph-osd-ops.packages",
      "ceph-osd-ops.rook",
      "container-live.uidMap",
      "docker-inspect.inspect",
      "guest-log.tail",
      "guest-monitor.modular",
      "kernel-conntrack.limits",
      "kernel-conntrack.owners",
      "kernel-conntrack.sharedOwners",
      "kernel-conntrack.snapLimits",
      "kernel-conntrack.snapOwners",
      "kernel-conntrack.table",
      "kube-claims.claims",
      "kube-cluster.pods",
      "kube-nodes.nodes",
      "kube-pod.pod",
      "lxd-instance.snapshots",
      "lxd-instance.state",
      "ovs-all-flows.snapFlows",
      "ovs-bridge.fdb",
      "ovs-bridge.rules",
      "ovs-bridge.snapFdb",
      "ovs-bridge.snapRules",
      "ovs-bridge.tables",
      "ovs-conntrack.connections",
      "ovs-conntrack.limits",
      "ovs-conntrack.owners",
      "ovs-conntrack.sharedOwners",
      "ovs-conntrack.snapConnections",
      "ovs-conntrack.snapLimits",
      "ovs-conntrack.snapOwners",
      "ovs-port-flows.snapFlows",
      "ovs-trace.snapTrace",
      "ovs-trace.trace",
      "process-files.limits",
      "process-files.links",
      "process-numa.maps",
      "process-sockets.tcp",
      "process-sockets.tcp6",
      "process-sockets.udp",
      "process-sockets.udp6",
      "process-sockets.unix",
      "process-status.folder",
      "process-status.oomAdjust",
      "process-status.oomScore",
      "process-status.program",
      "process-status.uidMap",
      "unit-log.log",
    ]
  `);
}, 120_000);
