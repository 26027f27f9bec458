import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { parseCommands } from './config/commands.ts';
import { overlaid, parsePanes } from './config/panes.ts';
import { parseRules } from './config/rules.ts';
import { paneProblem } from './config/pane-ids.ts';
import { panesPath } from './config/saved-panes.ts';
import { ConfigError, TomlTable, type Values } from './config/toml-table.ts';
import type { CustomCommand } from './debugger/custom-command.ts';
import type { UserRule } from './figures/user-rule.ts';
import type { KnownTrouble } from './findings/packages/known-trouble.ts';
import { ROLES } from './incidents/roles.ts';
import { resolveKeymap, type Keymap } from './keymap.ts';
import { plain } from './lib/plain.ts';
import { themeNames, type ThemeName } from './theme-palettes.ts';
import { plainViewSettings, type ViewSettings } from './ui/view-settings.ts';

export { ConfigError } from './config/toml-table.ts';

/** Settings of `config.toml`, all optional. */
export interface Config {
  readonly keymap: Keymap;
  readonly theme: {
    /** Undefined: by the background of the terminal. */
    readonly name?: ThemeName | undefined;
    /** Only ASCII characters on the screen. */
    readonly ascii?: boolean | undefined;
    /** Undefined: by NO_COLOR and the terminal. */
    readonly colour?: boolean | undefined;
  };
  readonly alerts: AlertSettings;
  /** Limit of CPU time for readings, percent of one CPU of the host. */
  readonly budgetPct?: number | undefined;
  readonly defaults: {
    /** Id of the pane to start on. */
    readonly tab?: string | undefined;
    readonly transport?: 'ssh2' | 'openssh' | undefined;
  };
  /** Settings of this file for panes. */
  readonly panes: ViewSettings;
  readonly commands: readonly CustomCommand[];
  readonly rules: readonly UserRule[];
  /** Folders of known trouble: checkouts of hotsos, OSV documents. */
  readonly knownTrouble: readonly string[];
  /** Folders with packages of debug symbols. */
  readonly symbolFolders: readonly string[];
}

/** Config with what crashcart saved beside it. */
export interface LoadedConfig extends Config {
  /** Panes at the start: those of the saved file below those of the config file. */
  readonly views: ViewSettings;
  /** File that crashcart saves the panes to. */
  readonly panesFile: string;
  /** Content of the folders of known trouble, where any was named. */
  readonly trouble?: KnownTrouble;
}

/** Signs of a new critical incident outside of the screen. */
export interface AlertSettings {
  readonly bell: boolean;
  /** Notification of the desktop through the terminal (OSC 9, OSC 777). */
  readonly notify: boolean;
  /** Title of the terminal's window. */
  readonly title: boolean;
}

/** XDG Base Directory Specification: $XDG_CONFIG_HOME, else ~/.config. */
export const configPath = (env: NodeJS.ProcessEnv = process.env): string =>
  join(env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'crashcart', 'config.toml');

/** Loads the config of `--config`, which must exist, or the default one if present. Throws a ConfigError. */
export async function loadConfig(named?: string, env: NodeJS.ProcessEnv = process.env): Promise<LoadedConfig> {
  const path = named ?? configPath(env);
  const text = await textOf(path);
  if (text === undefined && named !== undefined)
    throw new ConfigError(`${path}: no such file. Check the path after --config.`);
  const config = parseConfig(text ?? '', path);
  const panesFile = panesPath(path);
  const saved = await textOf(panesFile);
  const views = saved === undefined ? plainViewSettings : parsePanesFile(saved, panesFile);
  return { ...config, views: overlaid(views, config.panes), panesFile };
}

/** Text of a file; undefined where there is none. Throws a ConfigError. */
async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return undefined;
    throw new ConfigError(
      `${path}: not readable (${error instanceof Error ? plain(error.message) : 'unknown'}). Make it readable or remove it.`,
      { cause: error },
    );
  }
}

/** Settings of the saved file. Throws a ConfigError. */
export function parsePanesFile(text: string, path: string): ViewSettings {
  const values = tomlOf(text, path);
  new TomlTable(values, { text, path }, '').known(['panes']);
  return parsePanes(values, { text, path });
}

function tomlOf(text: string, path: string): Values {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const what = error.message.split('\n')[0]?.replace(/^Invalid TOML document: /, '') ?? '';
    throw new ConfigError(`${path}:${error.line}: invalid TOML at column ${error.column}: ${plain(what)}.`, {
      cause: error,
    });
  }
}

/** Throws a ConfigError. */
export function parseConfig(text: string, path: string): Config {
  const file = { text, path };
  const values = tomlOf(text, path);
  const root = new TomlTable(values, file, '');
  root.known([
    'keys',
    'theme',
    'budgetPct',
    'knownTrouble',
    'symbolFolders',
    'defaults',
    'alerts',
    'panes',
    'commands',
    'rules',
  ]);
  const { budgetPct } = values;
  if (budgetPct !== undefined && !(typeof budgetPct === 'number' && budgetPct > 0 && budgetPct <= 100))
    return root.fail('budgetPct', 'budgetPct must be a percentage of one CPU, above 0 and up to 100');
  const theme = root.table('theme');
  theme.known(['name', 'ascii', 'colour']);
  const alerts = root.table('alerts');
  alerts.known(['bell', 'notify', 'title']);
  const defaults = root.table('defaults');
  defaults.known(['tab', 'transport']);
  const tab = defaults.text('tab');
  const unknown = tab === undefined ? undefined : paneProblem(tab);
  if (unknown !== undefined) return defaults.fail('tab', unknown);
  const keymap = keymapOf(root.table('keys'));
  return {
    keymap,
    theme: { name: theme.oneOf('name', themeNames), ascii: theme.flag('ascii'), colour: theme.flag('colour') },
    alerts: {
      bell: alerts.flag('bell') ?? false,
      notify: alerts.flag('notify') ?? false,
      title: alerts.flag('title') ?? true,
    },
    budgetPct,
    defaults: { tab, transport: defaults.oneOf('transport', ['ssh2', 'openssh']) },
    panes: parsePanes(values, file),
    commands: parseCommands(values, file, keymap),
    rules: parseRules(values, file, Object.keys(ROLES)),
    knownTrouble: root.texts('knownTrouble') ?? [],
    symbolFolders: root.texts('symbolFolders') ?? [],
  };
}

function keymapOf(table: TomlTable): Keymap {
  const own: Record<string, readonly string[]> = {};
  for (const [action, value] of Object.entries(table.values)) {
    const keys = typeof value === 'string' ? [value] : value;
    if (!Array.isArray(keys) || keys.length === 0 || !keys.every((key): key is string => typeof key === 'string'))
      return table.fail(action, `keys.${action} must be a key or a list of keys: ${action} = ["x", "f5"]`);
    own[action] = keys;
  }
  const { keymap, problems } = resolveKeymap(own);
  const [problem] = problems;
  return problem ? table.fail(problem.action, problem.message) : keymap;
}
