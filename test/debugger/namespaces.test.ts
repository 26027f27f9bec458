import { assert, property } from 'fast-check';
import { expect, test } from 'vitest';
import { idInside, idOutside, mightyCapabilities, ownNamespaces, rootMount } from '../../src/debugger/namespaces.ts';
import { anyText } from '../helpers/arbitrary.ts';

const links = (pid: number, names: Readonly<Record<string, string>>) =>
  new Map(Object.entries(names).map(([kind, name]) => [`/proc/${pid}/ns/${kind}`, name]));

test('ownNamespaces gives the kinds that differ, without missing ones', () => {
  const its = links(7, { mnt: 'mnt:[2]', net: 'net:[1]', time: 'time:[9]', pid_for_children: 'pid:[5]' });
  const ours = links(1, { mnt: 'mnt:[1]', net: 'net:[1]', pid: 'pid:[1]', pid_for_children: 'pid:[1]' });
  expect(ownNamespaces(its, ours)).toEqual(['mnt']);
  expect(ownNamespaces(undefined, ours)).toEqual([]);
});

test('rootMount is the last mount on /, and distinguishes a bind mount from its filesystem', () => {
  const host = '20 1 254:0 / / rw - ext4 /dev/vda rw\n21 20 0:5 / /dev rw - devtmpfs udev rw\n';
  expect(rootMount(host)).toBe('254:0 /');
  expect(rootMount('30 1 254:0 /var/lib/lxc/a/rootfs / rw - ext4 /dev/vda rw\n')).toBe('254:0 /var/lib/lxc/a/rootfs');
  expect(rootMount(`${host}40 20 0:77 / / rw - overlay o rw\n`)).toBe('0:77 /');
  expect(rootMount('')).toBeUndefined();
});

test('idInside and idOutside map ids of every extent, and no others', () => {
  const map = '         0     100000       1000\n      1000       1000          1\n';
  expect([idInside(map, 100_033), idInside(map, 1000), idInside(map, 0)]).toEqual([33, 1000, undefined]);
  expect([idOutside(map, 0), idOutside(map, 1000), idOutside(map, 1001)]).toEqual([100_000, 1000, undefined]);
  expect(idInside(undefined, 0)).toBeUndefined();
});

test("mightyCapabilities is empty for docker's default, and complete for a privileged container", () => {
  expect(mightyCapabilities('00000000a80425fb')).toEqual([]);
  expect(mightyCapabilities('000001ffffffffff')).toEqual(['dac_read_search', 'sys_module', 'sys_rawio', 'sys_admin']);
  expect(mightyCapabilities('zz')).toEqual([]);
});

test('no function throws for any text', () => {
  assert(
    property(anyText, (text) => {
      rootMount(text);
      idInside(text, 0);
      expect(Array.isArray(mightyCapabilities(text))).toBe(true);
    }),
  );
});
