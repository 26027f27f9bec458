import { expect, test } from 'vitest';
import { socketPeers } from '../../../src/sources/processes/socket-peers.ts';

const read = (...sockets: readonly string[]) => socketPeers.parse({ sockets: sockets.join('\n') });
const peers = (sockets: readonly string[]) => read(...sockets).clients;

/** Lines of ss 6.1 on a host with Open vSwitch, OVN and Ceph. */
const LISTENING = [
  'u_str LISTEN 0      64                                           /var/run/ovn/ovnnb_db.sock 6067908         * 0       users:(("ovsdb-server",pid=17203,fd=17))  ',
  'tcp   LISTEN 0      512                                                             127.0.0.1:6802      0.0.0.0:*       users:(("ceph-osd",pid=3516,fd=17))       ',
];
const UNIX = [
  'u_str ESTAB  0      0                                              /var/run/ovn/ovnnb_db.sock 6072900         * 6072898 users:(("ovsdb-server",pid=17203,fd=18))  ',
  'u_str ESTAB  0      0                                                                       * 6072898         * 6072900 users:(("ovn-northd",pid=17312,fd=11))    ',
];
const TCP = [
  'tcp   ESTAB  0      0                                                               127.0.0.1:49910   127.0.0.1:6802    users:(("ceph-mgr",pid=2343,fd=32))       ',
  'tcp   ESTAB  0      0                                                               127.0.0.1:6802    127.0.0.1:49910   users:(("ceph-osd",pid=3516,fd=55))       ',
];

test('socketPeers joins both ends of unix sockets and of TCP connections within the host', () => {
  expect(peers([...LISTENING, ...UNIX, ...TCP])).toEqual([
    { client: 17_312, daemon: 17_203 },
    { client: 2343, daemon: 3516, address: '127.0.0.1' },
  ]);
});

test('socketPeers gives no pair when an end is on another host, has no process, or no end listens', () => {
  expect(peers([...LISTENING, TCP[1] ?? ''])).toEqual([]);
  expect(peers([...LISTENING, UNIX[0] ?? '', UNIX[1]?.replace(/users.*/, '') ?? ''])).toEqual([]);
  expect(peers(TCP)).toEqual([]);
  // A pair made by socketpair(2): no end has a name.
  expect(peers(UNIX.map((line) => line.replace('/var/run/ovn/ovnnb_db.sock', '*')))).toEqual([]);
});

test('socketPeers reads mapped addresses, interfaces and names with blanks', () => {
  expect(
    peers([
      'tcp LISTEN 0 4096 *:6443 *:* users:(("kube-apiserver",pid=801,fd=3))',
      'tcp ESTAB 0 0 10.0.0.5%eth0:51234 10.0.0.5:6443 users:(("kubelet",pid=2395,fd=12))',
      'tcp ESTAB 0 0 [::ffff:10.0.0.5]:6443 [::ffff:10.0.0.5]:51234 users:(("kube-apiserver",pid=801,fd=9))',
      'u_str ESTAB 0 0 /run/a b 10 * 11 users:(("d",pid=7,fd=3))',
      'u_str ESTAB 0 0 * 11 * 10 users:(("a b",pid=9,fd=3),("a b",pid=8,fd=3))',
    ]),
  ).toEqual([
    { client: 8, daemon: 7 },
    { client: 2395, daemon: 801, address: '10.0.0.5' },
  ]);
});

test('socketPeers takes a time linear in a line with thousands of processes', () => {
  const users = Array.from({ length: 20_000 }, (_, i) => `("worker",pid=${i + 10},fd=0)`).join(',');
  const began = performance.now();
  expect(
    peers([
      `u_str ESTAB 0 0 /run/x.sock 5 * 6 users:(${users})`,
      `u_str ESTAB 0 0 * 6 * 5 users:(("client",pid=7,fd=1))`,
      `u_str ESTAB 0 0 ${'1 '.repeat(50_000)}* users:(("x",pid=8,fd=1))`,
    ]),
  ).toEqual([{ client: 7, daemon: 10 }]);
  expect(performance.now() - began).toBeLessThan(2000);
});

// iproute2 6.1, Linux 6.18.
const OWNED = [
  'u_str ESTAB  0 0 * 3777642 * 3777644 users:(("kubelet",pid=2395,fd=9))',
  'tcp   LISTEN 0 4096 *:6443 *:* users:(("kube-apiserver",pid=801,fd=3))',
  'tcp   LISTEN 0 128 127.0.0.53%lo:53 0.0.0.0:* users:(("systemd-resolve",pid=412,fd=14))',
  'tcp   LISTEN 0 511 0.0.0.0:80 0.0.0.0:* users:(("nginx: w",pid=903,fd=6),("nginx",pid=902,fd=6))',
  'tcp   LISTEN 0 128 [::1]:631 [::]:*',
  'tcp   ESTAB  0 0 [::ffff:192.0.2.9]:51234 [::ffff:192.0.2.7]:5432 users:(("shop",pid=2395,fd=12))',
  'tcp   ESTAB  0 0 [fd00::9]:40112 [fd00::7]:443 users:(("curl \\"x",pid=77,fd=5))',
];

test('socketPeers has the processes of listeners and of both ends of connections', () => {
  const { listeners, connections } = read(...OWNED).owners;
  expect([...listeners]).toEqual([
    [':::6443', { command: 'kube-apiserver', pid: 801 }],
    ['127.0.0.53:53', { command: 'systemd-resolve', pid: 412 }],
    ['0.0.0.0:80', { command: 'nginx', pid: 902 }],
  ]);
  expect([...connections]).toEqual([
    ['192.0.2.9:51234 192.0.2.7:5432', { command: 'shop', pid: 2395 }],
    ['fd00::9:40112 fd00::7:443', { command: String.raw`curl \"x`, pid: 77 }],
  ]);
});

test('socketPeers has connections to other hosts with their processes and sides', () => {
  expect(
    read(
      'tcp   LISTEN 0 128 0.0.0.0:5672 0.0.0.0:* users:(("beam.smp",pid=801,fd=3))',
      'tcp   ESTAB  0 0 10.0.0.2:5672 10.0.0.1:50000 users:(("beam.smp",pid=801,fd=9))',
      'tcp   ESTAB  0 0 [::ffff:10.0.0.2]:40000 [::ffff:10.0.0.3]:3306 users:(("nova-api",pid=900,fd=9))',
    ).remote,
  ).toEqual([
    { pid: 801, local: '10.0.0.2:5672', peer: '10.0.0.1:50000', isServer: true },
    { pid: 900, local: '10.0.0.2:40000', peer: '10.0.0.3:3306', isServer: false },
  ]);
});

test('socketPeers leaves out connections within the host, and those without a process', () => {
  expect(
    read(
      'tcp ESTAB 0 0 10.0.0.2:5672 10.0.0.2:50000 users:(("beam.smp",pid=801,fd=9))',
      'tcp ESTAB 0 0 10.0.0.2:50000 10.0.0.2:5672 users:(("nova-api",pid=900,fd=9))',
      'tcp ESTAB 0 0 10.0.0.2:22 10.0.0.9:60000',
      'tcp ESTAB 0 0 127.0.0.1:80 127.0.0.1:60000 users:(("nginx",pid=7,fd=9))',
      'u_str ESTAB 0 0 /run/docker.sock 3777644 * 3777642 users:(("dockerd",pid=1968,fd=11))',
    ).remote,
  ).toEqual([]);
});

test('socketPeers is empty for no reading and for garbage', () => {
  const garbage = read(
    'tcp',
    'tcp ESTAB',
    'tcp ESTAB 0 0 x y users:(("a",pid=9999999999999,fd=1))',
    'u_str ESTAB 0 0 1 * 2',
  );
  for (const { owners, clients, unix, remote } of [socketPeers.parse({ sockets: undefined }), garbage])
    expect([owners.listeners.size, owners.connections.size, clients, unix.size, remote]).toEqual([0, 0, [], 0, []]);
});

test('socketPeers takes the process of a socket by the ends of its entries, which no command can hold', () => {
  // A command `x",pid=1,fd=3`, as ss 6.1 prints it.
  const { owners } = read('tcp LISTEN 0 5 127.0.0.1:8080 0.0.0.0:* users:(("x",pid=1,fd=3",pid=4711,fd=3))');
  expect([...owners.listeners.values()]).toEqual([{ command: 'x",pid=1,fd=3', pid: 4711 }]);
});

test('socketPeers has the processes at the other ends of a listening unix socket', () => {
  // ss 6.1; connection 41 waits for accept.
  const { unix } = read(
    'u_str LISTEN 2      8      /run/lab-42/idle sock 16702146 * 0        users:(("lab-daemon",pid=204,fd=9)) ',
    'u_str LISTEN 1      4                @abstract@x 16702144 * 0        ',
    'u_str ESTAB  0      0      /run/lab-42/idle sock 16702148 * 16702147 users:(("lab-daemon",pid=204,fd=12))',
    'u_str ESTAB  0      0                          * 16702147 * 16702148 users:(("curl",pid=300,fd=11))',
    'u_str ESTAB  0      0      /run/lab-42/idle sock 16702150 * 16702149 users:(("lab-daemon",pid=204,fd=13))',
    'u_str ESTAB  0      0                          * 16702149 * 16702150 users:(("kubelet",pid=301,fd=11))',
    'u_str ESTAB  0      0      /run/lab-42/idle sock 16702152 * 16702151 users:(("lab-daemon",pid=204,fd=14))',
    'u_str ESTAB  0      0                          * 16702151 * 16702152 users:(("kubelet",pid=301,fd=12))',
    'u_str ESTAB  0      0                          * 41       * 0        users:(("curl",pid=302,fd=5)) ',
  );
  expect([...unix]).toEqual([
    [16_702_146, { owner: { command: 'lab-daemon', pid: 204 }, connections: 3, clients: [{ command: 'kubelet', pid: 301, connections: 2 }, { command: 'curl', pid: 300, connections: 1 }] }],
    [16_702_144, { owner: undefined, connections: 0, clients: [] }],
  ]); // prettier-ignore
});
