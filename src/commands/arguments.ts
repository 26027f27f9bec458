import { parseArgs } from 'node:util';
import { parseCondition, type Condition } from '../figures/condition.ts';
import type { SshOptions } from '../host/ssh/target.ts';
import { didYouMean, nearest } from '../lib/did-you-mean.ts';
import type { ThemeName } from '../theme-palettes.ts';
import {
  addressFamily,
  backend,
  durationMs,
  failOn,
  notesFormat,
  percentage,
  themeNamed,
  coreFormat,
  diffFormat,
  stacksFormat,
  stacksMs,
  wholeNumber,
  type StacksFormat,
} from './argument-values.ts';
import { demos, type Demo } from './demos.ts';
import { optionEntries, optionList } from './command-line.ts';
import { SHELLS, type Shell } from './completion.ts';
import { dataCommand, isDataCommand, metricsCommand, refuseDataOptions, type DataCommand } from './data-arguments.ts';
import {
  fileFleetCommand,
  fleetRecordCommand,
  hostFleetCommand,
  isFleet,
  refuseFleetOptions,
  type FleetCommand,
  type FleetRecordCommand,
  type FleetTableCommand,
} from './fleet-arguments.ts';
import { commandGuess } from './meant-command.ts';
import { UsageError } from './usage-error.ts';

/** A parsed command line. */
export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'keys' }
  | { readonly kind: 'sources' }
  | { readonly kind: 'man' }
  | { readonly kind: 'config'; readonly what: 'example' | 'path' | 'check'; readonly configFile: string | undefined }
  | { readonly kind: 'completion'; readonly shell: Shell }
  | {
      readonly kind: 'console';
      readonly reach: Reach;
      readonly screen: ScreenOptions;
      readonly configFile: string | undefined;
      /** File of a recording that starts with the first reading. */
      readonly recordTo: string | undefined;
    }
  | {
      readonly kind: 'replay';
      /** `-` is standard input. */
      readonly file: string;
      readonly screen: ScreenOptions;
      readonly configFile: string | undefined;
    }
  | {
      readonly kind: 'demo';
      readonly demo: Demo;
      readonly screen: ScreenOptions;
      readonly configFile: string | undefined;
      /** Guided tour. */
      readonly tour: boolean;
    }
  | {
      readonly kind: 'cast';
      /** `-` is standard input. */
      readonly file: string;
      readonly terminal: string | undefined;
      readonly version: 2 | 3;
    }
  | {
      readonly kind: 'record';
      readonly reach: Reach;
      readonly configFile: string | undefined;
      readonly recordTo: string | undefined;
      readonly redact: boolean;
      /** Undefined: until a signal. */
      readonly forMs: number | undefined;
    }
  | {
      readonly kind: 'report';
      /** Host, or path of a recording. */
      readonly reach: Reach;
      readonly configFile: string | undefined;
      /** `short`: plain text of up to 15 lines. */
      readonly format: 'md' | 'html' | 'json' | 'short';
      /** Markdown with all of the notes; else up to 20 kB. */
      readonly full: boolean;
      readonly out: string | undefined;
      readonly redact: boolean;
      /** Severity from which a present incident gives exit code 3. */
      readonly failOn: 'crit' | 'warn' | undefined;
      /** Time from the first moment of a host to the last, which are compared. */
      readonly forMs: number | undefined;
    }
  | {
      readonly kind: 'wait';
      readonly reach: Reach;
      readonly configFile: string | undefined;
      readonly condition: Condition;
      /** Length of a recording after the condition is met; undefined: none. */
      readonly recordMs: number | undefined;
      /** Takes stacks of the process. */
      readonly stacks: boolean;
      /** Undefined: without a limit. */
      readonly timeoutMs: number | undefined;
      readonly redact: boolean;
    }
  | {
      readonly kind: 'core';
      readonly file: string;
      readonly format: 'text' | 'json';
      readonly out: string | undefined;
    }
  | {
      readonly kind: 'stacks-diff';
      /** Files of folded stacks. */
      readonly before: string;
      readonly after: string;
      readonly format: 'text' | 'folded';
      readonly out: string | undefined;
    }
  | {
      readonly kind: 'stacks';
      readonly reach: Reach;
      readonly configFile: string | undefined;
      /** Pid or name. */
      readonly process: string;
      /** Undefined: one reading. */
      readonly forMs: number | undefined;
      readonly format: StacksFormat;
      readonly out: string | undefined;
      readonly redact: boolean;
    }
  | { readonly kind: 'doctor'; readonly reach: Reach }
  | FleetCommand
  | FleetTableCommand
  | FleetRecordCommand
  | DataCommand;

/** Host and connection options; without a target it is this machine. */
export interface Reach {
  readonly target: string | undefined;
  readonly ssh: SshOptions;
  readonly backend: 'ssh2' | 'openssh' | 'auto' | undefined;
  readonly budgetPct: number | undefined;
  /** Disables tools and shells for the whole session. */
  readonly readOnly: boolean;
  /** `-A`, which is ignored. */
  readonly forwardAgent: boolean;
  /** `-v`: log of the SSH handshake. */
  readonly verbose: boolean;
  /** File of that log. */
  readonly logFile: string | undefined;
}

export interface ScreenOptions {
  readonly ascii: boolean | undefined;
  readonly colour: boolean | undefined;
  readonly theme: ThemeName | undefined;
  /** Pseudonyms on the screen, in the plain report, and in recordings that it starts. */
  readonly redact: boolean;
  /** Presenting mode: names redacted, keys shown. */
  readonly present: boolean;
  /** Plain text even on a terminal. */
  readonly plain: boolean;
  /** The ledger in full in plain text. */
  readonly full: boolean;
}

/** Throws a UsageError. */
export function parseCommand(argv: readonly string[]): Command {
  const { values, positionals } = parsed(argv);
  if (values.help) return { kind: 'help' };
  if (values.version) return { kind: 'version' };
  const [first, ...rest] = positionals;
  if (first === 'completion') return { kind: 'completion', shell: shellNamed(rest) };
  const asked = (['example', 'path', 'check'] as const).filter((name) => values[name]);
  if (first === 'config') {
    if (rest.length > 0) throw new UsageError(`unexpected argument "${rest[0]}": crashcart config takes none`);
    if (asked.length > 1) throw new UsageError(`--${asked[0]} and --${asked[1]} exclude each other`);
    return { kind: 'config', what: asked[0] ?? 'check', configFile: values.config };
  }
  if (asked.length > 0) throw new UsageError(`--${asked[0]} is an option of config: crashcart config --${asked[0]}`);
  if (values.diff && first !== 'stacks')
    throw new UsageError('--diff is an option of stacks: crashcart stacks --diff before.folded after.folded');
  if (values.diff) return stacksDiff(rest, values);
  if (isBare(first)) {
    if (rest.length > 0) throw new UsageError(`unexpected argument "${rest[0]}": crashcart ${first} takes none`);
    return { kind: first };
  }
  const colour = values['no-colour'] ? false : values.colour;
  const screen: ScreenOptions = {
    ascii: values.ascii,
    colour,
    theme: themeNamed(values.theme),
    plain: values.plain ?? false,
    full: values.full ?? false,
    redact: values.redact ?? false,
    present: values.present ?? false,
  };
  const configFile = values.config;
  if (first === 'demo') {
    return { kind: 'demo', demo: demoOf(rest, values.tour), screen, configFile, tour: values.tour ?? false };
  }
  if (values.tour) throw new UsageError('--tour is an option of demo: crashcart demo --tour');
  if (first === 'replay' || first === 'cast') {
    const [file, ...others] = rest;
    if (file === undefined) throw new UsageError(`missing FILE: crashcart ${first} FILE`);
    if (others.length > 0 && first === 'cast')
      throw new UsageError(`unexpected argument "${others[0]}": one recording at a time`);
    if (others.length > 0) return fileFleetCommand(rest, { reach: reachOf(values, undefined), screen, configFile });
    if (first === 'replay') return { kind: 'replay', file, screen, configFile };
    return { kind: 'cast', file, terminal: values.terminal, version: values.v2 ? 2 : 3 };
  }
  if (first === 'core') {
    const [file, ...others] = rest;
    if (file === undefined) throw new UsageError('missing FILE: crashcart core /var/crash/_usr_bin_shop.0.crash');
    if (others.length > 0) throw new UsageError(`unexpected argument "${others[0]}": one core dump at a time`);
    return { kind: 'core', file, format: coreFormat(values.format), out: values.out };
  }
  if (isDataCommand(first)) return dataCommand(first, rest, values, (target) => reachOf(values, target));
  refuseDataOptions(values);
  const doctor = first === 'doctor';
  const record = first === 'record';
  const report = first === 'report';
  const wait = first === 'wait';
  const stacks = first === 'stacks';
  for (const name of ['then', 'timeout'] as const)
    if (values[name] !== undefined && !wait)
      throw new UsageError(`--${name} is an option of wait: crashcart wait HOST 'cpu > 90 % for 10 s'`);
  if (values.for !== undefined && !record && !report && !stacks)
    throw new UsageError('--for is an option of record, report and stacks: crashcart record host --for 10m');
  for (const name of ['format', 'out'] as const)
    if (values[name] !== undefined && !report && !stacks && !(name === 'out' && record))
      throw new UsageError(
        `--${name} is an option of report, stacks and core: crashcart report FILE --format html --out notes.html`,
      );
  if (values['fail-on'] !== undefined && !report)
    throw new UsageError('--fail-on is an option of report: crashcart report HOST --fail-on crit');
  if (values.short && !report) throw new UsageError('--short is an option of report: crashcart report FILE --short');
  if (values.full && values.short) throw new UsageError('--short and --full exclude each other');
  if (values.short && values.format !== undefined) throw new UsageError('--short and --format exclude each other');
  // Without a host it is this machine.
  const last = wait || stacks ? rest.at(-1) : undefined;
  const named = wait || stacks ? rest.slice(0, -1) : doctor || record || report ? rest : positionals;
  const [target, ...tooMany] = named;
  const takesFleet = !wait && !doctor && !stacks;
  if (record && isFleet(named, values.from))
    return fleetRecordCommand(named, values, { reach: reachOf(values, undefined), configFile });
  if (takesFleet && isFleet(named, values.from))
    return hostFleetCommand(named, values, { reach: reachOf(values, undefined), screen, configFile }, report);
  refuseFleetOptions(values);
  if (tooMany.length > 0)
    throw new UsageError(`unexpected argument "${tooMany[0]}": one host at a time${commandGuess(target ?? '')}`);
  const reach = reachOf(values, target);
  if (doctor) return { kind: 'doctor', reach };
  const redact = values.redact ?? false;
  if (wait)
    return {
      kind: 'wait',
      reach,
      configFile,
      condition: conditionOf(last),
      recordMs: values.record === undefined ? undefined : durationMs('--record', values.record),
      stacks: thenTool(values.then) === 'stacks',
      timeoutMs: values.timeout === undefined ? undefined : durationMs('--timeout', values.timeout),
      redact,
    };
  if (report && values.format === 'openmetrics') return metricsCommand(values, reach);
  const recordTo = values.record;
  const forMs = values.for === undefined ? undefined : durationMs('--for', values.for);
  if (report)
    return {
      kind: 'report',
      reach,
      configFile,
      format: values.short ? 'short' : notesFormat(values.format),
      full: values.full ?? false,
      out: values.out,
      failOn: failOn(values['fail-on']),
      redact,
      forMs,
    };
  if (stacks) {
    if (last === undefined) throw new UsageError('missing PID or NAME: crashcart stacks HOST nova-compute --for 10s');
    const format = stacksFormat(values.format);
    return { kind: 'stacks', reach, configFile, process: last, forMs: forMs ?? stacksMs(format), format, out: values.out, redact }; // prettier-ignore
  }
  if (record) {
    if (values.out !== undefined) throw new UsageError('--out is of several hosts; the file of one: --record FILE');
    return { kind: 'record', reach, configFile, recordTo, redact, forMs };
  }
  return { kind: 'console', reach, screen, configFile, recordTo };
}

const reachOf = (values: OptionValues, target: string | undefined): Reach => ({
  target,
  ssh: {
    port: values.port === undefined ? undefined : wholeNumber('-p', values.port),
    login: values.login,
    identities: values.identity,
    jump: values.jump,
    bindAddress: values['bind-address'],
    addressFamily: addressFamily(values.ipv4, values.ipv6),
    compression: values.compression,
    controlPath: values['control-path'],
    configFile: values['ssh-config'],
    options: values.option,
  },
  backend: backend(values.transport),
  budgetPct: values.budget === undefined ? undefined : percentage('--budget', values.budget),
  readOnly: values['read-only'] ?? false,
  forwardAgent: values['agent-forwarding'] ?? false,
  verbose: values.verbose ?? false,
  logFile: values['log-file'],
});

/** Folders of `--rules`; of every command that loads the config file. Throws a UsageError. */
export const rulesFolders = (argv: readonly string[]): readonly string[] => parsed(argv).values.rules ?? [];

/** Options of a command line by their long names. */
export type OptionValues = ReturnType<typeof parsed>['values'];

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: optionEntries, allowPositionals: true, strict: true });
  } catch (error) {
    const message = error instanceof Error ? (error.message.split('. ')[0] ?? error.message) : String(error);
    const [, unknown] = /^Unknown option '--([^']+)'/.exec(message) ?? [];
    const near = unknown === undefined ? undefined : nearest(unknown, optionNames);
    throw new UsageError(near === undefined ? message : `${message}; did you mean --${near}?`, { cause: error });
  }
}

const optionNames = optionList.map(({ name }) => name);

/** Demo by its name; the tour walks through the first. */
function demoOf([name = demos[0].name, other]: readonly string[], tour: boolean | undefined): Demo {
  const names = demos.map((demo) => demo.name);
  const demo = demos.find((one) => one.name === name);
  if (!demo) throw new UsageError(`no demo "${name}": ${names.join(', ')}${didYouMean(name, names)}`);
  if (other !== undefined) throw new UsageError(`unexpected argument "${other}": one demo at a time`);
  if (tour && demo !== demos[0]) throw new UsageError(`--tour is of the demo ${demos[0].name}: crashcart demo --tour`);
  return demo;
}

/** Commands without arguments. */
const BARE = ['keys', 'sources', 'help', 'version', 'man'] as const;
const isBare = (word: string | undefined): word is (typeof BARE)[number] => BARE.some((name) => name === word);

function shellNamed([shell, extra]: readonly string[]): Shell {
  if (extra !== undefined) throw new UsageError(`unexpected argument "${extra}": crashcart completion SHELL`);
  const known = SHELLS.find((name) => name === shell);
  if (known === undefined)
    throw new UsageError(
      shell === undefined
        ? 'missing SHELL: crashcart completion bash|zsh|fish'
        : `completion: unknown shell "${shell}", expected bash, zsh or fish`,
    );
  return known;
}

function conditionOf(text: string | undefined): Condition {
  if (text === undefined)
    throw new UsageError("missing CONDITION: crashcart wait HOST 'osd.1 commit > 200 ms for 3 s'");
  const condition = parseCondition(text);
  if ('problem' in condition) throw new UsageError(`condition "${text}": ${condition.problem}`);
  return condition;
}

/** Differences of two files, without a host. */
function stacksDiff(files: readonly string[], values: OptionValues): Command {
  const [before, after, ...others] = files;
  if (before === undefined || after === undefined || others.length > 0)
    throw new UsageError('stacks --diff takes two files: crashcart stacks --diff before.folded after.folded');
  for (const name of ['for', 'redact'] as const)
    if (values[name] !== undefined) throw new UsageError(`--${name} is of a process on a host, not of --diff`);
  return { kind: 'stacks-diff', before, after, format: diffFormat(values.format), out: values.out };
}

function thenTool(text: string | undefined): 'stacks' | undefined {
  if (text === undefined || text === 'stacks') return text;
  throw new UsageError(`--then: invalid tool "${text}", expected stacks`);
}
