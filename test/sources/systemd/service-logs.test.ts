import { expect, test } from 'vitest';
import { restPeriodSeconds } from '../../../src/sources/rest-period.ts';
import { watchedUnits } from '../../../src/sources/systemd/watched-units.ts';
import { serviceJournal, serviceLogs } from '../../../src/sources/systemd/service-logs.ts';
import { SERVICE_PATTERNS, SERVICE_TEXTS, type ServiceFault } from '../../../src/sources/systemd/service-patterns.ts';

/** A line of each fault, as its program writes it, and the object in it. */
const LINES: Readonly<Record<ServiceFault, readonly [line: string, object?: string]>> = {
  'libvirt-job-lock': ['Aug 22 04:01:03 host libvirtd[66682]: Timed out during operation: cannot acquire state change lock (held by monitor=remoteDispatchDomainSnapshotCreateXML)', 'remoteDispatchDomainSnapshotCreateXML'],
  'disk-locked': ['2022-07-20 06:13:31.181+0000: 47045: error : qemuProcessReportLogError:1914 : internal error: qemu unexpectedly closed the monitor: 2022-07-20T06:13:31.090440Z qemu-system-x86_64: -device ide-hd,bus=ide.0,unit=0: Failed to get "write" lock'],
  'qemu-start-failed': ['2022-07-20 06:13:31.181+0000: 47049: error : qemuProcessReportLogError:1914 : internal error: process exited while connecting to monitor: 2022-07-20T06:13:31.090440Z qemu-system-x86_64: -chardev', 'qemu-system-x86_64: -chardev'],
  'qemu-ended': ['libvirtd[5]: internal error: qemu unexpectedly closed the monitor'],
  'disk-not-readable': ["2022-02-04 03:18:09.700 653208 ERROR nova.compute.manager [instance: b3247fa2-fdef-4608-b661-0677fd68f96a] libvirt.libvirtError: Cannot access storage file '/var/lib/nova/instances/b/disk' (as uid:64055, gid:108): Permission denied", '/var/lib/nova/instances/b/disk'],
  'migration-failed': ['2023-01-24 01:05:42.317 1214121 ERROR nova.virt.libvirt.driver [req-78337918 7a5e b07f - f750 f750] [instance: 3c70bf83-694d-4bff-a2c9-c6d50cf15c62] Live Migration failure: operation failed', '3c70bf83-694d-4bff-a2c9-c6d50cf15c62'],
  'vif-plug-timeout': ["2022-02-04 03:18:09.700 6 WARNING nova.virt.libvirt.driver [req-1] [instance: d892d127-6381-4f17-a019-7581c3bf10ad] Timeout waiting for [('network-vif-plugged', '0f0de1cd-2172-4885-b017-446186ab3b06')] for instance with vm_state building and task_state spawning: eventlet.timeout.Timeout: 300 seconds", 'd892d127-6381-4f17-a019-7581c3bf10ad'],
  'resource-update-failed': ["2022-02-10 20:16:16.110 4053032 ERROR nova.compute.manager [req-51b7c1c4 - - - - -] Error updating resources for node c1.: libvirt.libvirtError: Node device not found: no node device with matching name 'net_tap8b'"],
  'port-binding-failed': ['2026-11-23 17:34:23.580 13717 ERROR nova.compute.manager nova.exception.PortBindingFailed: Binding failed for port 8d9f8143-d676-4c48-8ad0-86d4553229f3, please check neutron logs for more information.', '8d9f8143-d676-4c48-8ad0-86d4553229f3'],
  'no-valid-host': ['2021-03-02 10:11:12.001 12 WARNING nova.scheduler.utils [req-1 - - -] Failed to compute_task_build_instances: nova.exception_Remote.NoValidHost_Remote: No valid host was found. There are not enough hosts available.'],
  'messaging-timeout': ['2021-03-02 10:11:12.001 12 ERROR nova.api.openstack.wsgi [req-1 - - -] Unexpected exception in API method: oslo_messaging.exceptions.MessagingTimeout: Timed out waiting for a reply to message ID 5f8ec1c4'],
  'broker-blocked': ['2026-11-23 17:44:01.101 13717 WARNING oslo.messaging._drivers.impl_rabbit [-] The broker has blocked the connection: connection blocked, see broker logs'],
  'amqp-unreachable': ['2021-07-05 15:58:28.633 8 ERROR oslo.messaging._drivers.impl_rabbit [req-a09d4a8b - - - - -] [8ed1f425-ad67-4b98-874c-e4516aaf3134] AMQP server on 192.0.2.16:5671 is unreachable: . Trying again in 1 seconds.: timeout', '192.0.2.16:5671'],
  'heartbeat-thread': ['Mar 24 08:00:27 testnode02 nova-compute[3334105]: greenlet.error: cannot switch to a different thread'],
  'privsep-size': ['2023-08-04T19:12:11+0000 porygon neutron-l3-agent[1825155]: ValueError: 1051918 exceeds max_str_len(1048576)'],
  'ovn-connection': ["2022-02-05 22:30:08.542 69188 ERROR neutron.plugins.ml2.drivers.ovn.mech_driver.ovsdb.impl_idl_ovn [-] OVS database connection to OVN_Southbound failed with error: 'Timeout'. Verify that the OVS and OVN services are available", 'OVN_Southbound'],
  'router-gateway': ['2022-02-06 19:59:53.602 328191 ERROR neutron.agent.l3.ha_router [-] Gateway interface for router 9f276b0e-8581-4312-8780-ff4503c3df07 was not set up; router will not work properly', '9f276b0e-8581-4312-8780-ff4503c3df07'],
  'namespace-missing': ['2022-05-21 06:26:13.116 30127 ERROR neutron.agent.linux.utils [-] Exit code: 1; Stdin: ; Stdout: ; Stderr: Cannot open network namespace "qrouter-57837a95-ed3b-4a1b-9393-1374a8c744c3": No such file or directory', 'qrouter-57837a95-ed3b-4a1b-9393-1374a8c744c3'],
  'amphora-failover': ["2022-02-09 00:03:06.290 492342 INFO octavia.controller.worker.v2.flows.amphora_flows [-] Performing failover for amphora: {'id': 'f389415f-80b3-4e5c-8dac-a2b479d60d33', 'load_balancer_id': '141873d8-7746-4149-b139-a11d9ba10eea', 'lb_network_ip': 'fc00::1'", '141873d8-7746-4149-b139-a11d9ba10eea'],
  'token-refused': ['2025-09-18 13:15:36.330 1195397 WARNING keystonemiddleware.auth_token [req-46b61f98 - - -] Authorization failed for token: keystonemiddleware.auth_token._exceptions.InvalidToken: Token authorization failed'],
  'rabbit-partition': ['2022-05-18 06:55:37.324 [error] <0.341.0> Mnesia(rabbit@warp10): ** ERROR ** mnesia_event got {inconsistent_database, running_partitioned_network, rabbit@hostname2}', 'rabbit@hostname2'],
  'rabbit-old-incarnation': ["2022-05-18 06:55:37.323 [error] Discarding message {'$gen_call',{<0.753.0>,#Ref<0.98>},{info,[name]}} from <0.753.0> to <0.943.0> in an old incarnation (3) of this node (1)"],
  'rabbit-queue-stopped': ["2022-05-18 06:55:37.294 [warning] <0.1772.0> Mirrored queue 'rmq-two-queue' in vhost '/': Stopping all nodes on master shutdown since no synchronised slave is available", 'rmq-two-queue'],
  'rabbit-queue-timeout': ["2022-05-18 06:55:37.294 [error] <0.1.0> operation queue.declare caused a channel exception not_found: failed to perform operation on queue 'q_1' in vhost 'openstack' due to timeout", 'q_1'],
  'rabbit-memory-alarm': ['memory resource limit alarm set on node rabbit@ctl001.', 'rabbit@ctl001'],
  'rabbit-disk-alarm': ['2025-12-18 11:06:08.189762+00:00 [warning] <0.364.0> disk resource limit alarm set on node rabbit@ctl001.', 'rabbit@ctl001'],
  'rabbit-files-alarm': ['2025-12-18 11:06:08.189762+00:00 [warning] <0.364.0> file descriptor limit alarm set.'],
  'innodb-flush': ['2021-04-07T07:06:58.526144Z 0 [Note] InnoDB: page_cleaner: 1000ms intended loop took 24159ms. The settings might not be optimal. (flushed=200 and evicted=0, during the time.)', '24159ms'],
  'innodb-pool-full': ['Aug  3 08:32:23 [Warning] InnoDB: Difficult to find free blocks in the buffer pool (21 search iterations)! 21 failed attempts to flush a page!'],
  'postgres-connections': ['2020-10-14 04:24:09.577 UTC [9997] analysis@merged FATAL:  sorry, too many clients already'],
  'postgres-wraparound': ['2020-10-14 04:24:09.577 UTC [9997] app@mydb ERROR:  database is not accepting commands to avoid wraparound data loss in database "mydb"', 'mydb'],
  'corosync-token': ['Nov 09 10:33:27 proxmox corosync[2764]: [TOTEM ] A processor failed, forming new configuration: token timed out (3650ms), waiting 4380ms for consensus.'],
  'corosync-paused': ['Oct 29 01:30:35 ha-web2 corosync[1837]:  [MAIN  ] Corosync main process was not scheduled for 7634.6885 ms (threshold is 800.0000 ms). Consider token timeout increase.', '7634'],
  'pacemaker-failed-op': ['Apr 17 10:03:34 master pengine[12480]: warning: Processing failed op monitor for PGSQL:1 on secondary: unknown error (1)', 'PGSQL:1'],
  'corosync-quorum': ['May 11 17:41:18 a1 corosync[1537]: [QUORUM] This node is within the non-primary component and will NOT provide any services.'],
  'keepalived-fault': ['Mar 23 15:39:39 hkg02-mj-data01 Keepalived_vrrp[55233]: VRRP_Instance(VI_MYSQL) Entering FAULT STATE', 'VI_MYSQL'],
  'keepalived-takeover': ['Mar 23 15:39:39 lb1 Keepalived_vrrp[812]: (VI_1) Entering MASTER STATE', 'VI_1'],
  'apache-workers': ['[Mon May 19 23:01:07.432463 2014] [mpm_prefork:error] [pid 1180] AH00161: server reached MaxRequestWorkers setting, consider raising the MaxRequestWorkers setting'],
  'apache-crash': ['[Wed May 21 08:37:56.348614 2014] [core:notice] [pid 1180] AH00052: child pid 6697 exit signal Segmentation fault (11)', 'Segmentation fault'],
  'uwsgi-queue': ['Tue Jun 13 18:33:04 2023 - *** uWSGI listen queue of socket "127.0.0.1:45816" (fd: 3) full !!! (101/100) ***', '127.0.0.1:45816'],
  'uwsgi-harakiri': ['Tue Jun 13 18:33:04 2023 - *** HARAKIRI ON WORKER 13 (pid: 21576, try: 1) ***'],
  'juju-hook': ['2023-09-22 12:31:01 ERROR juju.worker.uniter.operation hook "config-changed" (via hook dispatching script: dispatch) failed: exit status 1', 'config-changed'],
  'pleg-unhealthy': ['Apr 13 10:53:52 ip-10-42-10-121 kubelet: E0413 10:53:52.844381    3263 kubelet.go:2055] "Skipping pod synchronization" err="PLEG is not healthy: pleg was last seen active 2h33m12.704970756s ago; threshold is 3m0s"', '2h33m12.704970756s'],
  'runtime-deadline': ['Oct  8 16:29:51 worker9 k3s[1636]: E1008 16:23:31.956448    1636 remote_runtime.go:277] ListContainers with filter &ContainerFilter{} from runtime service failed: rpc error: code = DeadlineExceeded desc = context deadline exceeded'],
  'sandbox-reserved': ['level=error msg="RunPodSandbox failed" error="failed to reserve sandbox name \\"default/demo-rev1-0_default_abc_0\\": name is reserved"', 'default/demo-rev1-0_default_abc_0'],
  'lxcfs-threads': ['2023-09-06T17:56:23+0100 host lxd.daemon[5447]: fuse: error creating thread: Resource temporarily unavailable'],
  'journal-suppressed': ['Jun 29 14:51:17 mymachine systemd-journald[346]: Suppressed 4150 messages from /system.slice/docker.service', 'docker.service'],
  'journal-corrupted': ['Nov 30 05:26:21 web systemd-journald[346]: File /var/log/journal/4f0c81/system.journal corrupted or uncleanly shut down, renaming and replacing.', 'system.journal'],
  'rsyslog-suspended': ["2024-08-13T14:35:08+03:00 otus-node-2 rsyslogd[13364]: rsyslog internal message (4,-2007): action 'action-8-builtin:omfwd' suspended (module 'builtin:omfwd'), next retry is Tue Aug 13 14:35:38 2024, retry nbr 0.", 'action-8-builtin:omfwd'],
  'files-exhausted': ['Nov 30 09:00:01 web nginx[812]: accept4() failed (24: Too many open files)', 'nginx'],
  'disk-full': ['2026-11-30T09:00:01+0000 web dockerd[812]: write /var/lib/docker/x: No space left on device', 'dockerd'],
}; // prettier-ignore

const ids = Object.keys(SERVICE_PATTERNS) as ServiceFault[];

test.each(ids)('serviceLogs finds %s in a line that the host selects', (id) => {
  const [line, object] = LINES[id];
  const sample = serviceLogs.parse({ ...NONE, syslog: new Map([['/var/log/syslog', `${line}\n`]]) });
  expect([...(sample?.hits ?? [])].map(([found, { objects }]) => [found, [...objects.keys()][0]])).toEqual([[id, object]]); // prettier-ignore
  expect(SERVICE_TEXTS.some((text) => line.includes(text))).toBe(true);
});

const NONE = Object.fromEntries(Object.keys(serviceLogs.reads).map((name) => [name, undefined])) as Parameters<typeof serviceLogs.parse>[0]; // prettier-ignore

test('serviceLogs dates lines without year and zone by the last change of the log', () => {
  const lines = [
    'newest 1769990400.000 Feb  2 01:00:00 web cron[1]: x',
    'Feb  2 00:58:00 web nginx[812]: accept4() failed (24: Too many open files)',
    'Dec 31 23:00:00 web nginx[812]: accept4() failed (24: Too many open files)',
  ];
  const sample = serviceLogs.parse({ ...NONE, syslog: new Map([['/var/log/syslog', lines.join('\n')]]) });
  // 2026-02-02T00:00:00Z; the host is one hour east of UTC.
  expect(sample?.hits.get('files-exhausted')?.epochSeconds).toEqual([
    Date.UTC(2025, 11, 31, 22) / 1000,
    1_769_990_400 - 120,
  ]);
});

test('serviceLogs counts the line that dates the others once', () => {
  const line = '2026-11-30T09:00:01+0000 a cron[1]: No space left on device';
  const sample = serviceLogs.parse({ ...NONE, syslog: new Map([['/var/log/syslog', `newest 1796029201.000 ${line}\n${line}`]]) }); // prettier-ignore
  expect(sample?.hits.get('disk-full')?.count).toBe(1);
});

test.each([serviceLogs, watchedUnits])('$id is read within 10 s while its pane is hidden', (source) => {
  expect(restPeriodSeconds(source)).toBeLessThanOrEqual(10);
});

test('serviceJournal parses short-iso lines of journalctl', () => {
  const [line] = LINES['journal-suppressed'];
  const journal = `2026-11-30T05:26:21+0000${line.slice(15)}\n`;
  expect(serviceJournal.parse({ journal })?.hits.get('journal-suppressed')).toMatchObject({ count: 1, objects: new Map([['docker.service', 4150]]), epochSeconds: [Date.UTC(2026, 10, 30, 5, 26, 21) / 1000] }); // prettier-ignore
  expect(serviceJournal.parse({ journal: undefined })).toBeUndefined();
});

test('serviceLogs dates lines of Apache and uWSGI, whose year is at their end', () => {
  const lines = [
    'newest 1400540467.432 [Mon May 19 23:01:07.432463 2014] [core:notice] [pid 1180] x',
    LINES['apache-workers'][0],
    LINES['apache-crash'][0].replace('Wed May 21', 'Sun May 18'),
  ];
  const sample = serviceLogs.parse({ ...NONE, apache: new Map([['/var/log/apache2/error.log', lines.join('\n')]]) });
  // The head is 2014-05-19T23:01:07Z: the host has no offset.
  expect(sample?.hits.get('apache-workers')?.epochSeconds).toEqual([
    Date.UTC(2014, 4, 19, 23, 1, 7, 432) / 1000 + 0.000463,
  ]);
  expect(sample?.hits.get('apache-crash')?.epochSeconds.map((at) => Math.floor(at))).toEqual([
    Date.UTC(2014, 4, 18, 8, 37, 56) / 1000,
  ]);
});
