import { expect, test } from 'vitest';
import { remoteSockets } from '../../../src/sources/processes/remote-sockets.ts';

const sockets = (...lines: readonly string[]) => remoteSockets.parse({ sockets: lines.join('\n') });

test('remoteSockets has connections to other hosts with their processes and sides', () => {
  expect(
    sockets(
      'tcp   LISTEN 0 128 0.0.0.0:5672 0.0.0.0:* users:(("beam.smp",pid=801,fd=3))',
      'tcp   ESTAB  0 0 10.0.0.2:5672 10.0.0.1:50000 users:(("beam.smp",pid=801,fd=9))',
      'tcp   ESTAB  0 0 [::ffff:10.0.0.2]:40000 [::ffff:10.0.0.3]:3306 users:(("nova-api",pid=900,fd=9))',
    ),
  ).toEqual([
    { pid: 801, local: '10.0.0.2:5672', peer: '10.0.0.1:50000', isServer: true },
    { pid: 900, local: '10.0.0.2:40000', peer: '10.0.0.3:3306', isServer: false },
  ]);
});

test('remoteSockets leaves out connections within the host, and those without a process', () => {
  expect(
    sockets(
      'tcp ESTAB 0 0 10.0.0.2:5672 10.0.0.2:50000 users:(("beam.smp",pid=801,fd=9))',
      'tcp ESTAB 0 0 10.0.0.2:50000 10.0.0.2:5672 users:(("nova-api",pid=900,fd=9))',
      'tcp ESTAB 0 0 10.0.0.2:22 10.0.0.9:60000',
      'tcp ESTAB 0 0 127.0.0.1:80 127.0.0.1:60000 users:(("nginx",pid=7,fd=9))',
      'u_str ESTAB 0 0 /run/docker.sock 3777644 * 3777642 users:(("dockerd",pid=1968,fd=11))',
    ),
  ).toEqual([]);
});

test('remoteSockets is empty for no reading and for garbage', () => {
  expect(remoteSockets.parse({ sockets: undefined })).toEqual([]);
  expect(sockets('tcp', 'tcp ESTAB', 'tcp ESTAB 0 0 x y users:(("a",pid=9999999999999,fd=1))')).toEqual([]);
});
