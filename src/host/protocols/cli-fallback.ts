import { missing, type Missing, type Reading } from '../host.ts';
import type { Lane } from '../lane.ts';
import { TalkError } from './protocol.ts';

/** Commands that answer what a daemon cannot be asked here, in the form that the dialect gives. */
export interface Fallback {
  /** What answers, for a person: `ovs-appctl`. */
  readonly by: string;
  /** It is dear: its answer serves for so long. */
  readonly everySeconds: number;
  /** Where one daemon answers all questions: one that let a question time out is not asked the others for a while. */
  readonly whom?: string;
  /** Puts the question by commands; rejects with a TalkError. */
  readonly answer: (run: Run) => Promise<string>;
}

export type Run = (argv: readonly string[]) => Promise<Reading<string>>;

/** A command may take longer than the question waits; its answer then serves the next one. */
const TIMEOUT_MS = 15_000;
/** So much of its time an answer serves: whoever asks at the period itself must not be told the same again. */
const SERVES = 0.8;
const SILENT_MS = 30_000;

interface Kept {
  readonly sinceMs: number;
  readonly answer: Promise<Reading<string>>;
}

/** Runs commands in the stead of conversations: one at a time, and none again before its time is over, however it ended. */
export class FallbackCommands {
  readonly #lane: Lane;
  readonly #onStart: (argv: readonly string[]) => void;
  readonly #kept = new Map<string, Kept>();
  /** Until when who is not asked, and what was left unanswered. */
  readonly #silent = new Map<string, { readonly untilMs: number; readonly why: string }>();
  /** Programs that need sudo here, and whether it lets them run. */
  readonly #sudoRuns = new Map<string, boolean>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(lane: Lane, onStart: (argv: readonly string[]) => void) {
    this.#lane = lane;
    this.#onStart = onStart;
  }

  /**
   * `because`: why the daemon cannot be asked, which is also the answer where no command is there. `bySudoOnly`: the login
   * may not connect, so that a command of its own could not either.
   */
  async ask(
    key: string,
    instead: Fallback,
    timeoutMs: number,
    because: Missing,
    bySudoOnly = false,
  ): Promise<Reading<string>> {
    const kept = this.#kept.get(key);
    const nowMs = performance.now();
    const fresh = kept !== undefined && nowMs - kept.sinceMs < instead.everySeconds * 1000 * SERVES;
    const answer = fresh ? kept.answer : this.#begin(instead, because, bySudoOnly);
    if (!fresh) this.#kept.set(key, { sinceMs: nowMs, answer });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Missing>((resolve) => {
      const detail = `${instead.by}: no answer in ${timeoutMs / 1000} s`;
      timer = setTimeout(() => resolve(missing('timeout', detail)), timeoutMs);
    });
    return Promise.race([answer, late]).finally(() => clearTimeout(timer));
  }

  #begin(instead: Fallback, because: Missing, bySudoOnly: boolean): Promise<Reading<string>> {
    const answer = this.#last.then(() => this.#answer(instead, because, bySudoOnly));
    this.#last = answer;
    return answer;
  }

  async #answer(
    { by, everySeconds, whom, answer }: Fallback,
    because: Missing,
    bySudoOnly: boolean,
  ): Promise<Reading<string>> {
    const startMs = performance.now();
    const silent = whom === undefined ? undefined : this.#silent.get(whom);
    if (silent && startMs < silent.untilMs) return missing('timeout', `not asked: ${silent.why}`);
    let at = 0;
    const run: Run = async (argv) => {
      const reading = bySudoOnly ? await this.#bySudo(argv, NO_SUDO) : await this.#run(argv);
      if (reading.ok) at = reading.at;
      return reading;
    };
    try {
      const value = await answer(run);
      return { ok: true, value, at, tookMs: performance.now() - startMs, instead: { by, everySeconds } };
    } catch (error) {
      if (!(error instanceof TalkError))
        return missing('failed', `${by}: ${error instanceof Error ? error.message : String(error)}`);
      if (error.why === 'timeout' && whom !== undefined)
        this.#silent.set(whom, { untilMs: performance.now() + SILENT_MS, why: error.message });
      return error.why === 'absent' ? because : missing(error.why, `${because.detail}; ${error.message}`);
    }
  }

  /** As the login user, and where that fails by sudo. */
  async #run(argv: readonly string[]): Promise<Reading<string>> {
    if (this.#sudoRuns.get(programOf(argv)) === true) return this.#start([...SUDO, ...argv]);
    const own = await this.#start(argv);
    if (own.ok || own.why === 'absent' || own.why === 'timeout' || this.#lane.uid === 0) return own;
    return this.#bySudo(argv, own);
  }

  /** Only where sudo says beforehand that it lets this run: each refusal is a line in the host's log, so it is asked once. */
  async #bySudo(argv: readonly string[], otherwise: Missing): Promise<Reading<string>> {
    const program = programOf(argv);
    let runs = this.#sudoRuns.get(program);
    if (runs === undefined) this.#sudoRuns.set(program, (runs = (await this.#start([...MAY, ...argv])).ok));
    return runs ? this.#start([...SUDO, ...argv]) : otherwise;
  }

  #start(argv: readonly string[]): Promise<Reading<string>> {
    this.#onStart(argv);
    return this.#lane.read({ kind: 'run', argv, timeoutMs: TIMEOUT_MS });
  }
}

const SUDO = ['sudo', '-n', '--'];
const MAY = ['sudo', '-n', '-l', '--'];
/** To whoever asks it is as if the command were not there. */
const NO_SUDO = missing('absent', 'sudo does not let it run');

const programOf = ([program = '']: readonly string[]): string => program;

/** What the first of these prints that answers; one that is not there, or fails, leaves the question to the next. */
export async function firstThatAnswers(run: Run, commands: readonly (readonly string[])[]): Promise<string> {
  let outcome: Missing | undefined;
  for (const argv of commands) {
    const reading = await run(argv);
    if (reading.ok) return reading.value;
    if (reading.why !== 'absent') outcome = reading;
    // One that hangs asks the right one.
    if (reading.why === 'timeout') break;
  }
  throw new TalkError(outcome?.why ?? 'absent', outcome?.detail ?? 'no such command');
}
