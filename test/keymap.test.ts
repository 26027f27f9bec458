import { expect, test } from 'vitest';
import { actionOf, actions, isKeyName, keyLabel, resolveKeymap } from '../src/keymap.ts';
import { paneKeys } from '../src/pane-keys.ts';
import { panes } from '../src/subsystems/index.ts';

test('actions have valid keys, and each key one action', () => {
  const seen = new Map<string, string>();
  for (const { id, keys } of actions) {
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) {
      expect(isKeyName(key), `${id}: ${key}`).toBe(true);
      expect(seen.get(key), `${key} of ${id}`).toBeUndefined();
      seen.set(key, id);
    }
  }
  expect(resolveKeymap().problems).toEqual([]);
});

test('resolveKeymap replaces default keys and removes a configured key from other actions', () => {
  const { keymap, problems } = resolveKeymap({ zoom: ['j'] });
  expect(problems).toEqual([]);
  expect(keymap.byKey.get('j')).toBe('zoom');
  expect(keymap.byKey.get('z')).toBeUndefined();
  expect(keymap.byKey.get('down')).toBe('down');
});

test('a key that an action takes leaves the keys of the other panes as they are', () => {
  const { keymap, problems } = resolveKeymap({ zoom: ['5'] });
  expect(problems).toEqual([]);
  expect([keymap.byKey.get('5'), keymap.paneByKey.get('5')]).toEqual(['zoom', undefined]);
  expect(['4', '6', 'K'].map((key) => keymap.paneByKey.get(key))).toEqual(['kvm', 'ceph', 'kernel-log']);
});

test('every pane has a key, the digits in the order of the tabs', () => {
  const assigned = paneKeys.map(({ pane }): string => pane);
  for (const { id } of panes) expect(assigned).toContain(id);
  expect(new Set(assigned).size).toBe(assigned.length);
  expect(paneKeys.slice(0, 10).map(({ key }) => key)).toEqual(Array.from('1234567890'));
});

test('letters of text pages belong to actions on rows elsewhere', () => {
  const { keymap } = resolveKeymap();
  expect([actionOf(keymap, 'space', true), actionOf(keymap, 'space', false)]).toEqual(['page-down', 'mark-row']);
  expect([actionOf(keymap, 'f', true), actionOf(keymap, 'f', false)]).toEqual(['page-down', 'go']);
  expect(actionOf(resolveKeymap({ copy: ['d'] }).keymap, 'd', true)).toBe('copy');
});

test.each([
  [{ zom: ['z'] }, 'unknown action "zom"'],
  [{ zoom: ['ctrl-enter'] }, '"ctrl-enter" is not a key'],
  [{ zoom: ['x'], copy: ['x'] }, 'bound to both zoom and copy'],
  [{ zoom: ['D'] }, 'compare is left without a key'],
])('resolveKeymap refuses %j', (own, words) => {
  expect(
    resolveKeymap(own)
      .problems.map(({ message }) => message)
      .join(),
  ).toContain(words);
});

test('keyLabel is short, with --ascii a name', () => {
  expect([keyLabel('enter'), keyLabel('ctrl-c'), keyLabel('f5'), keyLabel('G')]).toEqual(['↵', '^C', 'F5', 'G']);
  expect(keyLabel('enter', true)).toBe('enter');
});
