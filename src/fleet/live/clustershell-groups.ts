import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { plain } from '../../lib/plain.ts';
import { fields, items, textOf } from '../../lib/json.ts';
import { lines, words } from '../../lib/lines.ts';
import { NodeSetError, type GroupLookup } from '../nodeset.ts';

/** Limits of an upcall, a command of the engineer's configuration that runs on this machine. */
const UPCALL_MS = 5000;
const MAX_OUTPUT_BYTES = 1 << 20;
const MAX_UPCALLS = 64;
const MAX_FILE_BYTES = 1 << 20;

interface GroupSource {
  /** Command that prints the nodes of $GROUP. */
  readonly map?: string | undefined;
  /** Command that prints all nodes. */
  readonly all?: string | undefined;
  /** Groups of a file in groups.d. */
  readonly groups?: ReadonlyMap<string, string> | undefined;
}

/** Folders of the configuration of ClusterShell, the nearest last: https://clustershell.readthedocs.io/en/latest/config.html */
export const clusterShellFolders = (env: NodeJS.ProcessEnv): readonly string[] =>
  env['CLUSTERSHELL_CFGDIR'] !== undefined
    ? [env['CLUSTERSHELL_CFGDIR']]
    : [
        '/etc/clustershell',
        join(homedir(), '.local/etc/clustershell'),
        join(env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'clustershell'),
      ];

/** Groups of ClusterShell: groups.conf with its upcalls, files of groups.d and of groups.conf.d. */
export function clusterShellGroups(folders: readonly string[]): GroupLookup {
  let known:
    | { readonly sources: ReadonlyMap<string, GroupSource & { readonly folder: string }>; readonly main: string }
    | undefined;
  let upcalls = 0;
  return (group, sourceName) => {
    known ??= readConfig(folders);
    const name = sourceName ?? known.main;
    const source = known.sources.get(name);
    const asked = `@${sourceName === undefined ? '' : `${sourceName}:`}${group ?? '*'}`;
    if (!source)
      throw new NodeSetError(`${asked}: no group source "${name}" in groups.conf or groups.d of ${folders.join(', ')}`);
    if (source.groups) {
      const nodes = group === undefined ? [...source.groups.values()].join(',') : source.groups.get(group);
      if (nodes === undefined) throw new NodeSetError(`${asked}: no such group in source "${name}"`);
      return nodes;
    }
    const command = group === undefined ? source.all : source.map;
    if (command === undefined)
      throw new NodeSetError(`${asked}: source "${name}" has no ${group === undefined ? 'all' : 'map'} command`);
    if (++upcalls > MAX_UPCALLS) throw new NodeSetError(`${asked}: more than ${MAX_UPCALLS} upcalls`);
    const nodes = words(run(command, { GROUP: group ?? '', SOURCE: name, CFGDIR: source.folder }, asked)).join(' ');
    if (nodes === '')
      throw new NodeSetError(`${asked}: no such group in source "${name}" (its command printed nothing)`);
    return nodes;
  };
}

/** Output of an upcall: `$GROUP` and the others are replaced as ClusterShell does; a group's name has no character of a shell. */
function run(command: string, variables: Readonly<Record<string, string>>, asked: string): string {
  const text = command.replaceAll(
    /\$(?:\{(\w+)\}|(\w+))/g,
    (whole, braced: string, bare: string) => variables[braced ?? bare] ?? whole,
  );
  try {
    return execFileSync('/bin/sh', ['-c', text], {
      cwd: variables['CFGDIR'],
      timeout: UPCALL_MS,
      killSignal: 'SIGKILL',
      maxBuffer: MAX_OUTPUT_BYTES,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch (error) {
    // ClusterShell takes a failed map for an unknown group.
    const { status, code } = error as NodeJS.ErrnoException & { readonly status?: number | null };
    const why =
      code === 'ETIMEDOUT'
        ? `no output in ${UPCALL_MS / 1000} s`
        : code === 'ENOBUFS'
          ? 'output over 1 MiB'
          : `exit ${status ?? code}`;
    throw new NodeSetError(`${asked}: its command failed: ${why}`, { cause: error });
  }
}

function readConfig(folders: readonly string[]) {
  const sources = new Map<string, GroupSource & { readonly folder: string }>();
  let main: string | undefined;
  for (const folder of folders) {
    const conf = ini(textOfFile(join(folder, 'groups.conf')));
    const settings = conf.get('Main');
    main = settings?.get('default') ?? main;
    const foldersOf = (setting: string, usual: string) =>
      words(settings?.get(setting) ?? '$CFGDIR/'.concat(usual)).map((path) => path.replaceAll('$CFGDIR', folder));
    for (const [name, section] of [
      ...foldersOf('confdir', 'groups.conf.d').flatMap((path) =>
        filesOf(path, /\.conf$/).flatMap((file) => [...ini(textOfFile(file))]),
      ),
      ...conf,
    ])
      if (name !== 'Main')
        for (const one of name.split(','))
          sources.set(one.trim(), { folder, map: section.get('map'), all: section.get('all') });
    for (const file of foldersOf('autodir', 'groups.d').flatMap((path) => filesOf(path, /\.ya?ml$/)))
      for (const [name, groups] of yamlGroups(file)) sources.set(name, { folder, groups });
  }
  return { sources, main: main ?? 'default' };
}

/** `source: {group: nodes}` of a file in groups.d. */
function yamlGroups(file: string): readonly (readonly [string, ReadonlyMap<string, string>])[] {
  let parsed: unknown;
  try {
    parsed = parse(textOfFile(file), { maxAliasCount: 100, logLevel: 'silent' });
  } catch (error) {
    throw new NodeSetError(`${file}: ${plain(String(error).split('\n')[0] ?? '')}`, { cause: error });
  }
  return Object.entries(fields(parsed)).map(([source, groups]) => [
    source,
    new Map(
      Object.entries(fields(groups)).map(([group, nodes]) => [
        group,
        textOf(nodes) ??
          items(nodes)
            .flatMap((one) => textOf(one) ?? [])
            .join(','),
      ]),
    ),
  ]);
}

/** Sections of an INI file with their settings. */
function ini(text: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  let section = new Map<string, string>();
  for (const line of lines(text)) {
    const [, name] = /^\[([^\]]+)\]/.exec(line) ?? [];
    const [, key, value] = /^([\w-]+)\s*[:=]\s*(.*)$/.exec(line) ?? [];
    if (name !== undefined) sections.set(name, (section = new Map()));
    else if (key !== undefined && value !== undefined) section.set(key, value.trim());
  }
  return sections;
}

const filesOf = (folder: string, kind: RegExp): readonly string[] => {
  try {
    return readdirSync(folder)
      .filter((name) => kind.test(name))
      .toSorted()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
};

/** '' for a missing file. Throws a NodeSetError for a large one. */
function textOfFile(path: string): string {
  try {
    if (statSync(path).size <= MAX_FILE_BYTES) return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
  throw new NodeSetError(`${path}: over 1 MiB, not read`);
}
