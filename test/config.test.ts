import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configPath, ConfigError, loadConfig, parseConfig } from '../src/config.ts';

test('parseConfig reads every setting', () => {
  const config = parseConfig(
    'budgetPct = 1.5\nsymbolFolders = ["~/dbgsym"]\n[keys]\nzoom = "Z"\nfilter = ["/", "ctrl-s"]\n[theme]\nname = "light"\nascii = true\n[alerts]\nbell = true\n[defaults]\ntab = "hardware"\n',
    'c.toml',
  );
  expect(config.budgetPct).toBe(1.5);
  expect(config.symbolFolders).toEqual(['~/dbgsym']);
  expect(config.theme).toEqual({ name: 'light', ascii: true, colour: undefined });
  expect(config.alerts).toEqual({ bell: true, notify: false, title: true });
  expect(config.keymap.byKey.get('ctrl-s')).toBe('filter');
  expect(config.defaults.tab).toBe('hardware');
});

test.each([
  ['a = = 1\n', 'c.toml:1: invalid TOML at column '],
  ['\n\nbudgetpct = 1\n', 'c.toml:3: unknown setting "budgetpct"; did you mean "budgetPct"?'],
  ['budgetPct = 0\n', 'c.toml:1: budgetPct must be a percentage of one CPU, above 0 and up to 100.'],
  ['[theme]\nname = "solarized"\n', 'c.toml:2: theme.name must be dark, light, high-contrast, colour-blind, mono.'],
  ['[alerts]\nsound = true\n', 'c.toml:2: unknown setting "alerts.sound"; valid: bell, notify, title.'],
  ['[theme]\nascii = "yes"\n', 'c.toml:2: theme.ascii must be true or false.'],
  ['[theme]\n[keys]\nzom = "x"\n', 'c.toml:3: unknown action "zom"; list: crashcart keys.'],
  ['[keys]\nzoom = "x"\ncopy = "x"\n', 'c.toml:3: key "x" is bound to both zoom and copy.'],
  ['[keys]\nzoom = 3\n', 'c.toml:2: keys.zoom must be a key or a list of keys: zoom = ["x", "f5"].'],
  ['[keys]\nzoom = "hyper-x"\n', 'c.toml:2: "hyper-x" is not a key'],
  ['keys = 3\n', 'c.toml:1: "keys" must be a table: write [keys] on a separate line.'],
  ['[defaults]\ntransport = "telnet"\n', 'c.toml:2: defaults.transport must be ssh2, openssh.'],
  ['[defaults]\ntab = "cehp"\n', 'c.toml:2: unknown pane "cehp"; did you mean "ceph"?'],
])('parseConfig refuses %j in one sentence with its line', (text, words) => {
  expect(() => parseConfig(text, 'c.toml')).toThrow(ConfigError);
  expect(() => parseConfig(text, 'c.toml')).toThrow(words);
});

test('loadConfig takes an absent default file, and refuses an absent named file and a folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'crashcart-config-'));
  try {
    expect((await loadConfig(undefined, { XDG_CONFIG_HOME: folder })).budgetPct).toBeUndefined();
    await expect(loadConfig(configPath({ XDG_CONFIG_HOME: folder }))).rejects.toThrow('no such file');
    await expect(loadConfig(folder)).rejects.toThrow('not readable');
  } finally {
    await rm(folder, { recursive: true });
  }
});
