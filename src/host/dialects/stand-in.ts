import { missing, type Missing, type Reading } from '../host.ts';
import type { Lane } from '../lane.ts';

/** A command that answers what a daemon cannot be asked here, in the form that the dialect gives. */
export interface Instead {
  /** Tried in this order until one answers. */
  readonly commands: readonly (readonly string[])[];
  /** It is dear: its answer serves for so long. */
  readonly everySeconds: number;
  /** What it printed, as the answer. */
  readonly text: (printed: string) => string;
}

/** A command may take longer than the question waits; its answer then serves the next one. */
const TIMEOUT_MS = 15_000;

interface Kept {
  readonly sinceMs: number;
  readonly answer: Promise<Reading<string>>;
}

/** Runs commands in the stead of conversations: one at a time, and none again before its time is over, however it ended. */
export class StandIns {
  readonly #lane: Lane;
  readonly #onStart: (argv: readonly string[]) => void;
  readonly #kept = new Map<string, Kept>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(lane: Lane, onStart: (argv: readonly string[]) => void) {
    this.#lane = lane;
    this.#onStart = onStart;
  }

  /** `because`: why the daemon cannot be asked, which is also the answer where no command is there. */
  async ask(key: string, instead: Instead, timeoutMs: number, because: Missing): Promise<Reading<string>> {
    const kept = this.#kept.get(key);
    const nowMs = performance.now();
    const fresh = kept !== undefined && nowMs - kept.sinceMs < instead.everySeconds * 1000;
    const answer = fresh ? kept.answer : this.#begin(instead, because);
    if (!fresh) this.#kept.set(key, { sinceMs: nowMs, answer });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Missing>((resolve) => {
      const detail = `${instead.commands[0]?.[0] ?? ''}: no answer in ${timeoutMs / 1000} s`;
      timer = setTimeout(() => resolve(missing('timeout', detail)), timeoutMs);
    });
    return Promise.race([answer, late]).finally(() => clearTimeout(timer));
  }

  #begin(instead: Instead, because: Missing): Promise<Reading<string>> {
    const answer = this.#last.then(() => this.#run(instead, because));
    this.#last = answer;
    return answer;
  }

  async #run({ commands, text }: Instead, because: Missing): Promise<Reading<string>> {
    let outcome = because;
    for (const argv of commands) {
      this.#onStart(argv);
      const reading = await this.#lane.read({ kind: 'run', argv, timeoutMs: TIMEOUT_MS });
      if (reading.ok) return { ...reading, value: text(reading.value) };
      // One that is there and of another cluster fails; one that hangs asks the right one.
      if (reading.why !== 'absent') outcome = missing(reading.why, `${because.detail}; ${reading.detail}`);
      if (reading.why === 'timeout') break;
    }
    return outcome;
  }
}
