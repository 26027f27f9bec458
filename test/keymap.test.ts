import { expect, test } from 'vitest';
import { actions, isKeyName, keyLabel, resolveKeymap } from '../src/keymap.ts';

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

test.each([
  [{ zom: ['z'] }, 'unknown action "zom"'],
  [{ zoom: ['ctrl-enter'] }, '"ctrl-enter" is not a key'],
  [{ zoom: ['x'], copy: ['x'] }, 'bound to both zoom and copy'],
  [{ zoom: ['/'] }, 'filter is left without a key'],
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
