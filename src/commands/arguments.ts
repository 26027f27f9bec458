import { parseArgs } from 'node:util';
import { parseCondition, type Condition } from '../figures/condition.ts';
import type { SshOptions } from '../host/ssh/target.ts';
import { nearest } from '../lib/did-you-mean.ts';
import { themeNames, type ThemeName } from '../theme-palettes.ts';
import { UsageError } from './usage-error.ts';
import { commandEntries, optionEntries, optionList } from './command-line.ts';
import { dataCommand, isDataCommand, refuseDataOptions, type DataCommand } from './data-arguments.ts';
import { SHELLS, type Shell } from './completion.ts';

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
      /** Takes kernel stacks. */
      readonly stacks: boolean;
      /** Undefined: without a limit. */
      readonly timeoutMs: number | undefined;
      readonly redact: boolean;
    }
  | { readonly kind: 'doctor'; readonly reach: Reach }
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
    if (rest.length > 0) throw new UsageError(`unexpected argument "${rest[0]}": crashcart demo takes none`);
    return { kind: 'demo', screen, configFile, tour: values.tour ?? false };
  }
  if (values.tour) throw new UsageError('--tour is an option of demo: crashcart demo --tour');
  if (first === 'replay' || first === 'cast') {
    const [file, ...others] = rest;
    if (file === undefined) throw new UsageError(`missing FILE: crashcart ${first} FILE`);
    if (others.length > 0) throw new UsageError(`unexpected argument "${others[0]}": one recording at a time`);
    if (first === 'replay') return { kind: 'replay', file, screen, configFile };
    return { kind: 'cast', file, terminal: values.terminal, version: values.v2 ? 2 : 3 };
  }
  if (isDataCommand(first)) return dataCommand(first, rest, values, (target) => reachOf(values, target));
  refuseDataOptions(values);
  const doctor = first === 'doctor';
  const record = first === 'record';
  const report = first === 'report';
  const wait = first === 'wait';
  for (const name of ['then', 'timeout'] as const)
    if (values[name] !== undefined && !wait)
      throw new UsageError(`--${name} is an option of wait: crashcart wait HOST 'cpu > 90 % for 10 s'`);
  if (values.for !== undefined && !record && !report)
    throw new UsageError('--for is an option of record and report: crashcart record host --for 10m');
  for (const name of ['format', 'out'] as const)
    if (values[name] !== undefined && !report)
      throw new UsageError(`--${name} is an option of report: crashcart report FILE --format html --out notes.html`);
  if (values['fail-on'] !== undefined && !report)
    throw new UsageError('--fail-on is an option of report: crashcart report HOST --fail-on crit');
  if (values.short && !report) throw new UsageError('--short is an option of report: crashcart report FILE --short');
  if (values.full && values.short) throw new UsageError('--short and --full exclude each other');
  if (values.short && values.format !== undefined) throw new UsageError('--short and --format exclude each other');
  // Without a host it is this machine.
  const condition = wait ? rest.at(-1) : undefined;
  const [target, ...tooMany] = wait ? rest.slice(0, -1) : doctor || record || report ? rest : positionals;
  if (tooMany.length > 0)
    throw new UsageError(`unexpected argument "${tooMany[0]}": one host at a time${guess(target ?? '')}`);
  const reach = reachOf(values, target);
  if (doctor) return { kind: 'doctor', reach };
  const redact = values.redact ?? false;
  if (wait)
    return {
      kind: 'wait',
      reach,
      configFile,
      condition: conditionOf(condition),
      recordMs: values.record === undefined ? undefined : durationMs('--record', values.record),
      stacks: thenTool(values.then) === 'stacks',
      timeoutMs: values.timeout === undefined ? undefined : durationMs('--timeout', values.timeout),
      redact,
    };
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
  if (record) {
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
const commandNames = commandEntries.map(({ name }) => name);

/** Command that a word may be a slip of; undefined for one that is a host by its form. */
export const meantCommand = (word: string): string | undefined =>
  /^[a-z]+$/.test(word) ? nearest(word, commandNames) : undefined;

/** ` did you mean crashcart replay?` after a message about a word that may be a slip of a command. */
const guess = (word: string): string => {
  const meant = meantCommand(word);
  return meant === undefined || meant === word ? '' : `; did you mean crashcart ${meant}?`;
};

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

function thenTool(text: string | undefined): 'stacks' | undefined {
  if (text === undefined || text === 'stacks') return text;
  throw new UsageError(`--then: invalid tool "${text}", expected stacks`);
}

function wholeNumber(flag: string, text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new UsageError(`${flag}: invalid number "${text}", expected a whole number`);
  return Number(text);
}

function durationMs(flag: string, text: string): number {
  const [, number, unit = 's'] = /^(\d{1,6})([smh])?$/.exec(text) ?? [];
  const ms = Number(number) * (unit === 'h' ? 3_600_000 : unit === 'm' ? 60_000 : 1000);
  if (!(ms > 0)) throw new UsageError(`${flag}: invalid duration "${text}", expected 90s, 10m or 2h`);
  return ms;
}

function percentage(flag: string, text: string): number {
  const value = Number(text.replace(/%$/, ''));
  if (!(value > 0 && value <= 100))
    throw new UsageError(`${flag}: invalid percentage "${text}", expected above 0 and up to 100`);
  return value;
}

function notesFormat(text = 'md'): 'md' | 'html' | 'json' {
  if (text === 'md' || text === 'html' || text === 'json') return text;
  throw new UsageError(`--format: invalid format "${text}", expected md, html or json`);
}

function failOn(text: string | undefined): 'crit' | 'warn' | undefined {
  if (text === undefined || text === 'crit' || text === 'warn') return text;
  throw new UsageError(`--fail-on: invalid severity "${text}", expected crit or warn`);
}

function addressFamily(ipv4 = false, ipv6 = false): SshOptions['addressFamily'] {
  if (ipv4 && ipv6) throw new UsageError('-4 and -6 exclude each other');
  return ipv4 ? 'inet' : ipv6 ? 'inet6' : undefined;
}

function themeNamed(text: string | undefined): ThemeName | undefined {
  const name = themeNames.find((known) => known === text);
  if (text === undefined || name !== undefined) return name;
  throw new UsageError(`--theme: unknown theme "${text}", expected ${themeNames.join(', ')}`);
}

function backend(text: string | undefined): Reach['backend'] {
  if (text === undefined || text === 'ssh2' || text === 'openssh' || text === 'auto') return text;
  throw new UsageError(`--transport: invalid client "${text}", expected ssh2, openssh or auto`);
}
