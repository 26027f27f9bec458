import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packTar, type TarEntry } from 'modern-tar';

const recorded = (path: string): string => readFileSync(join(import.meta.dirname, '../hosts', path), 'utf8');
const CONF = '%2fetc%2fceph%2fceph.conf_%3c_';
const RUN = '%2fvar%2frun%2fopenvswitch%2f';

const UUID = '6792f2ff-e73c-48f6-8a54-608f9853c565';
export const CONTAINER_ID = '76d4'.padEnd(64, '0');

/** What sosreport 4.0 of Debian 12 collects of a host, as far as it matters here: paths within the report, texts. */
export const madeReport: Readonly<Record<string, string>> = {
  'proc/stat': 'cpu  1 0 1 9 0 0 0 0 0 0\nbtime 1795806000\nprocs_running 2\n',
  'proc/cpuinfo': `${'processor\t: 0\n'.repeat(1)}model name\t: EPYC\n${'x\n'.repeat(60)}`,
  'proc/partitions': 'major minor  #blocks  name\n\n 254        0  268435456 vda\n',
  'proc/sys/kernel/hostname': 'node-7\n',
  'sys/block/vda/queue/rotational': '0\n',
  'usr/lib/os-release': 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
  'sos_commands/date/date': 'Sat Nov 28 03:01:13 CST 2026\n',
  'sos_commands/date/date_--utc': 'Fri Nov 27 19:01:14 UTC 2026\n',
  'sos_commands/host/uptime': ' 03:01:15 up 1 min,  0 user,  load average: 8.44, 4.33, 2.28\n',
  'sos_commands/kernel/uname_-a': 'Linux node-7 6.1.0 #1 SMP PREEMPT_DYNAMIC @0 x86_64 GNU/Linux\n',
  'sos_commands/hardware/dmidecode':
    '# dmidecode 3.4\nSMBIOS 2.8 present.\n\nHandle 0x0000, DMI type 0, 24 bytes\nBIOS Information\n\tVendor: SeaBIOS\n\tVersion: 1.16\n\nHandle 0x0100, DMI type 1, 27 bytes\nSystem Information\n\tManufacturer: Dell Inc.\n\tProduct Name: R750\n\tSerial Number: 7XK\n',
  'sos_commands/networking/ip_-s_-d_link':
    '1: lo: <LOOPBACK,UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT\n    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n7: tap3@if2: <BROADCAST> mtu 1442 qdisc noqueue master br-int state UP mode DEFAULT\n    link/ether fe:16:3e:00:00:01 brd ff:ff:ff:ff:ff:ff\n',
  'sos_commands/networking/ethtool_tap3': 'Settings for tap3:\n\tSpeed: 10000Mb/s\n',
  'sos_commands/process/ps_axo_flags_state_uid_pid_ppid_pgid_sid_cls_pri_addr_sz_wchan_20_lstart_tty_time_cmd':
    'F S   UID   PID  PPID  PGID   SID CLS PRI ADDR    SZ WCHAN                                 STARTED TT           TIME CMD\n' +
    '4 S     0     1     0     1     1  TS  19    - 41234 -                    Sat Nov 28 03:00:01 2026 ?        00:00:09 /sbin/init splash\n' +
    '1 S     0     2     0     0     0  TS  19    -     0 kthreadd             Sat Nov 28 03:00:01 2026 ?        00:00:00 [kthreadd]\n' +
    '7 D 64055   812     1   811   811  TS  19    - 99999 balance_dirty_pages  Sat Nov 28 03:00:40 2026 ?     1-02:03:04 /usr/bin/qemu-system-x86_64 -name guest=lab-db,debug-threads=on -S\n',
  'sos_commands/process/ps_alxwww':
    'F   UID   PID  PPID PRI  NI    VSZ   RSS WCHAN  STAT TTY        TIME COMMAND\n' +
    '4     0     1     0  20   0 164936 12288 -      Ss   ?          0:09 /sbin/init splash\n' +
    '1     0     2     0  20   0      0     0 kthrea S    ?          0:00 [kthreadd]\n' +
    '7 64055   812     1  20  -5 399996 81920 balanc D<l  ?        1563:04 /usr/bin/qemu-system-x86_64 -name guest=lab-db\n',
  'sos_commands/process/ps_auxwww':
    'USER       PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\nroot         1  0.9  0.0 164936 12288 ?        Ss   03:00   0:09 /sbin/init splash\nlibvirt+   812  9.9  0.0 399996 81920 ?        D<l  03:00 1563:04 /usr/bin/qemu\n',
  'sos_commands/process/ps_axo_pid_ppid_user_group_lwp_nlwp_start_time_comm_cgroup':
    '  PID  PPID USER     GROUP      LWP NLWP START COMMAND         CGROUP\n' +
    '    1     0 root     root         1    1 03:00 systemd         0::/init.scope\n' +
    '    2     0 root     root         2    1 03:00 kthreadd        -\n' +
    '  812     1 libvirt+ kvm        812    7 03:00 qemu system x86 11:pids:/m/a.scope,4:cpu,cpuacct:/m/a.scope/libvirt\n',
  'sos_commands/virsh/virsh_-r_list_--all':
    ' Id   Name     State\n------------------------\n 3    lab-db   running\n\n',
  'sos_commands/virsh/virsh_-r_dumpxml_lab-db': `<domain type='kvm' id='3'>\n<name>lab-db</name><uuid>${UUID}</uuid><vcpu>2</vcpu><devices><graphics type='vnc' passwd='hunter2'/></devices></domain>\n`,
  'sos_commands/virsh/virsh_-r_version': 'Using library: libvirt 9.0.0\nRunning hypervisor: QEMU 7.2.22\n',
  'sos_commands/docker/containers/docker_inspect_76d4': JSON.stringify([
    { Id: CONTAINER_ID, Name: '/web', Created: '2026-11-27T19:00:30Z', State: { Status: 'exited', ExitCode: 137 }, Config: { Image: 'shop:1', Env: ['DB_PASSWORD=hunter2'] } }, // prettier-ignore
  ]),
  'sos_commands/ceph/json_output/ceph_osd_dump_--format_json-pretty': `2026-11-27 a warning\n${recorded(`ceph-calm/talk/rados/${CONF}%7b%22_to%22:%22mon%22,%22prefix%22:%22osd_dump%22%7d`)}`,
  'sos_commands/openvswitch/ovs-appctl_upcall.show': recorded(`ovs-calm/t0/talk/unixctl/${RUN}ovs-vswitchd.14913.ctl_%3c_upcall%2fshow`), // prettier-ignore
  'sos_commands/openvswitch/ovs-appctl_dpctl.show_-s_netdev_ovs-netdev': recorded(`ovs-calm/t0/talk/unixctl/${RUN}ovs-vswitchd.14913.ctl_%3c_dpctl%2fshow`), // prettier-ignore
  'sos_commands/openvswitch/ovs-appctl_bond.show':
    '2026-11-27T19:01:14Z|00001|daemon_unix|WARN|/var/run/openvswitch/ovs-vswitchd.pid: open: No such file or directory\novs-appctl: cannot read pidfile\n',
  'sos_commands/openvswitch/ovs-appctl_fdb.stats-show_br-int':
    'Statistics for bridge "br-int":\n  Current/maximum MAC entries in the table: 5/8192\n',
};

/** Links of the report: to its own files as sos makes them, and out of it as an enemy would. */
export const madeLinks: Readonly<Record<string, string>> = {
  'etc/os-release': '../usr/lib/os-release',
  hostname: 'sos_commands/host/hostname',
  'proc/version': '/../../../../etc/passwd',
  'sys/class/net/eth0/mtu': '../../../../../../../../../../etc/passwd',
  'proc/loop': 'loop',
  'etc/root': '/proc/partitions',
};

export const REPORT_FOLDER = 'sosreport-node-7-2026-11-28-abcdefg';

const entry = (name: string, body: string): TarEntry => ({ header: { name, size: Buffer.byteLength(body), type: 'file' }, body }); // prettier-ignore

/** Any files of a report as a tar archive. */
export const tarOf = async (files: Readonly<Record<string, string>>): Promise<Buffer> =>
  Buffer.from(await packTar(Object.entries(files).map(([name, text]) => entry(`${REPORT_FOLDER}/${name}`, text))));

/** The report as a tar archive. */
export async function madeTar(more: readonly TarEntry[] = []): Promise<Buffer> {
  return Buffer.from(
    await packTar([
      { header: { name: `${REPORT_FOLDER}/`, size: 0, type: 'directory' } },
      ...Object.entries(madeLinks).map(([name, linkname]): TarEntry => ({ header: { name: `${REPORT_FOLDER}/${name}`, size: 0, type: 'symlink', linkname } })), // prettier-ignore
      ...Object.entries(madeReport).map(([name, text]) => entry(`${REPORT_FOLDER}/${name}`, text)),
      ...more,
    ]),
  );
}
