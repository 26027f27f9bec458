import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Import rules (`npm run layers`), the table of docs/ARCHITECTURE.md. A file belongs to the layer with the longest matching path prefix;
 * it may import files of its layer, of layers in `may`, and packages in `packages`.
 */
interface Layer {
  /** Path prefixes below the root; a prefix that ends in `/` is a folder. */
  readonly at: readonly string[];
  /** Names of importable layers. */
  readonly may: readonly string[];
  /** Importable packages; `node:` stands for all built-in modules of Node. */
  readonly packages?: readonly string[];
  /** Reason in the message. */
  readonly why: string;
  /** Files of sibling folders may not import each other: each is a subsystem. */
  readonly separate?: true;
}

const PURE = ['lib', 'host contract', 'theme', 'thresholds', 'redaction', 'timeline', 'contracts', 'stacks'];

/** Every layer by name. */
export const layers: Readonly<Record<string, Layer>> = {
  lib: {
    at: ['src/lib/'],
    may: [],
    packages: ['string-width'],
    why: 'lib knows no other folder, neither Node nor a screen',
  },
  'host contract': {
    at: ['src/host/host.ts', 'src/host/attach-request.ts', 'src/host/link-state.ts', 'src/host/prompter.ts'],
    may: ['lib'],
    why: 'the contract of a host names no implementation',
  },
  theme: { at: ['src/theme.ts', 'src/theme-palettes.ts'], may: ['lib'], why: 'colours depend on nothing' },
  keymap: {
    at: [
      'src/keymap.ts',
      'src/pane-keys.ts',
      'src/key-habits.ts',
      'src/key-action.ts',
      'src/key-actions.ts',
      'src/session-actions.ts',
    ],
    may: ['lib'],
    why: 'keys are data',
  },
  thresholds: { at: ['src/thresholds.ts'], may: ['theme'], why: 'thresholds are data' },
  contracts: {
    at: ['src/sources/source.ts', 'src/panes/pane.ts', 'src/findings/finding.ts', 'src/findings/entity-ref.ts'],
    may: ['lib', 'host contract', 'theme', 'timeline', 'redaction'],
    why: 'a contract names no implementation',
  },
  redaction: {
    at: ['src/redact/'],
    may: ['lib', 'host contract', 'contracts', 'timeline'],
    why: 'redaction is pure: text in, text out',
  },
  timeline: {
    at: ['src/timeline/'],
    may: ['lib', 'host contract', 'contracts', 'redaction'],
    why: 'the timeline is pure: no Node, no clock, no screen',
  },
  sources: {
    at: ['src/sources/'],
    may: PURE,
    why: 'sources are pure and know neither entities nor findings',
  },
  entities: {
    at: ['src/entities/'],
    may: [...PURE, 'sources'],
    why: 'entities are pure and know sources only',
  },
  findings: {
    at: ['src/findings/'],
    may: [...PURE, 'sources', 'entities'],
    why: 'rules are pure: samples and entities in, findings out',
  },
  incidents: {
    at: ['src/incidents/'],
    may: [...PURE, 'sources', 'entities', 'findings'],
    why: 'explaining is pure: findings and samples in, incidents out',
  },
  changes: {
    at: ['src/changes/'],
    may: [...PURE, 'sources', 'entities', 'findings', 'incidents'],
    why: 'changes are pure: samples in, changes out',
  },
  ledger: {
    at: ['src/ledger/'],
    may: [...PURE, 'sources', 'entities', 'findings', 'incidents', 'kit'],
    why: 'the ledger is pure: samples and findings in, verdicts out',
  },
  correlate: {
    at: ['src/correlate/'],
    may: [...PURE, 'sources', 'ui'],
    why: 'correlation is pure: figures of panes in, a ranking out',
  },
  figures: {
    at: ['src/figures/'],
    may: [...PURE, 'sources', 'findings', 'correlate', 'ui'],
    why: 'conditions on figures are pure: panes and samples in, verdicts out',
  },
  symbols: {
    at: ['src/symbols/'],
    may: ['lib'],
    why: 'readers of ELF, DWARF and unwind tables are pure: bytes in, addresses and names out',
  },
  stacks: {
    at: ['src/stacks/'],
    may: ['lib', 'host contract', 'symbols'],
    why: 'stacks are pure: frames in, groups, trees and files of profilers out',
  },
  tracers: {
    at: ['src/tracers/'],
    may: ['lib'],
    why: 'tracers are data and pure parsers: facts of a host in, a command out; output in, figures out',
  },
  kit: {
    at: ['src/ui/kit/'],
    may: [...PURE, 'sources', 'entities'],
    why: 'the kit of panes draws data and knows no pane',
  },
  ui: {
    at: ['src/ui/'],
    may: ['lib', 'host contract', 'theme', 'contracts', 'redaction', 'terminal contract'],
    packages: ['blessed', 'blessed-contrib', '@xterm/headless', 'string-width', 'node:'],
    why: 'drawing helpers know the contracts, not sources, sessions or the app',
  },
  panes: {
    at: ['src/panes/'],
    may: [...PURE, 'sources', 'entities', 'kit', 'ui'],
    why: 'a pane draws samples and entities; hosts, findings, the app and other panes are none of its business',
    separate: true,
  },
  archives: {
    at: ['src/host/archives/'],
    may: ['lib'],
    packages: ['modern-tar', 'xz-decompress', 'node:'],
    why: 'archives are decoded from streams, whatever they hold',
  },
  'symbol files': {
    at: ['src/host/symbol-files/'],
    may: ['lib', 'symbols', 'archives'],
    packages: ['gecko-profiler-demangle', 'xz-decompress', 'node:'],
    why: 'symbols of this machine come by build-id, whatever host asks',
  },
  protocols: {
    at: ['src/host/protocols/'],
    may: ['lib', 'host contract', 'lane contract', 'symbols', 'stacks', 'symbol files'],
    packages: ['node:'],
    why: 'a protocol knows its lane, not its callers',
  },
  'lane contract': {
    at: ['src/host/lane.ts', 'src/host/transport.ts'],
    may: ['lib', 'host contract'],
    packages: ['node:'],
    why: 'lane and transport are contracts',
  },
  ssh: {
    at: ['src/host/ssh/'],
    may: ['lib', 'host contract', 'lane contract', 'host core'],
    packages: ['ssh2', 'node:'],
    why: 'ssh is a transport: it knows nothing above one',
  },
  'host core': {
    at: ['src/host/'],
    may: ['lib', 'host contract', 'lane contract', 'protocols', 'sources', 'ssh', 'archives'],
    packages: ['systeminformation', 'node:'],
    why: 'a host reads; rules, panes, sessions and the screen are above it',
  },
  'terminal contract': {
    at: ['src/debugger/'],
    may: [
      'lib',
      'host contract',
      'contracts',
      'sources',
      'host core',
      'protocols',
      'symbol files',
      'symbols',
      'tracers',
    ],
    packages: ['node:'],
    why: 'the debugger knows the host contract and no screen',
  },
  collect: {
    at: ['src/collect/', 'src/v8-heap.ts'],
    may: [...PURE, 'sources', 'entities', 'findings', 'host core', 'lane contract'],
    packages: ['node:'],
    why: 'collecting knows no screen: React subscribes to it',
  },
  recording: {
    at: ['src/recording/'],
    may: [...PURE, 'sources', 'entities', 'findings', 'host core', 'archives', 'collect'],
    packages: ['node:', '@xterm/headless'],
    why: 'a recording is a host and a session; the screen is above it',
  },
  notes: {
    at: ['src/notes/'],
    may: [
      ...PURE,
      'sources',
      'entities',
      'findings',
      'incidents',
      'changes',
      'ledger',
      'correlate',
      'panes',
      'ui',
      'kit',
      'host core',
      'collect',
      'recording',
      'subsystems',
    ],
    packages: ['node:', '@xterm/headless', 'asciinema-player', 'solid-js'],
    why: 'case notes are made of recordings, not of a running app',
  },
  exports: {
    at: ['src/exports/'],
    may: [
      ...PURE,
      'sources',
      'entities',
      'findings',
      'figures',
      'incidents',
      'changes',
      'ledger',
      'correlate',
      'panes',
      'ui',
      'kit',
      'host core',
      'collect',
      'notes',
      'subsystems',
    ],
    why: 'data for other programs is made of a session, whatever it is of',
  },
  viewers: {
    at: ['src/viewers/'],
    may: ['lib'],
    packages: ['node:'],
    why: 'viewers get finished lines: what serves them knows no session',
  },
  mcp: {
    at: ['src/mcp/'],
    may: [
      ...PURE,
      'sources',
      'findings',
      'figures',
      'incidents',
      'ledger',
      'panes',
      'host core',
      'collect',
      'recording',
      'notes',
      'exports',
      'subsystems',
    ],
    packages: ['node:', '@modelcontextprotocol/sdk', 'zod'],
    why: 'tools of the MCP server read sessions: none reaches a host or starts a command',
  },
  app: {
    at: ['src/app/'],
    may: [
      ...PURE,
      'keymap',
      'sources',
      'entities',
      'findings',
      'figures',
      'incidents',
      'changes',
      'ledger',
      'correlate',
      'panes',
      'ui',
      'kit',
      'host core',
      'collect',
      'terminal contract',
      'tracers',
      'subsystems',
    ],
    packages: ['react', 'ink', 'node:', '@xterm/headless'],
    why: 'the screen knows a session, not how a host is reached',
  },
  subsystems: {
    at: ['src/subsystems/'],
    may: [
      ...PURE,
      'sources',
      'entities',
      'findings',
      'incidents',
      'changes',
      'ledger',
      'panes',
      'protocols',
      'tracers',
      'host core',
    ],
    why: 'a manifest names the parts of a subsystem',
  },
  fleet: {
    at: ['src/fleet/'],
    may: [...PURE, 'sources', 'entities', 'findings', 'incidents', 'kit', 'ui'],
    packages: ['yaml'],
    why: 'comparing hosts is pure: rows of hosts in, judgements and a pane out',
  },
  'fleet session': {
    at: ['src/fleet/live/'],
    may: [
      ...PURE,
      'fleet',
      'sources',
      'entities',
      'findings',
      'incidents',
      'host core',
      'lane contract',
      'ssh',
      'collect',
    ],
    packages: ['yaml', 'node:'],
    why: 'the session of a fleet is made of sessions of hosts; how one is reached is given to it',
  },
  commands: {
    at: ['src/commands/', 'src/cli.ts', 'src/config.ts', 'src/config/'],
    may: ['*'],
    packages: ['*'],
    why: 'commands wire everything together',
  },
};

/** The layer of a file below the root: that of the longest prefix. */
export function layerOf(file: string): string | undefined {
  let best: { readonly name: string; readonly length: number } | undefined;
  for (const [name, { at }] of Object.entries(layers))
    for (const prefix of at)
      if ((prefix.endsWith('/') ? file.startsWith(prefix) : file === prefix) && prefix.length > (best?.length ?? 0))
        best = { name, length: prefix.length };
  return best?.name;
}

/** Subsystem folder of a file in a layer with separate folders. */
const folderOf = (file: string): string => file.split('/')[2] ?? '';

/** Sentence for a forbidden import of `target` (a file below the root, or a package); undefined for an allowed one. */
export function refusedImport(file: string, target: string): string | undefined {
  const name = layerOf(file);
  if (name === undefined) return `${file}: no layer; add its folder to scripts/layers.ts`;
  const { may, packages = [], why, separate } = layers[name]!;
  const refused = (what: string): string => `${file} imports ${what}: ${why}.`;
  if (!target.startsWith('src/')) {
    const allowed = packages.some(
      (one) => one === '*' || one === target || target.startsWith(one === 'node:' ? one : `${one}/`),
    );
    return allowed ? undefined : refused(target);
  }
  const other = layerOf(target);
  if (other === undefined) return `${target}: no layer; add its folder to scripts/layers.ts`;
  if (other !== name) return may.includes('*') || may.includes(other) ? undefined : refused(`${target} (${other})`);
  return separate && folderOf(file) !== folderOf(target) ? refused(target) : undefined;
}

const IMPORT = /^(?:import|export)\s+(?:[\w$*{}\s,]+?\s+from\s+)?'([^']+)'|\bimport\('([^']+)'/gm;

/** Imports of a file: files as paths below the root, packages by name. */
export function importsOf(file: string, text: string): readonly string[] {
  return [...text.matchAll(IMPORT)].map(([, fixed, dynamic]) => {
    const [spec = ''] = (fixed ?? dynamic ?? '').split('?');
    if (!spec.startsWith('.')) return spec;
    const target = normalize(join(dirname(file), spec));
    return target.startsWith('node_modules/') ? target.slice('node_modules/'.length) : target;
  });
}

/** Sentences for all forbidden imports below `root`. */
export function refusedImports(root: string): readonly string[] {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .map((name) => join('src', name))
    .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts'));
  return files.flatMap((file) =>
    importsOf(file, readFileSync(join(root, file), 'utf8')).flatMap((target) => refusedImport(file, target) ?? []),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const refused = refusedImports(resolve(import.meta.dirname, '..'));
  for (const sentence of refused) console.error(sentence);
  console.log(refused.length === 0 ? 'layers hold' : `${refused.length} imports cross a layer`);
  process.exitCode = refused.length === 0 ? 0 : 1;
}
