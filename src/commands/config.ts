import { existsSync } from 'node:fs';
import { configPath, loadConfig } from '../config.ts';
import { exampleConfig } from '../config/settings-list.ts';
import { tableNotes } from '../config/table-notes.ts';
import { unreadSections } from '../figures/find-figures.ts';
import { plural } from '../lib/units.ts';
import { panes } from '../subsystems/index.ts';
import { print } from './print.ts';

/** Prints the example, the path, or that the files are valid. Rejects with a ConfigError that names the line. */
export async function showConfig(what: 'example' | 'path' | 'check', file: string | undefined): Promise<void> {
  const path = file ?? configPath();
  if (what === 'example') return print(exampleConfig());
  if (what === 'path') return print(`${path}\n`);
  const { commands, rules, panesFile, views } = await loadConfig(file);
  const notes = tableNotes(views, panes, unreadSections);
  const lines = [
    `${path}: valid, ${plural(commands.length, 'command')}, ${plural(rules.length, 'rule')}`,
    `${panesFile}: ${existsSync(panesFile) ? 'valid' : 'not saved yet'}`,
    ...notes.map((note) => `note: ${note}`),
  ];
  return print(`${lines.join('\n')}\n`);
}
