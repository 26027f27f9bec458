import { expect, test } from 'vitest';
import { unstyled } from '../../src/lib/text-width.ts';
import { openRecording } from '../../src/recording/open-recording.ts';
import type { TableSection } from '../../src/panes/pane.ts';
import { containersPane } from '../../src/panes/containers/pane.ts';
import { ReplaySession } from '../../src/recording/replay-session.ts';
import type { BoundDetail } from '../../src/sources/source.ts';
import { panes, sources } from '../../src/subsystems/index.ts';
import { makeTheme } from '../../src/theme.ts';
import { paneAt } from '../../src/ui/kit/pane-at.ts';
import { hostArchive } from '../helpers/hosts.ts';

/** Hosts that have rows with details of each pane. */
const HOSTS = ['ceph-slow-disk', 'container-host', 'kube-node', 'kvm-host', 'ovs-faults', 'systemd-host'];
const ROWS = 3;
const theme = makeTheme({ colour: false, ascii: false });

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
      "process-delays.uptime",
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
      "boot-units.boot",
      "ceph-client-session.cephadm",
      "ceph-client-session.microceph",
      "ceph-client-session.packages",
      "ceph-client-session.rook",
      "ceph-osd-ops.microceph",
      "ceph-osd-ops.packages",
      "ceph-osd-ops.rook",
      "container-live.uidMap",
      "container-mounts.mounts",
      "docker-inspect.inspect",
      "firewall.iptables",
      "firewall.nft",
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
      "openstack-credentials.found",
      "openstack-story.logs",
      "ovn-logical-object.rows",
      "ovn-logical-object.sharedRows",
      "ovn-logical-object.snapRows",
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
      "previous-boot.end",
      "previous-boot.file",
      "previous-boot.kernel",
      "previous-boot.older",
      "process-delays.stats",
      "process-delays.switch",
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
      "unit-log.syslog",
    ]
  `);
}, 120_000);

test('pages of containers that were not inspected have exit code, health and restarts of the list', async () => {
  const recording = await openRecording(hostArchive('container-host'), sources, 'elsewhere');
  const session = await ReplaySession.open({ recording, sources, findings: [], clock: () => 0, fromMs: Infinity });
  const texts: string[] = [];
  try {
    const { sections } = paneAt(
      containersPane,
      session.timeline.moment(containersPane.needs, session.player.positionMs()),
    );
    const tables = sections().filter((section) => section.kind === 'table');
    for (const detail of tables.flatMap((table) => table.rows.flatMap((row) => table.detail?.(row) ?? []))) {
      const read = await Promise.all(
        Object.entries(detail.sources).map(async ([name, bound]) => [name, await session.readDetail(bound)] as const),
      );
      const samples = Object.fromEntries(read.map(([name, { sample }]) => [name, sample]));
      const gaps = Object.fromEntries(read.map(([name, { missing }]) => [name, missing]));
      const engine = detail.sections(samples, gaps).find(({ id }) => id === 'engine');
      if (engine?.kind === 'lines') texts.push(unstyled(engine.draw(100, 20, theme).join('\n')));
    }
  } finally {
    await session.stop();
  }
  const oom = texts.find((text) => /name +lab-oom/.test(text));
  expect(oom).toMatch(/exit +exit code 137/);
  expect(oom).toContain('not in this recording');
  expect(texts.find((text) => /name +lab-loop/.test(text))).toMatch(/restarts +\d+ in 10 min/);
  expect(texts.find((text) => /name +lab-web/.test(text) && text.includes('docker'))).toMatch(/health +\Wunhealthy/);
}, 120_000);
