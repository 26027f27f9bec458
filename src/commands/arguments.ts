import { parseArgs } from 'node:util';
import type { SshOptions } from '../host/ssh/target.ts';

/** A parsed command line. */
export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'keys' }
  | { readonly kind: 'sources' }
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
  | { readonly kind: 'demo'; readonly screen: ScreenOptions; readonly configFile: string | undefined }
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
  | { readonly kind: 'doctor'; readonly reach: Reach };

/** Host and connection options; without a target it is this machine. */
export interface Reach {
  readonly target: string | undefined;
  readonly ssh: SshOptions;
  readonly backend: 'ssh2' | 'openssh' | 'auto' | undefined;
  readonly budgetPct: number | undefined;
  /** Disables tools and shells for the whole session. */
  readonly readOnly: boolean;
}

export interface ScreenOptions {
  readonly ascii: boolean | undefined;
  readonly colour: boolean | undefined;
  /** Pseudonyms on the screen, in the plain report, and in recordings that it starts. */
  readonly redact: boolean;
  /** Presenting mode: names redacted, keys shown. */
  readonly present: boolean;
  /** Plain text even on a terminal. */
  readonly plain: boolean;
  /** The ledger in full in plain text. */
  readonly full: boolean;
}

/** Invalid command line, described in one sentence that quotes the argument. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const USAGE = `crashcart: live triage of a Linux host over one SSH connection, read-only

  crashcart                      this machine
  crashcart [user@]host          a host, resolved as by ssh (~/.ssh/config, agent, known_hosts)
  crashcart demo                 the bundled recording of a host with many faults
  crashcart doctor [host]        what can be read there, what cannot, why, and how to fix it
  crashcart replay FILE          a recording on the same screen; - reads it from standard input
                                 also a sosreport, or a recorded host (NAME.txtar or its folder);
                                 a folder or archive of several sosreports: FOLDER/REPORT, ARCHIVE/REPORT
  crashcart record [host]        records without a screen; --for 10m, --record FILE
  crashcart report FILE|host     case notes of a recording or a host: --format md|html|json, --out FILE, --redact;
                                 --short: up to 15 lines for a comment in a case;
                                 --full: Markdown of any size (else 20 kB), with tables, panes and all reads;
                                 --fail-on crit|warn: exit code 3 with such an incident;
                                 --for 1m on a host adds the changes in that time
  crashcart cast FILE            the screen of a recording as an asciicast (v3; --v2 for asciinema 2);
                                 --terminal NAME selects the terminal of a tool
  crashcart sources              every file and command that may be read, how often, and why
  crashcart keys                 every key

As in ssh:  -p PORT  -l USER  -i KEY  -J JUMP  -F CONFIG  -o OPTION=VALUE
  --transport ssh2|openssh|auto  SSH client; auto takes the system's ssh where ssh2 cannot (certificates, sk keys, GSSAPI)
  --budget PERCENT               limit of CPU time for readings, percent of one CPU of the host (default 2)
  --record FILE                  record from the first reading (R starts and stops a recording at any time)
  --redact                       pseudonyms for names, addresses and ids: on the screen (X toggles), in recordings, in reports
  --present                      presenting mode from the first frame (P): names redacted, keys shown
  --read-only                    no gdb, strace or shell in this session; cannot be lifted within it
  --for DURATION                 length of a record or report: 90s, 10m, 2h
  --config FILE                  config file (default $XDG_CONFIG_HOME/crashcart/config.toml)
  --plain                        plain text report, also the default when standard output is not a terminal; --full: with the ledger
  --ascii  --colour  --no-colour rendering; NO_COLOR is respected
  -h, --help   -V, --version

Exit code: 0 something was shown, 1 nothing could be shown, 2 invalid command line or config, 3 by --fail-on.
`;

const options = {
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'V' },
  port: { type: 'string', short: 'p' },
  login: { type: 'string', short: 'l' },
  identity: { type: 'string', short: 'i', multiple: true },
  jump: { type: 'string', short: 'J' },
  'ssh-config': { type: 'string', short: 'F' },
  option: { type: 'string', short: 'o', multiple: true },
  transport: { type: 'string' },
  budget: { type: 'string' },
  config: { type: 'string' },
  record: { type: 'string' },
  for: { type: 'string' },
  'read-only': { type: 'boolean' },
  redact: { type: 'boolean' },
  present: { type: 'boolean' },
  format: { type: 'string' },
  out: { type: 'string' },
  short: { type: 'boolean' },
  full: { type: 'boolean' },
  'fail-on': { type: 'string' },
  terminal: { type: 'string' },
  v2: { type: 'boolean' },
  plain: { type: 'boolean' },
  ascii: { type: 'boolean' },
  colour: { type: 'boolean' },
  'no-colour': { type: 'boolean' },
} as const;

/** Throws a UsageError. */
export function parseCommand(argv: readonly string[]): Command {
  const { values, positionals } = parsed(argv);
  if (values.help) return { kind: 'help' };
  if (values.version) return { kind: 'version' };
  const [first, ...rest] = positionals;
  if (first === 'keys' || first === 'sources') {
    if (rest.length > 0) throw new UsageError(`unexpected argument "${rest[0]}": crashcart ${first} takes none`);
    return { kind: first };
  }
  const colour = values['no-colour'] ? false : values.colour;
  const screen: ScreenOptions = {
    ascii: values.ascii,
    colour,
    plain: values.plain ?? false,
    full: values.full ?? false,
    redact: values.redact ?? false,
    present: values.present ?? false,
  };
  const configFile = values.config;
  if (first === 'demo') {
    if (rest.length > 0) throw new UsageError(`unexpected argument "${rest[0]}": crashcart demo takes none`);
    return { kind: 'demo', screen, configFile };
  }
  if (first === 'replay' || first === 'cast') {
    const [file, ...others] = rest;
    if (file === undefined) throw new UsageError(`missing FILE: crashcart ${first} FILE`);
    if (others.length > 0) throw new UsageError(`unexpected argument "${others[0]}": one recording at a time`);
    if (first === 'replay') return { kind: 'replay', file, screen, configFile };
    return { kind: 'cast', file, terminal: values.terminal, version: values.v2 ? 2 : 3 };
  }
  const doctor = first === 'doctor';
  const record = first === 'record';
  const report = first === 'report';
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
  const [target, ...tooMany] = doctor || record || report ? rest : positionals;
  if (tooMany.length > 0) throw new UsageError(`unexpected argument "${tooMany[0]}": one host at a time`);
  const reach: Reach = {
    target,
    ssh: {
      port: values.port === undefined ? undefined : wholeNumber('-p', values.port),
      login: values.login,
      identities: values.identity,
      jump: values.jump,
      configFile: values['ssh-config'],
      options: values.option,
    },
    backend: backend(values.transport),
    budgetPct: values.budget === undefined ? undefined : percentage('--budget', values.budget),
    readOnly: values['read-only'] ?? false,
  };
  if (doctor) return { kind: 'doctor', reach };
  const recordTo = values.record;
  const redact = values.redact ?? false;
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

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? (error.message.split('. ')[0] ?? error.message) : String(error), {
      cause: error,
    });
  }
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

function backend(text: string | undefined): Reach['backend'] {
  if (text === undefined || text === 'ssh2' || text === 'openssh' || text === 'auto') return text;
  throw new UsageError(`--transport: invalid client "${text}", expected ssh2, openssh or auto`);
}
