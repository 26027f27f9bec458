import type { LiveHost } from '../host/host.ts';
import { plain } from '../lib/plain.ts';
import { shellCommand } from '../lib/shell-quote.ts';
import { nearest } from '../lib/did-you-mean.ts';
import { runOf, type ToolRun } from './session.ts';

/** Command of a person on a row: `[[commands]]` of the config file. It may change the host, so each run is confirmed. */
export interface CustomCommand {
  readonly name: string;
  /** Program and arguments; a placeholder is a whole argument. No shell reads them. */
  readonly argv: readonly string[];
  /** Ids of panes; empty: all. */
  readonly panes: readonly string[];
  readonly key: string | undefined;
  readonly as: 'user' | 'root';
  readonly limitSeconds: number;
}

export const PLACEHOLDERS = ['id', 'name', 'pid'] as const;
export type Placeholder = (typeof PLACEHOLDERS)[number];

/** Values of a row for placeholders; one that the row does not have is missing. */
export type RowValues = Readonly<Partial<Record<Placeholder, string>>>;

const PLACEHOLDER = /\{(\w+)\}/g;
const WHOLE = /^\{(\w+)\}$/;

/** Programs that run an argument as a program of theirs. */
const INTERPRETERS = /^(?:(?:ba|da|a|z|k|mk|fi)?sh|busybox|python[\d.]*|perl|ruby|node|lua|tclsh|g?awk|mawk|xargs|env|sudo|su|nsenter|eval)$/; // prettier-ignore
/** Programs that join their arguments into the line of a shell: ssh(1), watch(1), parallel(1). */
const JOINERS = /^(?:ssh|watch|parallel|eval)$/;
/** Option whose argument is a program: `sh -c`, `python3 -Ic`, `perl -e`, `node -p`. */
const RUNS_NEXT = /^-\w*[ceEp]$/;

const baseName = (argument: string): string => argument.split('/').at(-1) ?? '';

/** Reason why a command of a config file is refused; undefined for one that can run. */
export function commandProblem(argv: readonly string[]): string | undefined {
  const [program = ''] = argv;
  if (program === '' || program.search(PLACEHOLDER) >= 0) return 'the program must be a fixed name';
  for (const [i, argument] of argv.entries()) {
    if (argument.includes('\0')) return 'an argument cannot hold a NUL byte';
    for (const [, name = ''] of argument.matchAll(PLACEHOLDER)) {
      if (!PLACEHOLDERS.some((known) => known === name)) {
        const near = nearest(name, PLACEHOLDERS);
        return `unknown {${name}}${near === undefined ? '; valid: {id}, {name}, {pid}' : `; did you mean {${near}}?`}`;
      }
      if (!WHOLE.test(argument)) return `{${name}} must be a whole argument: "{${name}}"`;
      const problem = name === 'pid' ? undefined : runProblem(name, argv.slice(0, i));
      if (problem !== undefined) return problem;
    }
  }
  return undefined;
}

/** Reason why a program would run the text of a placeholder, also one behind `timeout`, `sudo` or `docker exec`. */
function runProblem(name: string, before: readonly string[]): string | undefined {
  const [program = ''] = before;
  const last = before.at(-1) ?? '';
  const joiner = before.find((one) => JOINERS.test(baseName(one)));
  if (joiner !== undefined) return `{${name}} would be read by a shell, since ${joiner} joins its arguments`;
  const isOption = INTERPRETERS.test(baseName(program)) ? /^-[^-]*$/ : RUNS_NEXT;
  if (before.some((one) => INTERPRETERS.test(baseName(one))) && isOption.test(last))
    return `{${name}} after ${last} would be run as a program: pass it as an argument of the program`;
  // The argument after a program of -c is its $0.
  const isZero = RUNS_NEXT.test(before.at(-3) ?? '');
  return INTERPRETERS.test(baseName(last)) && !isZero ? `{${name}} would be run as a program by ${last}` : undefined;
}

/** Arguments with the values of a row, each in its own argument; a sentence where one is missing or could be an option. */
export function argvFor({ argv }: Pick<CustomCommand, 'argv'>, row: RowValues): readonly string[] | string {
  const filled: string[] = [];
  for (const argument of argv) {
    const name = PLACEHOLDERS.find((one) => argument === `{${one}}`);
    if (name === undefined) {
      filled.push(argument);
      continue;
    }
    const value = row[name];
    if (value === undefined || value === '') return `the selected row has no ${name}`;
    if (value.startsWith('-')) return `${name} ${plain(value)} would be an option of the command`;
    if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u2400-\u2421\uFFFD]/u.test(value)) return `${name} has control characters`;
    filled.push(value);
  }
  return filled;
}

/** Whether a command is about the selected row. */
export const needsRow = ({ argv }: Pick<CustomCommand, 'argv'>): boolean =>
  argv.some((argument) => WHOLE.test(argument));

/** Starts a command, with its time limited on the host. Rejects with the reason. */
export async function startCommand(
  live: LiveHost,
  command: CustomCommand,
  argv: readonly string[],
  size: { readonly columns: number; readonly rows: number },
): Promise<ToolRun> {
  const attachment = await live.attach({
    argv: ['timeout', '-s', 'INT', '-k', '5', String(command.limitSeconds), ...argv],
    as: command.as,
    ...size,
    keepAll: false,
    reason: `command "${command.name}" of the config file, confirmed by the engineer`,
  });
  const tool = { title: command.name, interactive: true };
  return runOf(tool, shellCommand(argv), attachment, false, ({ exitCode, detail }) => {
    if (exitCode === 124) return `ended at its time limit of ${command.limitSeconds} s`;
    if (exitCode === 127) return `${argv[0]}: command not found`;
    return exitCode === undefined ? detail : `exit code ${exitCode}`;
  });
}
