import { missing, type Missing, type Reading } from '../host.ts';
import type { Lane } from '../lane.ts';
import { DaemonError } from './protocol.ts';

/** Fallback gets the reply to a request by commands, in the form of the protocol. */
export interface Fallback {
  /** Name of the command: `ovs-appctl`. */
  readonly by: string;
  /** Period, during which a reply is reused: commands are expensive. */
  readonly everySeconds: number;
  /** Daemon that serves all requests: after a timeout it gets none for a while. */
  readonly daemon?: string;
  /** Runs the commands; rejects with a DaemonError. */
  readonly reply: (run: Run) => Promise<string>;
}

export type Run = (argv: readonly string[]) => Promise<Reading<string>>;

/** Time limit of a command, longer than that of a request: a late reply serves the next one. */
const TIMEOUT_MS = 15_000;
/** Share of the period during which a reply is reused: a request at the period itself must get a new one. */
const REUSE = 0.8;
/** Time without requests to a daemon after a timeout. */
const PAUSE_MS = 30_000;

interface CachedReply {
  readonly sinceMs: number;
  readonly reply: Promise<Reading<string>>;
}

/** FallbackCommands runs fallback commands, one at a time, each once per period whatever its result. */
export class FallbackCommands {
  readonly #lane: Lane;
  readonly #onStart: (argv: readonly string[], everySeconds: number) => void;
  readonly #cache = new Map<string, CachedReply>();
  /** Pauses by daemon, with their reason. */
  readonly #pauses = new Map<string, { readonly untilMs: number; readonly why: string }>();
  /** Programs that need sudo here, and whether it permits them. */
  readonly #sudoRuns = new Map<string, boolean>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(lane: Lane, onStart: (argv: readonly string[], everySeconds: number) => void) {
    this.#lane = lane;
    this.#onStart = onStart;
  }

  /**
   * Reply by fallback. `because` is the reason that the protocol failed, and the result where no command is present.
   * `bySudoOnly`: the login user may not connect, so neither may its commands.
   */
  async request(
    key: string,
    fallback: Fallback,
    timeoutMs: number,
    because: Missing,
    bySudoOnly = false,
  ): Promise<Reading<string>> {
    const cached = this.#cache.get(key);
    const nowMs = performance.now();
    const fresh = cached !== undefined && nowMs - cached.sinceMs < fallback.everySeconds * 1000 * REUSE;
    const reply = fresh ? cached.reply : this.#queue(fallback, because, bySudoOnly);
    if (!fresh) this.#cache.set(key, { sinceMs: nowMs, reply });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Missing>((resolve) => {
      const detail = `${fallback.by}: timeout after ${timeoutMs / 1000} s`;
      timer = setTimeout(() => resolve(missing('timeout', detail)), timeoutMs);
    });
    return Promise.race([reply, late]).finally(() => clearTimeout(timer));
  }

  #queue(fallback: Fallback, because: Missing, bySudoOnly: boolean): Promise<Reading<string>> {
    const reply = this.#last.then(() => this.#reply(fallback, because, bySudoOnly));
    this.#last = reply;
    return reply;
  }

  async #reply(
    { by, everySeconds, daemon, reply }: Fallback,
    because: Missing,
    bySudoOnly: boolean,
  ): Promise<Reading<string>> {
    const startMs = performance.now();
    const pause = daemon === undefined ? undefined : this.#pauses.get(daemon);
    if (pause && startMs < pause.untilMs) return missing('timeout', `not sent: ${pause.why}`);
    let at = 0;
    const run: Run = async (argv) => {
      const reading = bySudoOnly
        ? await this.#bySudo(argv, everySeconds, NO_SUDO)
        : await this.#run(argv, everySeconds);
      if (reading.ok) at = reading.at;
      return reading;
    };
    try {
      const value = await reply(run);
      return { ok: true, value, at, tookMs: performance.now() - startMs, instead: { by, everySeconds } };
    } catch (error) {
      if (!(error instanceof DaemonError))
        return missing('failed', `${by}: ${error instanceof Error ? error.message : String(error)}`);
      if (error.why === 'timeout' && daemon !== undefined)
        this.#pauses.set(daemon, { untilMs: performance.now() + PAUSE_MS, why: error.message });
      return error.why === 'absent' ? because : missing(error.why, `${because.detail}; ${error.message}`);
    }
  }

  /** Runs a command as the login user, and where that fails by sudo. */
  async #run(argv: readonly string[], everySeconds: number): Promise<Reading<string>> {
    if (this.#sudoRuns.get(programOf(argv)) === true) return this.#start([...SUDO, ...argv], everySeconds);
    const own = await this.#start(argv, everySeconds);
    if (own.ok || own.why === 'absent' || own.why === 'timeout' || this.#lane.uid === 0) return own;
    return this.#bySudo(argv, everySeconds, own);
  }

  /** Runs a command by sudo if `sudo -l` permits it, checked once: each refusal is a line in the host's log. */
  async #bySudo(argv: readonly string[], everySeconds: number, otherwise: Missing): Promise<Reading<string>> {
    const program = programOf(argv);
    let runs = this.#sudoRuns.get(program);
    if (runs === undefined) {
      runs = (await this.#start([...SUDO_LIST, ...argv], everySeconds)).ok;
      this.#sudoRuns.set(program, runs);
    }
    return runs ? this.#start([...SUDO, ...argv], everySeconds) : otherwise;
  }

  #start(argv: readonly string[], everySeconds: number): Promise<Reading<string>> {
    this.#onStart(argv, everySeconds);
    return this.#lane.read({ kind: 'run', argv, timeoutMs: TIMEOUT_MS });
  }
}

const SUDO = ['sudo', '-n', '--'];
const SUDO_LIST = ['sudo', '-n', '-l', '--'];
/** Counts as an absent command. */
const NO_SUDO = missing('absent', 'not permitted by sudo');

const programOf = ([program = '']: readonly string[]): string => program;

/** Output of the first command that succeeds. */
export async function firstOutput(run: Run, commands: readonly (readonly string[])[]): Promise<string> {
  let outcome: Missing | undefined;
  for (const argv of commands) {
    const reading = await run(argv);
    if (reading.ok) return reading.value;
    if (reading.why !== 'absent') outcome = reading;
    // A command that hangs reached the right daemon.
    if (reading.why === 'timeout') break;
  }
  throw new DaemonError(outcome?.why ?? 'absent', outcome?.detail ?? 'no such command');
}
