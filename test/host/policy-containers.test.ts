import { readPolicy } from '../../src/subsystems/index.ts';
import { expect, test } from 'vitest';
import type { Read } from '../../src/host/host.ts';

const file = (path: string): Read => ({ kind: 'file', path });
const run = (...argv: readonly string[]): Read => ({ kind: 'run', argv });

test('of the files of a container only os-release is read', () => {
  expect(readPolicy.refusal(file('/proc/7/root/etc/os-release'))).toBeUndefined();
  for (const path of [
    'root/etc/shadow',
    'root/root/.ssh/id_rsa',
    'cwd/secret',
    'task/8/root/etc/os-releases',
    'task/8/cwd/x',
  ])
    expect(readPolicy.refusal(file(`/proc/7/${path}`))).toContain('not on the read-only list');
  expect(readPolicy.refusal({ kind: 'glob', pattern: '/proc/*/root/etc/passwd' })).toContain(
    'not on the read-only list',
  );
});

test('open files of a process are read as links only: a read would consume the data of a pipe', () => {
  expect(readPolicy.refusal({ kind: 'glob', pattern: '/proc/7/fd/*', links: true })).toBeUndefined();
  expect(readPolicy.refusal({ kind: 'glob', pattern: '/proc/7/fd/*' })).toBeDefined();
  expect(readPolicy.refusal(file('/proc/7/fd/3'))).toBeDefined();
  expect(readPolicy.refusal(file('/proc/7/map_files/400000-401000'))).toBeDefined();
  expect(readPolicy.refusal(file('/proc/7/fdinfo/3'))).toBeUndefined();
});

test('the package database of a container is read by grep only', () => {
  const owns = 'grep -rlxF -m 1 -D skip --include=*.list -e /usr/bin/x -e /bin/x --'.split(' ');
  expect(readPolicy.refusal(run(...owns, '/proc/7/root/var/lib/dpkg/info'))).toBeUndefined();
  expect(readPolicy.refusal(run(...owns, '/proc/7/root/etc'))).toBeDefined();
  expect(readPolicy.refusal(run(...owns, '/etc'))).toBeDefined();
  const state = ['grep', '-xF', '-A', '20', '-m', '1', '-D', 'skip', '-e'];
  expect(
    readPolicy.refusal(run(...state, 'Package: perl-base', '--', '/proc/7/root/var/lib/dpkg/status')),
  ).toBeUndefined();
  expect(readPolicy.refusal(run(...state, 'root', '--', '/proc/7/root/var/lib/dpkg/status'))).toBeDefined();
  expect(readPolicy.refusal(run(...state, 'Package: perl-base', '--', '/proc/7/root/etc/shadow'))).toBeDefined();
});
