import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { AuditFilter } from '../../src/host/audit-filter.ts';
import { isReading, loggedCommand, pollsDaemonEvery, DAEMON_SESSION } from '../../src/host/audit.ts';
import { kubernetes } from '../../src/host/protocols/kubernetes/kubernetes.ts';

test('loggedCommand names a program by size and digest when it is given with -c', () => {
  const argv = kubernetes.argv?.('/etc/kubernetes') ?? [];
  const program = argv[4] ?? '';
  const digest = createHash('sha256').update(program).digest('hex');
  const logged = loggedCommand(argv);
  expect(program.length).toBeGreaterThan(8000);
  expect(logged).toContain(
    `/usr/bin/python3 -I -u -c <program of ${Buffer.byteLength(program)} bytes, sha256:${digest}> `,
  );
  expect(logged).not.toContain('import ');
});

test('loggedCommand keeps a command as sent when no argument is a program', () => {
  expect(loggedCommand(['ceph', 'osd perf', '--format', 'json'])).toBe("ceph 'osd perf' --format json");
});

test('AuditFilter logs the first read of a file and the first request only', () => {
  const filter = new AuditFilter();
  const file = { kind: 'file', path: '/proc/stat' } as const;
  const request = { kind: 'talk', dialect: 'http', to: '/run/docker.sock', request: 'GET /_ping' } as const;
  expect(filter.first(file, 'user')).toEqual({ command: 'read /proc/stat', why: 'repeated read (first logged)' });
  expect(filter.first(file, 'user')).toBeUndefined();
  expect(filter.first(file, 'root')).toBeDefined();
  expect(filter.first(request, 'user')).toEqual({
    command: 'request http /run/docker.sock < GET /_ping',
    why: 'polls daemon (first request logged)',
  });
});

test('isReading holds for entries of readings, also of older recordings, and not for actions', () => {
  for (const why of [
    'reading',
    'reading: denied',
    'reading, from now on at its period',
    pollsDaemonEvery(10),
    DAEMON_SESSION,
  ])
    expect(isReading({ command: 'x', why })).toBe(true);
  expect(isReading({ command: 'gdb -p 7', why: 'gdb, on web (7), requested by the engineer' })).toBe(false);
  expect(isReading({ command: 'x', why: 'collector (python3): <program> on stdin' })).toBe(false);
});
