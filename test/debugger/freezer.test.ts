import { assert, property } from 'fast-check';
import { expect, test } from 'vitest';
import { freezerFiles, isFrozen } from '../../src/debugger/freezer.ts';
import { anyText } from '../helpers/arbitrary.ts';

test('freezerFiles gives the files of cgroup v1, v2 and both', () => {
  expect(freezerFiles('0::/system.slice/docker-1.scope\n')).toEqual([
    '/sys/fs/cgroup/system.slice/docker-1.scope/cgroup.events',
    '/sys/fs/cgroup/unified/system.slice/docker-1.scope/cgroup.events',
  ]);
  expect(freezerFiles('9:name=systemd:/a:b\n5:cpu,freezer:/docker/1\n0::/\n')).toEqual([
    '/sys/fs/cgroup/freezer/docker/1/freezer.state',
    '/sys/fs/cgroup/cgroup.events',
    '/sys/fs/cgroup/unified/cgroup.events',
  ]);
});

test('isFrozen holds for the frozen states of v1 and v2', () => {
  expect(['FROZEN\n', 'FREEZING\n', 'populated 1\nfrozen 1\n'].map(isFrozen)).toEqual([true, true, true]);
  expect(['THAWED\n', 'populated 1\nfrozen 0\n', ''].map(isFrozen)).toEqual([false, false, false]);
});

test('freezerFiles gives paths below /sys/fs/cgroup for any text', () => {
  assert(
    property(anyText, (text) => {
      isFrozen(text);
      for (const path of freezerFiles(text)) expect(path).toMatch(/^\/sys\/fs\/cgroup\//);
    }),
  );
});
