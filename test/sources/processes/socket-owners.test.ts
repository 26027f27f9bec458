import { expect, test } from 'vitest';
import { socketOwners } from '../../../src/sources/processes/socket-owners.ts';

// iproute2 6.1, Linux 6.18.
const socketList = [
  'u_str ESTAB  0 0 * 3777642 * 3777644 users:(("kubelet",pid=2395,fd=9))',
  'tcp   LISTEN 0 4096 *:6443 *:* users:(("kube-apiserver",pid=801,fd=3))',
  'tcp   LISTEN 0 128 127.0.0.53%lo:53 0.0.0.0:* users:(("systemd-resolve",pid=412,fd=14))',
  'tcp   LISTEN 0 511 0.0.0.0:80 0.0.0.0:* users:(("nginx: w",pid=903,fd=6),("nginx",pid=902,fd=6))',
  'tcp   LISTEN 0 128 [::1]:631 [::]:*',
  'tcp   ESTAB  0 0 [::ffff:192.0.2.9]:51234 [::ffff:192.0.2.7]:5432 users:(("shop",pid=2395,fd=12))',
  'tcp   ESTAB  0 0 [fd00::9]:40112 [fd00::7]:443 users:(("curl \\"x",pid=77,fd=5))',
].join('\n');

test('socketOwners has the processes of listeners and of both ends of connections', () => {
  const { listeners, connections } = socketOwners.parse({ sockets: socketList });
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

test('socketOwners has none of what was not read', () => {
  expect(socketOwners.parse({ sockets: undefined }).listeners.size).toBe(0);
});
