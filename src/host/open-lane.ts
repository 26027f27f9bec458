import { randomBytes } from 'node:crypto';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { shellCommand } from '../lib/shell-quote.ts';
import { plain } from '../lib/plain.ts';
import { CollectorLane } from './collector/collector-lane.ts';
import { collectorSource } from './collector/python-source.ts';
import type { Lane } from './lane.ts';
import { ShLane } from './sh-lane.ts';
import { TransportError, type Pipe, type Transport } from './transport.ts';

const PYTHON = '/usr/bin/python3';
const SUDO = '/usr/bin/sudo';
/** As long as for entering: sudo with its PAM, and Python after it, take half a minute on a host at load 11 with one CPU. */
const START_MS = 60_000;
const LAST_WORDS_MS = 500;
/** A login shell may print a greeting before our first word; more than this is no greeting. */
const MAX_NOISE_BYTES = 1 << 20;

/**
 * Says its nonce, takes the program's length and text from stdin, and becomes it. Nothing of it touches the disk, and
 * nothing is sent before the nonce was seen: a password prompt, a greeting or a forced command get no program to eat.
 */
const BOOT =
  'import sys;o=sys.stdout;o.write(sys.argv[1]+" feed\\n");o.flush();exec(sys.stdin.buffer.read(int(sys.stdin.buffer.readline())))';

export interface Opened {
  readonly lane: Lane;
  /** What was started, for the audit log. */
  readonly command: string;
}

/** Why a program of ours did not start; `stderr` and `exit` tell the reasons apart. */
export class StartError extends TransportError {
  readonly exit: number | undefined;
  readonly said: string;
  constructor(message: string, exit: number | undefined, said: string) {
    super(message);
    this.exit = exit;
    this.said = said;
  }
}

export const newNonce = (): string => `cc${randomBytes(16).toString('hex')}`;
/** Any of them, in what the far side prints. */
const NONCE = /cc[0-9a-f]{32}/g;
/** `exec` could not start the program: it is not there, or is not one. */
const NO_PROGRAM: readonly (number | undefined)[] = [126, 127];

const pythonArgv = (nonce: string): string[] => [PYTHON, '-I', '-c', BOOT, nonce];

/** Any Python program of ours on a pipe: waits for its nonce, feeds the source. Returns what came after. */
export async function feedPython(pipe: Pipe, nonce: string, source: string): Promise<void> {
  await until(pipe, `${nonce} feed\n`);
  const program = Buffer.from(source);
  pipe.stdin.write(Buffer.concat([Buffer.from(`${program.length}\n`), program]));
}

/** The argv that starts a Python program for `feedPython`. */
export const pythonBoot = (nonce: string): readonly string[] => pythonArgv(nonce);

/** Starts a command on the host. */
type Start = (argv: readonly string[]) => Promise<Pipe>;

/** In the login shell, which `exec` replaces. */
const inShell =
  (transport: Transport): Start =>
  (argv) =>
    transport.exec(`exec ${shellCommand(argv)}`);

/** Where sshd grants one session only (MaxSessions 1), a second program is started by the first. */
const besides =
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
 * The collector with the login user's rights, or the shell where there is no Python. Where the collector ran before
 * (`hadPython`), one that fails is short of something for a while: the shell is for a Python that has gone.
 */
export async function openUserLane(transport: Transport, hadPython = false): Promise<Opened> {
  const start = inShell(transport);
  try {
    return await openCollector(start, []);
  } catch (error) {
    if (!(error instanceof StartError) || error.exit === undefined) throw error;
    if (hadPython && !NO_PROGRAM.includes(error.exit)) throw error;
    return openShell(start, [], error);
  }
}

/** The same as root by `sudo -n`; throws a StartError that says what sudo wants. */
export async function openRootLane(transport: Transport, user: Lane): Promise<Opened> {
  const sudo = [SUDO, '-n', '--'];
  const start = besides(transport, user);
  return user.kind === 'python3' ? openCollector(start, sudo) : openShell(start, sudo);
}

/**
 * The same with a password: it is written only after sudo printed our random prompt, so that it can never reach a shell
 * (a NOPASSWD sudo prints no prompt). One try; never in argv, environment or a log. sudo-rs puts its own words around
 * the prompt, so it is looked for as a part of the text.
 */
export async function openRootLaneWithPassword(
  transport: Transport,
  user: Lane,
  password: string,
): Promise<Opened & { readonly passwordAsked: boolean }> {
  const marker = newNonce();
  const sudo = [SUDO, '-S', '-k', '-p', marker, '--'];
  let passwordAsked = false;
  const answer = (pipe: Pipe) =>
    answerPrompt(pipe, marker, password, () => {
      passwordAsked = true;
    });
  const start = besides(transport, user);
  const opened = await (user.kind === 'python3'
    ? openCollector(start, sudo, answer)
    : openShell(start, sudo, undefined, answer));
  return { ...opened, passwordAsked };
}

/** The last line that the far side printed, without the marks that we had it print. */
export const lastLine = (text: string): string | undefined =>
  text
    .replaceAll(NONCE, '')
    .trim()
    .split('\n')
    .findLast((line) => line.trim() !== '');

async function openCollector(start: Start, before: readonly string[], prepare?: (pipe: Pipe) => void): Promise<Opened> {
  const nonce = newNonce();
  const argv = [...before, ...pythonArgv(nonce)];
  const pipe = await start(argv);
  prepare?.(pipe);
  await feedPython(pipe, nonce, collectorSource);
  const first = await until(pipe, `${nonce} ready\n`);
  const lane = new CollectorLane(pipe, first);
  await lane.greeted;
  return { lane, command: shellCommand(argv) };
}

async function openShell(
  start: Start,
  before: readonly string[],
  because?: StartError,
  prepare?: (pipe: Pipe) => void,
): Promise<Opened> {
  const nonce = newNonce();
  const argv = [...before, '/bin/sh'];
  const pipe = await start(argv);
  prepare?.(pipe);
  pipe.stdin.write(`printf '%s ready %s %s\\n' ${nonce} "$$" "$(id -u)"\n`);
  try {
    const first = await until(pipe, `${nonce} ready`);
    return { lane: new ShLane(pipe, first), command: shellCommand(argv) };
  } catch (error) {
    throw because && error instanceof StartError
      ? new StartError(
          `no program can be started on this host: ${error.message}`,
          error.exit,
          `${because.said}\n${error.said}`,
        )
      : error;
  }
}

/** Reads stdout until the words were seen; resolves with what came after them, and leaves the stream paused for the next reader. */
function until(pipe: Pipe, words: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let seen = Buffer.alloc(0);
    let said = '';
    const done = () => {
      clearTimeout(timer);
      pipe.stdout.off('data', listen);
      pipe.stderr.off('data', hear);
    };
    const fail = (message: string, exit: number | undefined) => {
      done();
      pipe.kill();
      reject(new StartError(message, exit, said));
    };
    const listen = (chunk: Buffer) => {
      seen = Buffer.concat([seen, chunk]);
      const at = seen.indexOf(words);
      if (at >= 0) {
        done();
        pipe.stdout.pause();
        resolve(seen.subarray(at + words.length));
      } else if (seen.length > MAX_NOISE_BYTES) fail('the login shell prints without end', undefined);
    };
    const hear = (chunk: Buffer) => {
      if (said.length < 8192) said += chunk.toString('utf8');
    };
    const timer = setTimeout(() => fail(`nothing started within ${START_MS / 1000} s`, undefined), START_MS);
    pipe.stdout.on('data', listen);
    pipe.stderr.on('data', hear);
    const leave = async () => {
      const code = await pipe.exited;
      // An exit code may overtake what was said before it.
      const heard = Promise.allSettled([finished(pipe.stdout), finished(pipe.stderr)]);
      await Promise.race([heard, sleep(LAST_WORDS_MS, undefined, { ref: false })]);
      const text = `${said}\n${seen.toString('utf8')}`.trim().split('\n')[0] ?? '';
      fail(`exit ${code ?? 'without a code'}${text ? `: ${plain(text).slice(0, 200)}` : ''}`, code ?? -1);
    };
    void leave();
    pipe.stdout.resume();
  });
}

function answerPrompt(pipe: Pipe, marker: string, password: string, onAsked: () => void): void {
  let said = '';
  let answered = false;
  pipe.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(-65_536);
    const prompts = said.split(marker).length - 1;
    if (prompts >= 1 && !answered) {
      answered = true;
      onAsked();
      pipe.stdin.write(`${password}\n`);
    } else if (prompts >= 2) pipe.kill();
  });
}
