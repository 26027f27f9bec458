import { configPath, loadConfig } from '../config.ts';
import { exampleConfig } from '../config/settings-list.ts';
import { plural } from '../lib/units.ts';
import { print } from './print.ts';

/** Prints the example, the path, or that the files are valid. Rejects with a ConfigError that names the line. */
export async function showConfig(what: 'example' | 'path' | 'check', file: string | undefined): Promise<void> {
  const path = file ?? configPath();
  if (what === 'example') return print(exampleConfig());
  if (what === 'path') return print(`${path}\n`);
  const { commands, rules, panesFile } = await loadConfig(file);
  return print(
    `${path}: valid, ${plural(commands.length, 'command')}, ${plural(rules.length, 'rule')}\n${panesFile}: valid\n`,
  );
}
