import { describe, expect, test } from 'vitest';
import { healthOfText, statusOfText } from '../../src/host/sosreport/ceph-text.ts';
import { cephFleet } from '../../src/sources/ceph/fleet.ts';
import { cephHealth } from '../../src/sources/ceph/health.ts';
import { cephMemoryTargets } from '../../src/sources/ceph/memory-targets.ts';
import { cephMons } from '../../src/sources/ceph/mons.ts';
import { cephOsdmap } from '../../src/sources/ceph/osdmap.ts';
import { cephOsds } from '../../src/sources/ceph/osds.ts';
import { cephStatus } from '../../src/sources/ceph/status.ts';
import { lxd } from '../../src/sources/containers/lxd.ts';
import { lxdServer } from '../../src/sources/containers/lxd-server.ts';
import { kubeEvents } from '../../src/sources/kubernetes/events.ts';
import { kubeNode } from '../../src/sources/kubernetes/node.ts';
import { kubeOwners } from '../../src/sources/kubernetes/owners.ts';
import { libvirtDomains } from '../../src/sources/kvm/libvirt-domains.ts';
import { ovnCentral } from '../../src/sources/ovn/central.ts';
import { ovnDaemons } from '../../src/sources/ovn/daemons.ts';
import { ovsDatapath } from '../../src/sources/ovs/datapath.ts';
import { ovsDb } from '../../src/sources/ovs/db.ts';
import { ovsFlows } from '../../src/sources/ovs/flows.ts';
import type { Needs } from '../../src/timeline/moment.ts';
import { replayed, shownOf } from '../helpers/replayed-report.ts';

/** Samples and missing readings of sources in a report. */
async function read<N extends Needs>(needs: N, files: Readonly<Record<string, string>>) {
  const session = await replayed(files);
  try {
    return session.timeline.moment(needs, session.player.positionMs());
  } finally {
    await session.stop();
  }
}

const named = (folder: string, files: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`sos_commands/${folder}/${name}`, text]));

const whys = (missing: Readonly<Record<string, { readonly why: string }>>) =>
  Object.fromEntries(Object.entries(missing).map(([name, { why }]) => [name, why]));

describe('ceph', () => {
  const perf = '{"osd": {"op_w": 10, "op_w_latency": {"avgcount": 10, "sum": 20.0}}, "bluefs": {"db_used_bytes": 1, "slow_used_bytes": 5368709120}}'; // prettier-ignore

  test.each([
    'ceph_daemon_osd.0_perf_dump',
    'ceph_daemon_.var.run.ceph.ceph-osd.0.asok_perf_dump',
    'ceph_tell_osd.0_perf_dump',
  ])('reads counters of an OSD by %s', async (name) => {
    const { cephOsds: seen } = await read({ cephOsds }, named('ceph_osd', { [name]: `a warning\n${perf}\n` }));
    expect(seen.now?.get(0)?.perf?.latencies.opWrite).toEqual({ count: 10, seconds: 20 });
    // The other folders of sockets are not those of this report.
    expect(whys(seen.missing)).toEqual({ cephadm: 'absent', microceph: 'absent', rook: 'absent' });
  });

  test('finds a spillover, and shows latencies since the start of the OSD', async () => {
    const { found, text } = await shownOf(named('ceph_osd', { 'ceph_daemon_osd.0_perf_dump': perf }));
    expect(found).toEqual(['warn osd.0: BlueFS spillover, 5.0 GiB of its DB on the slow device']);
    expect(text).toMatch(/OSDs ─+ 1 · since start/);
    expect(text).toMatch(/▸ {3}0 .* 2000ms| 2\.0s /);
    expect(text).not.toContain('denied');
  });

  test('reads a setting of an OSD by its `config show`', async () => {
    const { cephMemoryTargets: seen } = await read({ cephMemoryTargets }, named('ceph_osd', { 'ceph_daemon_osd.3_config_show': '{"osd_memory_target": "4294967296", "x": "y"}' })); // prettier-ignore
    expect(seen.now?.get(3)?.memoryTargetBytes).toBe(4_294_967_296);
  });

  test('reads monitors, crashes and the tree of OSDs', async () => {
    const files = named('ceph_mon', {
      'json_output/ceph_tell_mon.a_mon_status': '{"name":"a","state":"leader","quorum":[0],"monmap":{"mons":[{"rank":0,"name":"a"}]}}', // prettier-ignore
      ceph_crash_ls: 'ID                                                                ENTITY  NEW\n2026-03-04T10:00:00.000000Z_6792f2ff-e73c-48f6-8a54-608f9853c565  osd.5    *\n2026-03-01T10:00:00.000000Z_7792f2ff-e73c-48f6-8a54-608f9853c565  osd.6\n', // prettier-ignore
      'json_output/ceph_osd_df_tree_--format_json-pretty': '{"nodes":[{"id":-2,"type":"host","name":"n1","children":[4]},{"id":4,"type":"osd","utilization":61.5,"pgs":8}]}', // prettier-ignore
    });
    const moment = await read({ cephMons, cephFleet, cephOsdmap }, files);
    expect(moment.cephMons.now?.local).toMatchObject([{ name: 'a', state: 'leader', quorum: ['a'] }]);
    expect(moment.cephFleet.now?.crashes).toMatchObject([{ who: 'osd.5', archived: false }, { who: 'osd.6', archived: true }]); // prettier-ignore
    expect(moment.cephOsdmap.now?.osds.get(4)).toMatchObject({ host: 'n1', usedPct: 61.5 });
  });

  test('reads status and health from their texts where a report has no JSON', async () => {
    const files = named('ceph_mon', {
      'ceph_-s': [
        '  cluster:',
        '    id:     7c0b1b52-93f5-11ee-9d6a-ac1f6b0c9d12',
        '    health: HEALTH_WARN',
        '            1 osds down',
        '',
        '  services:',
        '    mon: 3 daemons, quorum a,b,c (age 3d)',
        '    mgr: x(active, since 3d), standbys: y, z',
        '    osd: 12 osds: 11 up (since 3m), 12 in (since 3d); 5 remapped pgs',
        '',
        '  data:',
        '    pools:   2 pools, 65 pgs',
        '    objects: 1.20k objects, 4.4 GiB',
        '    pgs:     12/3600 objects degraded (0.333%)',
        '             60 active+clean',
        '             5  active+undersized+degraded',
        '',
        '  io:',
        '    client:   1.2 KiB/s rd, 3 op/s rd',
        '',
      ].join('\n'),
      ceph_health_detail: [
        'HEALTH_WARN 1 osds down; 5 pgs degraded',
        '[WRN] OSD_DOWN: 1 osds down',
        '    osd.3 (root=default,host=n1) is down',
        '(MUTED) [ERR] PG_DAMAGED: Possible data damage: 1 pg inconsistent',
        '    pg 2.5 is active+clean+inconsistent, acting [1,2]',
        '',
      ].join('\n'),
    });
    const { cephStatus: status, cephHealth: health } = await read({ cephStatus, cephHealth }, files);
    expect(status.now).toMatchObject({ health: 'HEALTH_WARN', quorum: ['a', 'b', 'c'], mons: 3, osds: 12, osdsUp: 11, osdsIn: 12, pgs: 65, mgrAvailable: true, mgrStandbys: 2, objects: undefined, readsPerSec: undefined }); // prettier-ignore
    expect(status.now?.pgStates).toEqual([
      { state: 'active+clean', count: 60 },
      { state: 'active+undersized+degraded', count: 5 },
    ]);
    expect(health.now?.checks).toMatchObject([
      { code: 'OSD_DOWN', severity: 'HEALTH_WARN', message: '1 osds down', muted: false, detail: ['osd.3 (root=default,host=n1) is down'] }, // prettier-ignore
      { code: 'PG_DAMAGED', severity: 'HEALTH_ERR', muted: true },
    ]);
  });

  test('reads checks of a health text before Octopus, and nothing of another text', () => {
    expect(healthOfText('HEALTH_ERR 1 full osd(s)\nOSD_FULL 1 full osd(s)\n    osd.1 is full\n')).toEqual({
      status: 'HEALTH_ERR',
      checks: {
        OSD_FULL: { muted: false, severity: 'HEALTH_ERR', summary: { message: '1 full osd(s)' }, detail: [{ message: 'osd.1 is full' }] }, // prettier-ignore
      },
    });
    expect(healthOfText('Error EINVAL: x\n')).toBeUndefined();
    expect(statusOfText('Error connecting to cluster\n')).toBeUndefined();
  });

  test('reads the maps of `ceph report` without rates, which it does not have', async () => {
    const report = {
      health: { status: 'HEALTH_WARN', checks: { OSD_DOWN: { severity: 'HEALTH_WARN', summary: { message: '1 osds down', count: 1 } } } }, // prettier-ignore
      monmap: { fsid: 'f', mons: [{ name: 'a' }] },
      quorum: [0],
      osdmap: {
        epoch: 7,
        osds: [
          { osd: 0, up: 0, in: 1 },
          { osd: 1, up: 1, in: 1 },
        ],
      },
      num_pg: 3,
      num_pg_by_state: [{ state: 'active+clean', num: 3 }],
    };
    const files = named('ceph_mon', { ceph_report: `${JSON.stringify(report)}\nreport 3484926453\n` });
    const moment = await read({ cephStatus, cephOsdmap }, files);
    expect(moment.cephStatus.now).toMatchObject({ health: 'HEALTH_WARN', osds: 2, osdsUp: 1, osdsIn: 2, mons: 1, quorum: ['a'], pgs: 3, pgStates: [{ state: 'active+clean', count: 3 }] }); // prettier-ignore
    expect(moment.cephStatus.now).toMatchObject({ readBytesPerSec: undefined, degradedRatio: undefined });
    expect(moment.cephOsdmap.now?.osds.get(0)?.up).toBe(false);
  });
});

describe('Open vSwitch', () => {
  const show = `1a0e1111-1111-4111-8111-111111111111
    Manager "ptcp:6640"
        is_connected: true
    Bridge br-int
        Controller "tcp:127.0.0.1:6633"
            is_connected: false
        fail_mode: secure
        Port tap0
            tag: 4
            Interface tap0
                error: "could not open network device tap0 (No such device)"
        Port "vx 1"
            Interface "vx 1"
                type: vxlan
                options: {in_key=flow, remote_ip="10.0.0.114"}
    ovs_version: "2.17.9"
`;
  const flow = 'ufid:60f4766b-c1aa-4f35-8d54-000000000001, recirc_id(0),in_port(tap0),eth_type(0x0800),ipv4(src=10.0.0.1,dst=10.0.0.2,proto=6), packets:31800, bytes:1653600, used:1.852s, dp:ovs, actions:drop'; // prettier-ignore
  const datapath = 'system@ovs-system:\n  lookups: hit:39017272903 missed:137481120 lost:54691089\n  flows: 7\n  masks: hit:101155 total:7 hit/pkt:2.42\n  port 1: tap0\n'; // prettier-ignore

  test('reads flows that have no heading', async () => {
    const { ovsFlows: seen } = await read({ ovsFlows }, named('openvswitch', { 'ovs-appctl_dpctl.dump-flows_-m_system_ovs-system': flow })); // prettier-ignore
    expect([...(seen.now?.flows.values() ?? [])]).toMatchObject([{ packets: 31_800, flow: { datapath: 'system@ovs-system' } }]); // prettier-ignore
  });

  test('finds upcalls that were lost since the start of the datapath', async () => {
    const files = named('openvswitch', { 'ovs-appctl_dpctl.show_-s_system_ovs-system': datapath });
    const { found, text } = await shownOf(files);
    expect(found).toEqual(['crit system@ovs-system: 55M lost upcalls since start, 40% of all']);
    expect(text).toMatch(/Datapath ─+ system@ovs-system · since start/);
    expect(text).toMatch(/not in this sosreport/);
    expect(text).not.toContain('denied: /var/run/openvswitch');
    const few = datapath.replace('lost:54691089', 'lost:7');
    expect((await shownOf(named('openvswitch', { 'ovs-appctl_dpctl.show_-s_system_ovs-system': few }))).found).toEqual([]); // prettier-ignore
  });

  test('reads the tables of `show` alone', async () => {
    const { ovsDb: seen } = await read({ ovsDb }, named('openvswitch', { 'ovs-vsctl_-t_5_show': show }));
    expect(seen.now).toMatchObject({
      version: '2.17.9',
      bridges: [{ name: 'br-int', failMode: 'secure', ports: 2 }],
      interfaces: [
        { name: 'tap0', bridge: 'br-int', port: 'tap0', tag: 4, ofport: undefined, error: expect.stringContaining('No such') }, // prettier-ignore
        { name: 'vx 1', type: 'vxlan', remote: '10.0.0.114', bridge: 'br-int' },
      ],
    });
    expect(seen.now?.controllers).toMatchObject([
      { kind: 'controller', bridge: 'br-int', connected: false },
      { kind: 'manager', target: 'ptcp:6640', connected: true },
    ]);
  });

  test('joins the rows of `list`, of any snap, with the ports of `show`', async () => {
    const list = '_uuid               : aa87cf22-4d5c-4c92-93e6-c4aa2875a22f\nadmin_state         : up\nexternal_ids        : {iface-id="189f4c40-9da1", note="a, b=c"}\nmtu                 : 1500\nname                : tap0\nofport              : 7\nstatistics          : {rx_bytes=92724, rx_dropped=1}\n'; // prettier-ignore
    const files = named('openvswitch', {
      'openstack-hypervisor.ovs-vsctl_-t_5_show': show,
      'openstack-hypervisor.ovs-vsctl_-t_5_list_interface': list,
      'openstack-hypervisor.ovs-vsctl_-t_5_list_Open_vSwitch': '_uuid : b8a20458-9009-41a0-aa49-71bcc0080537\nother_config : {flow-limit="150"}\n', // prettier-ignore
      'openstack-hypervisor.ovs-appctl_upcall.show': 'system@ovs-system:\n  flows         : (current 7) (avg 8) (max 24) (limit 23000)\n', // prettier-ignore
    });
    const moment = await read({ ovsDb, ovsDatapath }, files);
    expect(moment.ovsDb.now?.interfaces[0]).toMatchObject({ name: 'tap0', ofport: 7, mtu: 1500, admin: 'up', bridge: 'br-int' }); // prettier-ignore
    expect([...(moment.ovsDb.now?.interfaces[0]?.externalIds ?? [])]).toEqual([['iface-id', '189f4c40-9da1'], ['note', 'a, b=c']]); // prettier-ignore
    expect(moment.ovsDb.now?.interfaces[0]?.statistics.get('rx_bytes')).toBe(92_724);
    expect(moment.ovsDb.now?.settings.get('flow-limit')).toBe('150');
    expect(moment.ovsDatapath.now?.upcalls).toMatchObject([{ flows: 7, limit: 23_000 }]);
  });

  test('reads a whole dump of the database', async () => {
    const [bridge, port, nic] = ['1', '2', '3'].map((n) => `${n.repeat(8)}-1111-4111-8111-111111111111`);
    const dump = `Bridge table\n_uuid : ${bridge}\nname : br-ex\nports : [${port}]\n\nInterface table\n_uuid : ${nic}\nname : ens7\nofport : -1\n\nOpen_vSwitch table\n_uuid : 41111111-1111-4111-8111-111111111111\novs_version : "3.1"\n\nPort table\n_uuid : ${port}\ninterfaces : [${nic}]\nname : ens7\n`; // prettier-ignore
    const { ovsDb: seen } = await read({ ovsDb }, named('openvswitch', { 'ovsdb-client_-f_list_dump': dump }));
    expect(seen.now).toMatchObject({ version: '3.1', interfaces: [{ name: 'ens7', ofport: -1, bridge: 'br-ex' }] });
  });
});

describe('OVN', () => {
  const chassis = '51111111-1111-4111-8111-111111111111';

  test('reads daemons by their sockets in any folder', async () => {
    const files = named('ovn_central', {
      'ovs-appctl_-t_.var.run.ovn.ovnsb_db.ctl_cluster.status_OVN_Southbound': 'Name: OVN_Southbound\nRole: leader\nTerm: 9\n', // prettier-ignore
      'ovn-appctl_-t_.var.run.ovn.ovn-northd.812.ctl_status': 'Status: active\n',
      'microovn.ovn-appctl_-t_.var.snap.microovn.common.run.ovn.ovn-controller._.ctl_connection-status': 'connected\n',
    });
    const { ovnDaemons: seen } = await read({ ovnDaemons }, files);
    expect(seen.now).toMatchObject({ northd: 'active', connection: 'connected', clusters: [{ database: 'southbound', role: 'leader', term: 9 }] }); // prettier-ignore
    expect(whys(seen.missing)).toMatchObject({ snapStatus: 'absent', sharedStatus: 'absent', engine: 'denied' });
  });

  test('reads databases by `list`, and by `show` without it', async () => {
    const listed = named('ovn_central', {
      'ovn-sbctl_--no-leader-only_list_SB_Global': '_uuid : 61111111-1111-4111-8111-111111111111\nnb_cfg : 4\n',
      'ovn-sbctl_--no-leader-only_list_Chassis': `_uuid : ${chassis}\nhostname : n1\nname : "c-1"\n`,
      'ovn-sbctl_--no-leader-only_list_Port_Binding': `_uuid : 71111111-1111-4111-8111-111111111111\nchassis : ${chassis}\nlogical_port : "p 1"\ntype : ""\nup : true\n`, // prettier-ignore
    });
    const shown = named('ovn_central', {
      'ovn-sbctl_show': 'Chassis "c-1"\n    hostname: n1\n    Encap geneve\n        ip: "10.0.0.2"\n    Port_Binding "p 1"\n', // prettier-ignore
      'ovn-nbctl_show': 'switch 81111111-1111-4111-8111-111111111111 (net)\n    port p-1\n        addresses: ["fa:16:3e:00:00:01"]\n', // prettier-ignore
    });
    for (const files of [listed, shown])
      expect((await read({ ovnCentral }, files)).ovnCentral.now).toMatchObject({
        southbound: { read: true },
        chassis: [{ name: 'c-1', hostname: 'n1', ports: 1 }],
        bindings: [{ port: 'p 1', chassis: 'c-1' }],
      });
    const { now } = (await read({ ovnCentral }, shown)).ovnCentral;
    expect(now?.datapaths).toMatchObject([{ name: 'net', kind: 'switch', ports: ['p-1'] }]);
    expect(now?.chassis[0]?.encap).toBe('geneve 10.0.0.2');
  });
});

describe('kubectl', () => {
  const pod = {
    metadata: { name: 'web-0', namespace: 'default', uid: 'u1', creationTimestamp: '2026-03-05T08:00:00Z', annotations: { secret: 'hunter2' } }, // prettier-ignore
    spec: {
      nodeName: 'node-1',
      containers: [{ name: 'c', image: 'x', env: [{ name: 'PASSWORD', value: 'hunter2' }] }],
    },
    status: {
      phase: 'Running',
      containerStatuses: [{ name: 'c', ready: false, restartCount: 41, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } } }], // prettier-ignore
    },
  };
  const list = (...of: readonly unknown[]) => JSON.stringify({ kind: 'List', items: of });
  const CONFIG = 'kubectl_--kubeconfig_.root.cdk.cdk_addons_kubectl_config_get_-o_json';

  test.each([
    `pods/${CONFIG}_--namespace_default_pods`,
    'cluster-info/default/k8s_kubectl_get_-o_json_--namespace_default_pods',
    'cluster-info/microk8s_kubectl_get_-o_json_--all-namespaces_true_pods',
  ])('shows a pod of %s without its environment', async (name) => {
    const { found, text } = await shownOf(named('kubernetes', { [name]: list(pod) }));
    expect(found).toEqual(['crit default/web-0: CrashLoopBackOff, OOMKilled (137)']);
    expect(text).toMatch(/default +web-0 +▲0\/1 CrashLoopBackOff +41/);
    expect(text).not.toMatch(/hunter2|denied/);
  });

  test('shows pods of all nodes, since each report has the whole cluster', async () => {
    const other = { ...pod, metadata: { ...pod.metadata, uid: 'u2', name: 'web-1' }, spec: { ...pod.spec, nodeName: 'node-2' } }; // prettier-ignore
    const { found, text } = await shownOf({
      ...named('kubernetes', { 'kubectl_get_-o_json_--namespace_default_pods': list(pod, other) }),
      'sos_commands/host/hostname': 'node-1\n',
    });
    expect(found).toEqual([expect.stringMatching(/web-0.*1 more|web-\d.*\+1|and 1 more/)]);
    expect(text).toMatch(/web-1 .*CrashLoopBackOff/);
    expect(text).toContain('Pods of the cluster');
  });

  test('reads warnings, the node of this host and rollouts of all namespaces', async () => {
    const event = (type: string) => ({ metadata: { uid: type }, type, reason: 'BackOff', message: 'm', involvedObject: { kind: 'Pod', namespace: 'default', name: 'web-0' } }); // prettier-ignore
    const deployment = (namespace: string) => ({ metadata: { name: 'd', namespace, uid: namespace }, spec: { replicas: 3 }, status: { readyReplicas: 1 } }); // prettier-ignore
    const node = (name: string) => ({ metadata: { name }, spec: {}, status: { conditions: [{ type: 'Ready', status: 'False' }] } }); // prettier-ignore
    const moment = await read(
      { kubeEvents, kubeNode, kubeOwners },
      {
        ...named('kubernetes', {
          [`${CONFIG}_--namespace_default_events`]: list(event('Normal'), event('Warning')),
          [`cluster-info/${CONFIG}_nodes`]: list(node('node-1'), node('node-2')),
          [`deployments/${CONFIG}_--namespace_a_deployments`]: list(deployment('a')),
          [`deployments/${CONFIG}_--namespace_b_deployments`]: list(deployment('b')),
          [`${CONFIG}_--namespace_default_services`]: 'No resources found\n',
        }),
        'sos_commands/host/hostname': 'node-2\n',
      },
    );
    expect(moment.kubeEvents.now?.table?.rows).toMatchObject([{ type: 'Warning' }]);
    expect(moment.kubeNode.now?.node?.name).toBe('node-2');
    expect(moment.kubeOwners.now?.workloads).toMatchObject([{ namespace: 'a', ready: 1, wanted: 3 }, { namespace: 'b' }]); // prettier-ignore
  });
});

test('LXD has its instances by lxd.buginfo, and by `lxc list`', async () => {
  const table = (head: string, row: string) => `+---+\n${head}\n+---+\n${row}\n+---+\n`;
  const info = `# Base information\n - LXD version: 5.21.3 LTS\n\n## Daemon configuration\n\`\`\`\nenvironment:\n  server_clustered: false\n  server_name: n1\n\`\`\`\n\n## Instances\n\`\`\`\n${table('| NAME | STATE | IPV4 | TYPE |', '| juju-1 | RUNNING | 10.0.0.1 (eth0) | CONTAINER |\n| | | 10.0.0.2 (eth1) | |')}\`\`\`\n`; // prettier-ignore
  const snap = await read({ lxd, lxdServer }, named('lxd', { 'lxd.buginfo': info }));
  expect(snap.lxd.now?.instances.get('snap')).toMatchObject([{ name: 'juju-1', status: 'Running', type: 'container', project: 'default' }]); // prettier-ignore
  expect(snap.lxdServer.now?.servers.get('snap')).toMatchObject({ version: '5.21.3', name: 'n1', clustered: false });
  expect(whys(snap.lxd.missing)).toEqual({ deb: 'absent', incus: 'absent' });
  const deb = await read({ lxd }, named('lxd', { 'lxc_list_local_--all-projects': table('| PROJECT | NAME | STATE | TYPE |', '| dev | vm | STOPPED | VIRTUAL-MACHINE |') })); // prettier-ignore
  expect(deb.lxd.now?.instances.get('deb')).toMatchObject([{ name: 'vm', project: 'dev', status: 'Stopped', type: 'virtual-machine' }]); // prettier-ignore
});

test('libvirt has a guest with a blank in its name by its files', async () => {
  const domain = (uuid: string, id = '') => `<domain type='kvm'${id}><name>web 1</name><uuid>${uuid}-e73c-48f6-8a54-608f9853c565</uuid></domain>`; // prettier-ignore
  const { libvirtDomains: seen } = await read(
    { libvirtDomains },
    {
      'sos_commands/virsh/virsh_-r_dumpxml_web': "error: failed to get domain 'web'\n",
      'run/libvirt/qemu/web 1.xml': `<domstatus state='paused' pid='812'>\n${domain('6792f2ff', " id='3'")}\n</domstatus>`,
      'etc/libvirt/qemu/web 1.xml': domain('6792f2ff'),
      'etc/libvirt/qemu/old.xml': domain('7792f2ff'),
    },
  );
  expect([...(seen.now?.domains.values() ?? [])]).toMatchObject([{ name: 'web 1', id: 3, state: 3 }, { state: 5 }]);
});

test('every read that is not in a sosreport is shown as such', async () => {
  const session = await replayed({});
  try {
    const missing = session.status().sources.flatMap((source) => Object.values(source.missing));
    expect(missing.length).toBeGreaterThan(200);
    expect(missing.filter(({ why, detail }) => why !== 'absent' && !detail.endsWith(': not in this sosreport'))).toEqual([]); // prettier-ignore
  } finally {
    await session.stop();
  }
});

test('Ceph has a finding for a status without its check, and for mixed versions', async () => {
  const health = { status: 'HEALTH_ERR', checks: { OSD_DOWN: { severity: 'HEALTH_WARN', summary: { message: '3 osds down', count: 3 } } } }; // prettier-ignore
  const files = named('ceph_mon', {
    'json_output/ceph_status_--format_json-pretty': JSON.stringify({ health, osdmap: { num_osds: 6 }, pgmap: {} }),
    ceph_versions:
      '{"mon": {"ceph version 16.2.11 (x) pacific (stable)": 3}, "osd": {"ceph version 16.2.11 (x) pacific (stable)": 3, "ceph version 17.2.6 (x) quincy (stable)": 3}, "overall": {}}',
  });
  expect((await shownOf(files)).found).toEqual([
    'crit HEALTH_ERR: cluster status, no check of this severity reported',
    'warn OSD_DOWN: 3 osds down',
    'warn DAEMON_OLD_VERSION: mixed versions, 3 daemons on 17.2.6, 6 on 16.2.11',
  ]);
  const reported = { ...files, ...named('ceph_mon', { 'json_output/ceph_status_--format_json-pretty': JSON.stringify({ health: { ...health, status: 'HEALTH_WARN' } }) }) }; // prettier-ignore
  expect((await shownOf(reported)).found.filter((text) => text.includes('HEALTH_'))).toEqual([]);
});
