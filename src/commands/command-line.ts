import { demos } from './demos.ts';
import { themeNames } from '../theme-palettes.ts';

/** Commands and options as data: source of the usage, the completions, the manual page and the suggestions. */
export interface CommandEntry {
  readonly name: string;
  /** Argument in the usage: `FILE`, `[host]`. */
  readonly argument?: string;
  /** Fixed words that it takes. */
  readonly words?: readonly string[];
  /** Argument to complete. */
  readonly completes?: 'file' | 'host' | 'file or host';
  readonly about: string;
}

export const commandEntries: readonly CommandEntry[] = [
  {
    name: 'demo',
    argument: `[${demos.map(({ name }) => name).join('|')}]`,
    words: demos.map(({ name }) => name),
    about: `a bundled recording: ${demos.map(({ name, about }) => `${name}, ${about}`).join('; ')}; --tour walks through one incident`,
  },
  {
    name: 'doctor',
    argument: '[host]',
    completes: 'host',
    about: 'what can be read there, what cannot, why, and how to fix it',
  },
  {
    name: 'replay',
    argument: 'FILE...',
    completes: 'file',
    about:
      'a recording on the same screen, several as a matrix of hosts; - reads it from standard input; also a sosreport, or a recorded host (NAME.txtar or its folder); one of several sosreports: FOLDER/REPORT, ARCHIVE/REPORT',
  },
  {
    name: 'record',
    argument: '[host]',
    completes: 'host',
    about:
      'records without a screen; --for 10m, --record FILE; several hosts into a folder: --out DIR, which replay opens',
  },
  {
    name: 'wait',
    argument: '[host] CONDITION',
    completes: 'host',
    about:
      "waits until a figure of a pane is beyond a limit for a time: 'osd.1 commit > 200 ms for 3 s'; prints time and value",
  },
  {
    name: 'stacks',
    argument: '[host] PID|NAME',
    completes: 'host',
    about:
      'stacks of a process, kernel and runtime, without stopping it: once as text; --for 10s samples them; --format folded, pprof, speedscope or svg (10 s by default); --diff BEFORE AFTER compares two files of folded stacks',
  },
  {
    name: 'core',
    argument: 'FILE',
    completes: 'file',
    about:
      'stacks of a core dump in a file of this machine, also compressed (zstd, lz4, xz, gzip) and in a report of apport (NAME.crash); --format json',
  },
  {
    name: 'report',
    argument: 'FILE|host...',
    completes: 'file or host',
    about:
      'case notes of a recording or a host, of several hosts the matrix (--format json); --for 1m on a host adds the changes in that time',
  },
  {
    name: 'table',
    argument: '[host|FILE] PANE.SECTION',
    completes: 'file or host',
    about: 'a table of a pane for other programs, units in the names of columns; --list has all tables',
  },
  {
    name: 'export',
    argument: '[host|FILE]',
    completes: 'file or host',
    about:
      'figures and incidents for Prometheus: OpenMetrics over HTTP at --listen 127.0.0.1:PORT until it is interrupted; once: report --format openmetrics',
  },
  {
    name: 'cut',
    argument: 'FILE',
    completes: 'file',
    about: 'a slice of a recording that replays alone: --from T --to T --out FILE; with --redact pseudonyms',
  },
  {
    name: 'watch',
    argument: 'SOCKET|127.0.0.1:PORT',
    about: 'the screen of a crashcart that shares it (@), read-only and redacted; --ticket for a port',
  },
  {
    name: 'mcp',
    argument: '[host|FILE...]',
    completes: 'file or host',
    about:
      'read-only MCP server on standard input and output: incidents, tables, readings for an assistant; names redacted',
  },
  {
    name: 'cast',
    argument: 'FILE',
    completes: 'file',
    about: 'the screen of a recording as an asciicast, v3',
  },
  { name: 'config', about: 'checks the config file; --example prints all settings, --path where it is' },
  { name: 'sources', about: 'every file and command that may be read, how often, and why' },
  { name: 'keys', about: 'every key' },
  {
    name: 'completion',
    argument: 'SHELL',
    words: ['bash', 'zsh', 'fish'],
    about: 'completions: eval "$(crashcart completion bash)"; zsh; fish',
  },
  { name: 'man', about: 'the manual page: crashcart man | man -l -' },
  { name: 'help', about: 'this page' },
  { name: 'version', about: 'the version' },
];

export interface OptionEntry {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  readonly multiple?: boolean;
  /** Name of the value in the usage. */
  readonly value?: string;
  readonly words?: readonly string[];
  readonly group:
    | 'ssh'
    | 'general'
    | 'wait'
    | 'report'
    | 'table'
    | 'mcp'
    | 'export'
    | 'cut'
    | 'watch'
    | 'cast'
    | 'config'
    | 'meta';
  readonly about: string;
}

/** Options by their long names, as `parseArgs` of Node takes them. */
export const optionEntries = {
  port: { type: 'string', short: 'p', value: 'PORT', group: 'ssh', about: 'port' },
  login: { type: 'string', short: 'l', value: 'USER', group: 'ssh', about: 'login user' },
  identity: { type: 'string', short: 'i', multiple: true, value: 'KEY', group: 'ssh', about: 'private key' },
  jump: { type: 'string', short: 'J', value: 'JUMP', group: 'ssh', about: 'jump host' },
  'ssh-config': { type: 'string', short: 'F', value: 'CONFIG', group: 'ssh', about: 'config file of ssh' },
  option: { type: 'string', short: 'o', multiple: true, value: 'OPTION=VALUE', group: 'ssh', about: 'option of ssh' },
  'bind-address': {
    type: 'string',
    short: 'b',
    value: 'ADDRESS',
    group: 'ssh',
    about: 'local address to connect from',
  },
  ipv4: { type: 'boolean', short: '4', group: 'ssh', about: 'IPv4 only' },
  ipv6: { type: 'boolean', short: '6', group: 'ssh', about: 'IPv6 only' },
  compression: { type: 'boolean', short: 'C', group: 'ssh', about: 'compression of the connection' },
  'control-path': {
    type: 'string',
    short: 'S',
    value: 'SOCKET',
    group: 'ssh',
    about: 'running ControlMaster to join, as ControlPath of the config; none joins none',
  },
  'agent-forwarding': { type: 'boolean', short: 'A', group: 'ssh', about: 'ignored: the agent is never forwarded' },
  verbose: {
    type: 'boolean',
    short: 'v',
    group: 'ssh',
    about: 'log of the handshake on standard error; with a screen, while it connects and after it closed',
  },
  'log-file': { type: 'string', short: 'E', value: 'FILE', group: 'ssh', about: 'file of this log' },
  transport: {
    type: 'string',
    value: 'CLIENT',
    words: ['ssh2', 'openssh', 'auto'],
    group: 'general',
    about: "SSH client; auto takes the system's ssh where ssh2 cannot (certificates, sk keys, GSSAPI)",
  },
  from: {
    type: 'string',
    value: 'SOURCE|TIME',
    group: 'general',
    about:
      'hosts of a source, all or those named (@group): ssh, ansible:FILE, maas:FILE, juju, ceph, openstack, k8s; juju:FILE reads saved output; of cut: start of the slice',
  },
  yes: { type: 'boolean', short: 'y', group: 'general', about: 'connects to several hosts without asking' },
  budget: {
    type: 'string',
    value: 'PERCENT',
    group: 'general',
    about: 'limit of CPU time for readings, percent of one CPU of the host (default 2)',
  },
  record: {
    type: 'string',
    value: 'FILE',
    group: 'general',
    about:
      'record from the first reading (R starts and stops a recording at any time); of wait: 60s, from a minute before',
  },
  redact: {
    type: 'boolean',
    group: 'general',
    about: 'pseudonyms for names, addresses and ids: on the screen (X toggles), in recordings, in reports',
  },
  present: {
    type: 'boolean',
    group: 'general',
    about: 'presenting mode from the first frame (P): names redacted, keys shown',
  },
  'read-only': {
    type: 'boolean',
    group: 'general',
    about: 'no gdb, strace, shell or command of the config file in this session; cannot be lifted within it',
  },
  for: {
    type: 'string',
    value: 'DURATION',
    group: 'general',
    about: 'length of a record, report or sample of stacks: 90s, 10m, 2h',
  },
  config: {
    type: 'string',
    value: 'FILE',
    group: 'general',
    about: 'config file (default $XDG_CONFIG_HOME/crashcart/config.toml)',
  },
  rules: {
    type: 'string',
    value: 'DIR',
    multiple: true,
    group: 'general',
    about:
      'known trouble of your own: a checkout of hotsos (scenarios without Python), OSV or USN documents of Debian or Ubuntu',
  },
  plain: {
    type: 'boolean',
    group: 'general',
    about: 'plain text report, also the default when standard output is not a terminal',
  },
  full: {
    type: 'boolean',
    group: 'general',
    about: 'the plain report with the ledger; Markdown of any size (else 20 kB), with tables, panes and all reads',
  },
  tour: { type: 'boolean', group: 'general', about: 'the demo with a guided tour, two minutes' },
  theme: {
    type: 'string',
    value: 'NAME',
    words: themeNames,
    group: 'general',
    about: `colours: ${themeNames.join(', ')} (default: dark or light by the background of the terminal)`,
  },
  ascii: { type: 'boolean', group: 'general', about: 'only ASCII characters' },
  colour: { type: 'boolean', group: 'general', about: 'colours, also with NO_COLOR' },
  'no-colour': { type: 'boolean', group: 'general', about: 'no colours' },
  format: {
    type: 'string',
    value: 'FORMAT',
    words: ['md', 'html', 'json', 'openmetrics', 'text', 'csv', 'ndjson', 'folded', 'pprof', 'speedscope', 'svg'],
    group: 'report',
    about:
      'md, html, json or openmetrics; of table: text, csv, ndjson or json; of stacks: text, folded, pprof, speedscope or svg',
  },
  out: { type: 'string', value: 'FILE', group: 'report', about: 'file of the notes, the stacks or a slice' },
  diff: {
    type: 'boolean',
    group: 'report',
    about: 'of stacks: what grew and shrank between two files of folded stacks; --format folded for flamegraph.pl',
  },
  short: { type: 'boolean', group: 'report', about: 'up to 15 lines for a comment in a case' },
  'fail-on': {
    type: 'string',
    value: 'SEVERITY',
    words: ['crit', 'warn'],
    group: 'report',
    about: 'exit code 3 with such an incident',
  },
  // oxlint-disable-next-line unicorn/no-thenable -- the name of an option: the object is never awaited
  then: {
    type: 'string',
    value: 'TOOL',
    words: ['stacks'],
    group: 'wait',
    about: 'stacks of the process of the object, kernel and runtime, without stopping it',
  },
  timeout: { type: 'string', value: 'DURATION', group: 'wait', about: 'exit code 3 after that time: 90s, 10m, 2h' },
  list: { type: 'boolean', group: 'table', about: 'all tables with their columns' },
  filter: { type: 'string', value: 'REGEX', group: 'table', about: 'rows that match; !REGEX rows that do not' },
  sort: {
    type: 'string',
    value: 'COLUMN',
    group: 'table',
    about: 'order, COLUMN:asc or COLUMN:desc (default: figures descending, texts ascending)',
  },
  differences: { type: 'boolean', group: 'table', about: 'of several hosts only rows on which they differ' },
  columns: { type: 'string', value: 'NAMES', group: 'table', about: 'columns, separated by commas' },
  'no-redact': { type: 'boolean', group: 'mcp', about: 'names, addresses and ids as they are; secrets stay masked' },
  listen: {
    type: 'string',
    value: 'ADDRESS:PORT',
    group: 'export',
    about: 'loopback address, 127.0.0.1:9465 or [::1]:9465, path /metrics; port 0 takes a free one',
  },
  to: {
    type: 'string',
    value: 'TIME',
    group: 'cut',
    about:
      'end, as the start in --from: 2026-05-01T14:02:00Z, 14:02:10 (UTC), +5m after the start, =-30s before the end, a marker or #2',
  },
  ticket: {
    type: 'string',
    value: 'TICKET',
    group: 'watch',
    about: 'one-time ticket, shown where the screen is shared',
  },
  terminal: { type: 'string', value: 'NAME', group: 'cast', about: 'terminal of a tool' },
  v2: { type: 'boolean', group: 'cast', about: 'asciicast v2, for asciinema 2' },
  example: { type: 'boolean', group: 'config', about: 'a config file with every setting as a comment' },
  path: { type: 'boolean', group: 'config', about: 'path of the config file' },
  check: { type: 'boolean', group: 'config', about: 'errors of the config file, with the line (default)' },
  help: { type: 'boolean', short: 'h', group: 'meta', about: 'this page' },
  version: { type: 'boolean', short: 'V', group: 'meta', about: 'the version' },
} as const satisfies Readonly<Record<string, OptionEntry>>;

/** Options with their names, in order. */
export const optionList: readonly (OptionEntry & { readonly name: string })[] = Object.entries(optionEntries).map(
  ([name, option]) => ({ name, ...option }),
);

export const TITLE = 'live triage of a Linux host over one SSH connection, read-only';
export const EXIT_CODES =
  'Exit code: 0 something was shown, 1 nothing could be shown, 2 invalid command line or config, 3 by --fail-on or --timeout.';

/** Groups of options, with their titles. */
export const OPTION_GROUPS = [
  ['ssh', 'As in ssh:'],
  ['general', 'Options:'],
  ['wait', 'Of wait:'],
  ['report', 'Of report and stacks:'],
  ['table', 'Of table:'],
  ['mcp', 'Of mcp:'],
  ['export', 'Of export:'],
  ['cut', 'Of cut:'],
  ['watch', 'Of watch:'],
  ['cast', 'Of cast:'],
  ['config', 'Of config:'],
  ['meta', ''],
] as const satisfies readonly (readonly [OptionEntry['group'], string])[];
