import { parseArgs } from 'node:util';
import type { SshOptions } from '../host/ssh/target.ts';

/** What the command line asks for. */
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
      /** Record from the first reading on, into this file. */
      readonly recordTo: string | undefined;
      /** Names have stand-ins, on the screen and in recordings. */
      readonly redact: boolean;
    }
  | {
      readonly kind: 'replay';
      /** `-` is the standard input. */
      readonly file: string;
      readonly screen: ScreenOptions;
      readonly configFile: string | undefined;
    }
  | { readonly kind: 'demo'; readonly screen: ScreenOptions; readonly configFile: string | undefined }
  | {
      readonly kind: 'cast';
      /** `-` is the standard input. */
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
      /** Until told to end, without it. */
      readonly forMs: number | undefined;
    }
  | {
      readonly kind: 'report';
      /** Its target may be a file: a recording. */
      readonly reach: Reach;
      readonly configFile: string | undefined;
      readonly format: 'md' | 'html' | 'json';
      readonly out: string | undefined;
      readonly redact: boolean;
      /** How long a host is watched after its first moment, which the last one is then compared with. */
      readonly forMs: number | undefined;
    }
  | { readonly kind: 'doctor'; readonly reach: Reach };

/** Which host and by which way; without a target it is this machine. */
export interface Reach {
  readonly target: string | undefined;
  readonly ssh: SshOptions;
  readonly backend: 'ssh2' | 'openssh' | 'auto' | undefined;
  readonly budgetPct: number | undefined;
  /** No tool and no shell, for the whole session. */
  readonly readOnly: boolean;
}

export interface ScreenOptions {
  readonly ascii: boolean | undefined;
  readonly colour: boolean | undefined;
  /** For a screen that others see. */
  readonly present: boolean;
  /** Plain text although this is a terminal. */
  readonly plain: boolean;
}

/** A command line that cannot be understood: one sentence that names the word. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const USAGE = `crashcart: live triage of a Linux host, over one SSH connection, read-only

  crashcart                      this machine
  crashcart [user@]host          a host, as ssh knows it (~/.ssh/config, agent, known_hosts)
  crashcart demo                 a recording of a host with much amiss that comes with the program
  crashcart doctor [host]        what can be read there, what not, why, and the mend
  crashcart replay FILE          a recording, on the same screen; - reads it from a pipe
                                 also a sosreport, or a recorded host (NAME.txtar or its folder)
  crashcart record [host]        records without a screen; --for 10m, --record FILE
  crashcart report FILE|host     case notes of a recording or a host: --format md|html|json, --out FILE, --redact; of a
                                 host with --for 1m also what changed in that time
  crashcart cast FILE            the screen in a recording as an asciicast (v3; --v2 for asciinema 2), to play or share;
                                 --terminal NAME for a tool's terminal instead
  crashcart sources              every file and command that may be read, how often, and why
  crashcart keys                 every key

As in ssh:  -p PORT  -l USER  -i KEY  -J JUMP  -F CONFIG  -o OPTION=VALUE
  --transport ssh2|openssh|auto  how to connect; auto takes the system's ssh where ssh2 cannot (certificates, sk keys, GSSAPI)
  --budget PERCENT               most that reading may take of one CPU of the host (2)
  --record FILE                  record from the first reading on (R begins and ends one at any time)
  --redact                       stand-ins for names, addresses and ids, on the screen (X lifts it), in recordings and reports
  --present                      for a screen that others see, from the first line on (P): names hidden, keys shown
  --read-only                    no gdb, strace or shell in this session, and no way to lift that within it
  --for DURATION                 with record and report: 90s, 10m, 2h
  --config FILE                  instead of $XDG_CONFIG_HOME/crashcart/config.toml
  --plain                        a plain text report instead of the screen; so it is when the output is no terminal
  --ascii  --colour  --no-colour how to draw; NO_COLOR is heeded
  -h, --help   -V, --version

Exit code: 0 when something was shown, 1 when nothing could be, 2 for a command line that cannot be understood.
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
    if (rest.length > 0) throw new UsageError(`"crashcart ${first}" takes no "${rest[0]}"`);
    return { kind: first };
  }
  const colour = values['no-colour'] ? false : values.colour;
  const screen: ScreenOptions = {
    ascii: values.ascii,
    colour,
    plain: values.plain ?? false,
    present: values.present ?? false,
  };
  const configFile = values.config;
  if (first === 'demo') {
    if (rest.length > 0) throw new UsageError(`"crashcart demo" takes no "${rest[0]}"`);
    return { kind: 'demo', screen, configFile };
  }
  if (first === 'replay' || first === 'cast') {
    const [file, ...others] = rest;
    if (file === undefined) throw new UsageError(`${first} which file?`);
    if (others.length > 0) throw new UsageError(`one recording at a time: what is "${others[0]}"?`);
    if (first === 'replay') return { kind: 'replay', file, screen, configFile };
    return { kind: 'cast', file, terminal: values.terminal, version: values.v2 ? 2 : 3 };
  }
  const doctor = first === 'doctor';
  const record = first === 'record';
  const report = first === 'report';
  if (values.for !== undefined && !record && !report)
    throw new UsageError('--for goes with record and report: crashcart record host --for 10m');
  for (const name of ['format', 'out'] as const)
    if (values[name] !== undefined && !report)
      throw new UsageError(`--${name} goes with report: crashcart report FILE --format html --out notes.html`);
  const [target, ...tooMany] = doctor || record || report ? rest : positionals;
  if (tooMany.length > 0) throw new UsageError(`one host at a time: what is "${tooMany[0]}"?`);
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
    return { kind: 'report', reach, configFile, format: notesFormat(values.format), out: values.out, redact, forMs };
  if (record) {
    return { kind: 'record', reach, configFile, recordTo, redact, forMs };
  }
  return { kind: 'console', reach, screen, configFile, recordTo, redact };
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
  if (!/^\d{1,6}$/.test(text)) throw new UsageError(`${flag} takes a whole number, not "${text}"`);
  return Number(text);
}

function durationMs(flag: string, text: string): number {
  const [, number, unit = 's'] = /^(\d{1,6})([smh])?$/.exec(text) ?? [];
  const ms = Number(number) * (unit === 'h' ? 3_600_000 : unit === 'm' ? 60_000 : 1000);
  if (!(ms > 0)) throw new UsageError(`${flag} takes a duration such as 90s, 10m or 2h, not "${text}"`);
  return ms;
}

function percentage(flag: string, text: string): number {
  const value = Number(text.replace(/%$/, ''));
  if (!(value > 0 && value <= 100))
    throw new UsageError(`${flag} takes a percentage above 0 and up to 100, not "${text}"`);
  return value;
}

function notesFormat(text = 'md'): 'md' | 'html' | 'json' {
  if (text === 'md' || text === 'html' || text === 'json') return text;
  throw new UsageError(`--format is md, html or json, not "${text}"`);
}

function backend(text: string | undefined): Reach['backend'] {
  if (text === undefined || text === 'ssh2' || text === 'openssh' || text === 'auto') return text;
  throw new UsageError(`--transport is ssh2, openssh or auto, not "${text}"`);
}
