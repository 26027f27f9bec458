import { expect, test } from 'vitest';
import { actions, isKeyName, keyLabel, resolveKeymap } from '../src/keymap.ts';

test('every action has keys with real names, and no key two actions', () => {
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

test('an own key replaces the default ones and is taken from who had it', () => {
  const { keymap, problems } = resolveKeymap({ zoom: ['j'] });
  expect(problems).toEqual([]);
  expect(keymap.byKey.get('j')).toBe('zoom');
  expect(keymap.byKey.get('z')).toBeUndefined();
  expect(keymap.byKey.get('down')).toBe('down');
});

test.each([
  [{ zom: ['z'] }, 'there is no action "zom"'],
  [{ zoom: ['ctrl-enter'] }, '"ctrl-enter" is not a key'],
  [{ zoom: ['x'], copy: ['x'] }, 'given to both zoom and copy'],
  [{ zoom: ['/'] }, 'filter would be left without a key'],
])('%j is refused', (own, words) => {
  expect(
    resolveKeymap(own)
      .problems.map(({ message }) => message)
      .join(),
  ).toContain(words);
});

test('keys are shown short, in --ascii as words', () => {
  expect([keyLabel('enter'), keyLabel('ctrl-c'), keyLabel('f5'), keyLabel('G')]).toEqual(['↵', '^C', 'F5', 'G']);
  expect(keyLabel('enter', true)).toBe('enter');
});
