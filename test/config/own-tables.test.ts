import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConfigError, loadConfig, parseConfig } from '../../src/config.ts';
import { COMMAND_SETTINGS } from '../../src/config/commands.ts';
import { PANE_SETTINGS, PANES_SETTINGS, TABLE_SETTINGS } from '../../src/config/panes.ts';
import { RULE_SETTINGS } from '../../src/config/rules.ts';
import { panesPath, savePanes } from '../../src/config/saved-panes.ts';
import { configTables, exampleConfig } from '../../src/config/settings-list.ts';
import { tableNotes } from '../../src/config/table-notes.ts';
import { unreadSections } from '../../src/figures/find-figures.ts';
import { panes } from '../../src/subsystems/index.ts';
import { configSheet } from '../../src/commands/config-sheet.ts';
import { ownSettings } from '../../src/commands/own-settings.ts';
import { settingsOf, viewOf, type ViewSettings } from '../../src/ui/view-settings.ts';

const command = 'name = "x"\ncommand = ["true"]\n';
const rule = 'id = "x"\nwhen = "osd commit > 1 s"\n';

describe('parseConfig', () => {
  test('reads commands with their defaults', () => {
    const { commands } = parseConfig(
      `[[commands]]\nname = "find"\ncommand = ["ceph", "osd", "find", "{id}"]\nkey = "F"\npanes = ["ceph"]\nas = "root"\ntimeout = "1m"\n[[commands]]\n${command}`,
      'c.toml',
    );
    expect(commands).toEqual([
      {
        name: 'find',
        argv: ['ceph', 'osd', 'find', '{id}'],
        key: 'F',
        panes: ['ceph'],
        as: 'root',
        limitSeconds: 60,
      },
      { name: 'x', argv: ['true'], key: undefined, panes: [], as: 'user', limitSeconds: 20 },
    ]);
  });

  test('reads rules with their line', () => {
    const { rules } = parseConfig(
      `\n[[rules]]\n${rule}severity = "crit"\nsentence = "{figure} {value}"\n`,
      '/home/me/c.toml',
    );
    // A report of the finding does not have the folder.
    expect(rules).toMatchObject([
      {
        id: 'x',
        title: 'x',
        severity: 'crit',
        role: 'symptom',
        sentence: '{figure} {value}',
        condition: { figure: 'osd commit', value: 1, unit: 's' },
        place: 'c.toml:4',
      },
    ]);
  });

  test('reads settings of panes', () => {
    const { panes } = parseConfig(
      '[panes]\norder = ["ceph"]\nhidden = ["ovn"]\n[panes.ceph]\nfocus = "osds"\n[panes.ceph.osds]\nhide = ["spill"]\nsort = "commit"\n',
      'c.toml',
    );
    expect(panes).toMatchObject({
      order: ['ceph'],
      hidden: ['ovn'],
      panes: { ceph: { focus: 'osds', tables: { osds: { hide: ['spill'], sort: 'commit' } } } },
    });
  });

  test.each([
    ['[[command]]\nname = "x"\n', 'c.toml:1: unknown setting "command"; did you mean "commands"?'],
    ['[commands]\nname = "x"\n', 'c.toml:1: "commands" must be a list of tables: write [[commands]] before each.'],
    ['[[commands]]\nname = "x"\n', 'c.toml:1: a command needs command = ["ceph", "osd", "df"].'],
    ['[[commands]]\ncommand = ["true"]\n', 'c.toml:1: a table of commands needs name: name = "OSD use".'],
    [
      `[[commands]]\n${command}[[commands]]\nname = "y"\ncomand = []\n`,
      'c.toml:6: unknown setting "commands.comand"; did you mean "command"?',
    ],
    [`[[commands]]\n${command}[[commands]]\n${command}`, 'c.toml:5: commands.name "x" is the name of another command.'],
    [`[[commands]]\n${command}key = "t"\n`, 'c.toml:4: key "t" is bound to tools: choose another one.'],
    [`[[commands]]\n${command}key = "hyper"\n`, 'c.toml:4: "hyper" is not a key'],
    [`[[commands]]\n${command}panes = ["cehp"]\n`, 'c.toml:4: unknown pane "cehp"; did you mean "ceph"?'],
    [`[[commands]]\n${command}timeout = "2h"\n`, 'c.toml:4: commands.timeout must be a time from 1 s to 5 min'],
    [`[[commands]]\n${command}as = "rot"\n`, 'c.toml:4: commands.as must be user, root; did you mean "root"?'],
    ['[[commands]]\nname = "x"\ncommand = ["echo", "{nam}"]\n', 'unknown {nam}; did you mean {name}?'],
    ['[[rules]]\nid = "x"\n', 'c.toml:1: a table of rules needs when: when = "osd commit > 200 ms for 3 s".'],
    ['[[rules]]\nid = "x"\nwhen = "osd commit"\n', 'c.toml:3: rules.when: no operator'],
    [
      `[[rules]]\n${rule}[[rules]]\nid = "y"\nwhen = "osd commit > 1 sx"\n`,
      'c.toml:6: rules.when: unknown unit "sx"; did you mean "s"?',
    ],
    [`[[rules]]\n${rule}sentence = "{valu}"\n`, 'c.toml:4: rules.sentence: unknown {valu}; did you mean "value"?'],
    [`[[rules]]\n${rule}severity = "critical"\n`, 'c.toml:4: rules.severity must be crit, warn, info.'],
    [`[[rules]]\nid = "disk-slow"\nwhen = "disk util > 1"\n`, 'c.toml:2: rules.id "disk-slow" is the id of another rule.'], // prettier-ignore
    ['[panes]\nhiden = ["ovn"]\n', 'c.toml:2: unknown setting "panes.hiden"; did you mean "hidden"?'],
    ['[panes]\norder = ["cehp"]\n', 'c.toml:2: unknown pane "cehp"; did you mean "ceph"?'],
    ['[panes.cehp]\nfocus = "osds"\n', 'c.toml:1: unknown pane "cehp"; did you mean "ceph"?'],
    ['[panes.ceph]\nzomed = true\n', 'c.toml:2: unknown setting "panes.ceph.zomed"; did you mean "zoomed"?'],
    ['[panes.ceph.osds]\nsrt = "commit"\n', 'c.toml:2: unknown setting "panes.ceph.osds.srt"; did you mean "sort"?'],
    ['[panes.ceph.osds]\nsort = 3\n', 'c.toml:2: panes.ceph.osds.sort must be a text: sort = "…".'],
  ])('refuses %j with its line', (text, words) => {
    expect(() => parseConfig(text, 'c.toml')).toThrow(ConfigError);
    expect(() => parseConfig(text, 'c.toml')).toThrow(words);
  });
});

describe('exampleConfig', () => {
  /** The example with every setting in force. */
  const inForce = exampleConfig().replaceAll(/^#(?=[\w[])/gm, '');

  test('changes nothing as it is printed', () => {
    expect(parseConfig(exampleConfig(), 'c.toml')).toEqual(parseConfig('', 'c.toml'));
  });

  test('is valid when every setting is in force', () => {
    const config = parseConfig(inForce, 'c.toml');
    expect(config.commands).toHaveLength(1);
    expect(config.rules).toHaveLength(1);
    expect(Object.keys(parse(inForce))).toEqual(['budgetPct', 'knownTrouble', 'symbolFolders', 'keys', 'theme', 'defaults', 'alerts', 'panes', 'commands', 'rules']); // prettier-ignore
  });

  test('has every setting of the tables, and docs/CONFIG.md too', () => {
    const keysOf = (head: string) => configTables.find((table) => table.head === head)?.settings.map(({ key }) => key);
    expect(keysOf('[[commands]]')?.toSorted()).toEqual([...COMMAND_SETTINGS].toSorted());
    expect(keysOf('[[rules]]')?.toSorted()).toEqual([...RULE_SETTINGS].toSorted());
    expect(keysOf('[panes]')).toEqual(PANES_SETTINGS);
    expect(keysOf('[panes.ceph]')).toEqual(PANE_SETTINGS);
    expect(keysOf('[panes.ceph.osds]')).toEqual(TABLE_SETTINGS);
    for (const { settings } of configTables)
      for (const { key } of settings) expect(configSheet()).toContain(`| \`${key}\` |`);
  });
});

describe('savePanes', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'crashcart-panes-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const settings: ViewSettings = {
    order: ['ceph', 'overview'],
    hidden: ['ovn'],
    panes: {
      ceph: { focus: 'osds', tables: { osds: { columns: ['commit', 'name'], hide: ['spill'], sort: 'w', filter: 'a"b' } } }, // prettier-ignore
    },
  };

  test('writes a file for its owner alone, which is loaded at the next start', async () => {
    const file = join(folder, 'crashcart', 'config.toml');
    savePanes(panesPath(file), { order: [], hidden: [], panes: {} });
    savePanes(panesPath(file), settings);
    expect(statSync(panesPath(file)).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, 'crashcart'))).toEqual(['panes.toml']);
    expect((await loadConfig(undefined, { XDG_CONFIG_HOME: folder })).views).toMatchObject(settings);
  });

  test('leaves the config file as it is, whose settings go before those saved', async () => {
    const file = join(folder, 'config.toml');
    const text = '# mine\n[panes]\nhidden = ["ovs"]\n[panes.ceph.osds]\nsort = "commit"\n';
    writeFileSync(file, text);
    const config = await loadConfig(file);
    const saved = ownSettings(config).save?.(settings);
    expect(saved).toEqual({ path: panesPath(file), overridden: ['panes.hidden', 'panes.ceph.osds.sort'] });
    expect(readFileSync(file, 'utf8')).toBe(text);
    const { views } = await loadConfig(file);
    expect(views.hidden).toEqual(['ovs']);
    expect(views.order).toEqual(['ceph', 'overview']);
    expect(views.panes['ceph']?.tables['osds']).toMatchObject({ sort: 'commit', hide: ['spill'] });
  });

  test.each([
    ['[panes]\nhidden = "ovn"\n', 'panes.toml:2: panes.hidden must be a list of texts'],
    ['[panes\n', 'panes.toml:1: invalid TOML at column'],
    ['[keys]\nzoom = "Q"\n', 'panes.toml:1: unknown setting "keys"'],
  ])('loadConfig refuses a saved file with %j, with its line', async (text, words) => {
    const file = join(folder, 'config.toml');
    writeFileSync(file, '');
    writeFileSync(panesPath(file), text);
    await expect(loadConfig(file)).rejects.toThrow(words);
  });
});

test('settingsOf gives the settings that viewOf took', () => {
  const settings = {
    focus: 'osds',
    zoomed: true,
    tables: { osds: { columns: ['b', 'a'], hide: ['c'], sort: 'a', descending: false, filter: 'x', tree: true, group: 'g' } }, // prettier-ignore
  };
  expect(settingsOf(viewOf(settings))).toEqual(settings);
  expect(settingsOf(viewOf(undefined))).toBeUndefined();
});

test('tableNotes names sections and columns that a pane does not have', () => {
  const notes = (text: string) => tableNotes(parseConfig(text, 'c.toml').panes, panes, unreadSections);
  expect(notes('[panes.ceph.osds]\nsort = "comit"\nhide = ["spill", "queu"]\n')).toEqual([
    'panes.ceph.osds: no column "queu"; did you mean "queue"?',
    'panes.ceph.osds: no column "comit"; did you mean "commit"?',
  ]);
  expect(notes('[panes.ceph.osd]\nsort = "commit"\n')).toEqual([
    'panes.ceph.osd: no such section; did you mean "osds"?',
  ]);
  expect(notes('[panes.ceph.osds]\nsort = "commit"\n')).toEqual([]);
});
