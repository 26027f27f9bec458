import { randomBytes } from 'node:crypto';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { programDigest } from './audit.ts';
import { shellCommand } from '../lib/shell-quote.ts';
import { plain } from '../lib/plain.ts';
import { CollectorLane } from './collector/collector-lane.ts';
import { collectorSource } from './collector/python-source.ts';
import type { Lane } from './lane.ts';
import { ShLane } from './sh-lane.ts';
import { TransportError, type Pipe, type Transport } from './transport.ts';

const PYTHON = '/usr/bin/python3';
const SUDO = '/usr/bin/sudo';
/** Time limit of a start: sudo with PAM, then Python, took half a minute at load 11 on one CPU. */
const START_MS = 60_000;
const STDERR_WAIT_MS = 500;
/** Limit of what a login shell may print before the nonce. */
const MAX_NOISE_BYTES = 1 << 20;

/**
 * Boot program: prints its nonce, reads the length and text of a program from stdin, and executes it. Nothing is written to
 * disk, and nothing is sent before the nonce arrived: a password prompt or a forced command must not read the program.
 */
const BOOT =
  'import sys;o=sys.stdout;o.write(sys.argv[1]+" feed\\n");o.flush();exec(sys.stdin.buffer.read(int(sys.stdin.buffer.readline())))';

export interface LaneStart {
  readonly lane: Lane;
  /** Command line, for the audit log. */
  readonly command: string;
  /** Program on its stdin, for the audit log. */
  readonly program: string;
}

/** Failed start of a program; `stderr` and `exit` distinguish the reasons. */
export class StartError extends TransportError {
  readonly exit: number | undefined;
  readonly stderr: string;
  constructor(message: string, exit: number | undefined, stderr: string) {
    super(message);
    this.exit = exit;
    this.stderr = stderr;
  }
}

export const newNonce = (): string => `cc${randomBytes(16).toString('hex')}`;
/** Nonces in the output of the host. */
const NONCE = /cc[0-9a-f]{32}(?:%{1,2}cc[0-9a-f]{32})?/g;
/** Exit codes of `exec` for a program that is missing or not executable. */
const NO_PROGRAM: readonly (number | undefined)[] = [126, 127];

const pythonArgv = (nonce: string): string[] => [PYTHON, '-I', '-c', BOOT, nonce];

/** Sends a Python program to a booted interpreter, after its nonce. */
export async function feedPython(pipe: Pipe, nonce: string, source: string): Promise<void> {
  await until(pipe, `${nonce} feed\n`);
  const program = Buffer.from(source);
  pipe.stdin.write(Buffer.concat([Buffer.from(`${program.length}\n`), program]));
}

/** Arguments that start an interpreter for `feedPython`. */
export const pythonBoot = (nonce: string): readonly string[] => pythonArgv(nonce);

/** Starts a command on the host. */
type Start = (argv: readonly string[]) => Promise<Pipe>;

/** Start in the login shell, which `exec` replaces. */
const inShell =
  (transport: Transport): Start =>
  (argv) =>
    transport.exec(`exec ${shellCommand(argv)}`);

/** Start that falls back to a child of the collector where sshd grants one session (MaxSessions 1). */
const withFallback =
  (transport: Transport, user: Lane): Start =>
  async (argv) => {
    try {
      return await inShell(transport)(argv);
    } catch (error) {
      if (!user.open) throw error;
      return user.open(argv);
    }
  };

/**
 * Lane with the login user's rights: the collector, or the shell without Python. Where the collector ran before (`hadPython`)
 * a failed start means a shortage for a while, so the shell is used only when Python is missing.
 */
export async function openUserLane(transport: Transport, hadPython = false): Promise<LaneStart> {
  const start = inShell(transport);
  try {
    return await openCollector(start, []);
  } catch (error) {
    if (!(error instanceof StartError) || error.exit === undefined) throw error;
    if (hadPython && !NO_PROGRAM.includes(error.exit)) throw error;
    return openShell(start, [], error);
  }
}

/** Root lane by `sudo -n`; throws a StartError with sudo's message. */
export async function openRootLane(transport: Transport, user: Lane): Promise<LaneStart> {
  const sudo = [SUDO, '-n', '--'];
  const start = withFallback(transport, user);
  return user.kind === 'python3' ? openCollector(start, sudo) : openShell(start, sudo);
}

/**
 * Root lane by a password, which is written only after sudo printed our random prompt, so that it never reaches a shell (a
 * NOPASSWD sudo prints no prompt). One try; never in argv, environment or a log. sudo-rs adds text around the prompt, so it
 * is searched for in the output.
 */
export async function openRootLaneWithPassword(
  transport: Transport,
  user: Lane,
  password: string,
  onAsked: () => void = () => undefined,
): Promise<LaneStart> {
  const prompt = new SudoPrompt();
  const sudo = [SUDO, '-S', '-k', '-p', prompt.argument, '--'];
  const answer = (pipe: Pipe) => answerPrompt(pipe, prompt, password, onAsked);
  const start = withFallback(transport, user);
  return user.kind === 'python3' ? openCollector(start, sudo, answer) : openShell(start, sudo, undefined, answer);
}

/** Last line of an output, without our nonces. */
export const lastLine = (text: string): string | undefined =>
  text
    .replaceAll(NONCE, '')
    .trim()
    .split('\n')
    .findLast((line) => line.trim() !== '');

async function openCollector(
  start: Start,
  before: readonly string[],
  prepare?: (pipe: Pipe) => void,
): Promise<LaneStart> {
  const nonce = newNonce();
  const argv = [...before, ...pythonArgv(nonce)];
  const pipe = await start(argv);
  prepare?.(pipe);
  await feedPython(pipe, nonce, collectorSource);
  const first = await until(pipe, `${nonce} ready\n`);
  const lane = new CollectorLane(pipe, first);
  await lane.greeted;
  return { lane, command: shellCommand(argv), program: programDigest(collectorSource) };
}

async function openShell(
  start: Start,
  before: readonly string[],
  because?: StartError,
  prepare?: (pipe: Pipe) => void,
): Promise<LaneStart> {
  const nonce = newNonce();
  const argv = [...before, '/bin/sh'];
  const pipe = await start(argv);
  prepare?.(pipe);
  pipe.stdin.write(`printf '%s ready %s %s\\n' ${nonce} "$$" "$(id -u)"\n`);
  try {
    const first = await until(pipe, `${nonce} ready`);
    return { lane: new ShLane(pipe, first), command: shellCommand(argv), program: 'scripts' };
  } catch (error) {
    throw because && error instanceof StartError
      ? new StartError(
          `neither python3 nor sh starts: ${error.message}`,
          error.exit,
          `${because.stderr}\n${error.stderr}`,
        )
      : error;
  }
}

/** Reads stdout up to the mark; resolves with the bytes after it, and leaves the stream paused for the next reader. */
function until(pipe: Pipe, mark: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let seen = Buffer.alloc(0);
    let stderr = '';
    const done = () => {
      clearTimeout(timer);
      pipe.stdout.off('data', listen);
      pipe.stderr.off('data', listenStderr);
    };
    const fail = (message: string, exit: number | undefined) => {
      done();
      pipe.kill();
      reject(new StartError(message, exit, stderr));
    };
    const listen = (chunk: Buffer) => {
      seen = Buffer.concat([seen, chunk]);
      const at = seen.indexOf(mark);
      if (at >= 0) {
        done();
        pipe.stdout.pause();
        resolve(seen.subarray(at + mark.length));
      } else if (seen.length > MAX_NOISE_BYTES)
        fail(`login shell output exceeds ${MAX_NOISE_BYTES >> 20} MiB`, undefined);
    };
    const listenStderr = (chunk: Buffer) => {
      if (stderr.length < 8192) stderr += chunk.toString('utf8');
    };
    const timer = setTimeout(() => fail(`start timed out after ${START_MS / 1000} s`, undefined), START_MS);
    pipe.stdout.on('data', listen);
    pipe.stderr.on('data', listenStderr);
    const leave = async () => {
      const code = await pipe.exited;
      // An exit code may overtake the output before it.
      const output = Promise.allSettled([finished(pipe.stdout), finished(pipe.stderr)]);
      await Promise.race([output, sleep(STDERR_WAIT_MS, undefined, { ref: false })]);
      const text = `${stderr}\n${seen.toString('utf8')}`.trim().split('\n')[0] ?? '';
      fail(
        `${code === undefined ? 'no exit code' : `exit ${code}`}${text ? `: ${plain(text).slice(0, 200)}` : ''}`,
        code ?? -1,
      );
    };
    void leave();
    pipe.stdout.resume();
  });
}

/** Prompt of sudo: `%%` in the arguments, which sudo prints as `%`, so that a shell that prints its commands does not look like it. */
class SudoPrompt {
  readonly #parts = [newNonce(), newNonce()];
  readonly argument = this.#parts.join('%%');

  /** Number of prompts in the output of sudo. */
  printedIn(output: string): number {
    return output.split(this.#parts.join('%')).length - 1;
  }

  /** True when the output ends with the argument as it is, as a sudo without escapes prints it. */
  isOpenIn(output: string): boolean {
    const at = output.lastIndexOf(this.argument);
    return at >= 0 && !output.includes('\n', at);
  }
}

/** Time without output after which a prompt without escapes is one: a shell that prints the command ends its line. */
const PROMPT_QUIET_MS = 300;

function answerPrompt(pipe: Pipe, prompt: SudoPrompt, password: string, onAsked: () => void): void {
  let stderr = '';
  let answered: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  const answer = (): void => {
    answered = prompt.printedIn(stderr);
    onAsked();
    pipe.stdin.write(`${password}\n`);
  };
  pipe.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString('utf8')).slice(-65_536);
    clearTimeout(timer);
    const prompts = prompt.printedIn(stderr);
    if (answered !== undefined) {
      if (prompts > answered || (answered === 0 && prompt.isOpenIn(stderr.slice(stderr.lastIndexOf('\n') + 1))))
        pipe.kill();
    } else if (prompts > 0) answer();
    else if (prompt.isOpenIn(stderr)) timer = setTimeout(answer, PROMPT_QUIET_MS);
  });
  void pipe.exited.then(() => clearTimeout(timer));
}
