import { expect, it } from 'vitest';
import { differencesOf, othersOf } from '../../src/fleet/differences.ts';
import { hostRow, hostRows } from './host-rows.ts';

const texts = (hosts: Parameters<typeof differencesOf>[0]): readonly string[] =>
  differencesOf(hosts).map(({ what, values }) => `${what}: ${values.map(({ value = 'not there', hosts: names }) => `${value} ${names.length}`).join(', ')}`); // prettier-ignore

it('differencesOf has versions and mounts on which hosts differ, with the value of most first', () => {
  const hosts = hostRows(10, {
    3: { facts: ['kernel 6.1', 'package openssl 3.1', 'mount / ext4'] },
    7: { facts: ['kernel 6.5', 'package openssl 3.0', 'mount / ext4', 'mount /srv xfs'] },
  });
  expect(texts(hosts)).toEqual([
    'kernel: 6.1 9, 6.5 1',
    'mount /srv: not there 9, xfs 1',
    'package openssl: 3.0 9, 3.1 1',
  ]);
  expect(differencesOf(hosts).map(othersOf)).toEqual([1, 1, 1]);
});

it('differencesOf leaves out hosts without readings, kinds that were not read, and times of the boot', () => {
  const hosts = [
    ...hostRows(3, { 1: { facts: ['kernel 6.1', 'package openssl 3.0', 'mount / ext4', 'booted 2026-11-30T10h'] } }),
    hostRow('x', { state: 'lost', facts: ['kernel 4.4'] }),
    hostRow('y', { facts: ['kernel 6.1'] }),
  ];
  expect(texts(hosts)).toEqual([]);
});
