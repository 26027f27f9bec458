import type { CustomCommand } from '../debugger/custom-command.ts';
import { commandProblem } from '../debugger/custom-command.ts';
import { parseDuration } from '../figures/condition.ts';
import { isKeyName, type Keymap } from '../keymap.ts';
import { paneProblem } from './pane-ids.ts';
import { TomlTable, type ConfigFile, type Values } from './toml-table.ts';

export const COMMAND_SETTINGS = ['name', 'command', 'key', 'panes', 'as', 'timeout'] as const;

const DEFAULT_SECONDS = 20;
const LONGEST_SECONDS = 300;

/** Throws a ConfigError. A key must be free in the keymap. */
export function parseCommands(root: Values, file: ConfigFile, keymap: Keymap): readonly CustomCommand[] {
  const names = new Set<string>();
  const keys = new Set<string>();
  return TomlTable.list(root, 'commands', file).map((table) => {
    table.known(COMMAND_SETTINGS);
    const name = table.needed('name', 'OSD use');
    if (names.has(name)) return table.fail('name', `commands.name "${name}" is the name of another command`);
    names.add(name);
    const argv = table.texts('command') ?? [];
    if (argv.length === 0) return table.fail('command', 'a command needs command = ["ceph", "osd", "df"]');
    const problem = commandProblem(argv);
    if (problem !== undefined) return table.fail('command', `commands.command: ${problem}`);
    const panes = table.texts('panes') ?? [];
    for (const pane of panes) {
      const unknown = paneProblem(pane);
      if (unknown !== undefined) return table.fail('panes', unknown);
    }
    return {
      name,
      argv,
      panes,
      key: keyOf(table, keymap, keys),
      as: table.oneOf('as', ['user', 'root']) ?? 'user',
      limitSeconds: secondsOf(table),
    };
  });
}

function keyOf(table: TomlTable, keymap: Keymap, taken: Set<string>): string | undefined {
  const key = table.text('key');
  if (key === undefined) return undefined;
  if (!isKeyName(key)) return table.fail('key', `"${key}" is not a key: use one character, or a name such as f9, alt-x`); // prettier-ignore
  const action = keymap.byKey.get(key) ?? keymap.byTextKey.get(key);
  if (action !== undefined) return table.fail('key', `key "${key}" is bound to ${action}: choose another one`);
  if (taken.has(key)) return table.fail('key', `key "${key}" is the key of another command`);
  taken.add(key);
  return key;
}

function secondsOf(table: TomlTable): number {
  const text = table.text('timeout');
  if (text === undefined) return DEFAULT_SECONDS;
  const seconds = parseDuration(text);
  if (seconds === undefined || seconds < 1 || seconds > LONGEST_SECONDS)
    return table.fail('timeout', `commands.timeout must be a time from 1 s to ${LONGEST_SECONDS / 60} min: timeout = "20s"`); // prettier-ignore
  return Math.round(seconds);
}
