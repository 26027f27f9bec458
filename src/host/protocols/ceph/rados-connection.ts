import { fields, json } from '../../../lib/json.ts';
import type { Why } from '../../host.ts';
import type { Pipe } from '../../transport.ts';
import { prefixOf } from './requests.ts';
import { TalkError, type DaemonConnection, type Dial } from '../protocol.ts';
import { RadosFrames, type RadosFrame } from './rados-frames.ts';
import { OnDemand } from '../lazy-session.ts';
import { Turns } from '../request-queue.ts';

export interface RadosPatience {
  /** Until Python and librados are there: on a host in trouble that takes its time, and says nothing of any monitor. */
  readonly startMs: number;
  /** The session gives up after 5 s by client_mount_timeout; a librados that does not heed it hangs in connect for ever. */
  readonly connectMs: number;
  /** librados gives up a command after 3 s, a round over many OSDs after 8; beyond this it is stuck. */
  readonly stuckMs: number;
  /** After a session that could not be had: the next try, later each time. */
  readonly retryMs: readonly number[];
}

const PATIENCE: RadosPatience = {
  startMs: 30_000,
  connectMs: 8000,
  stuckMs: 15_000,
  retryMs: [10_000, 20_000, 40_000, 60_000],
};

interface Question {
  readonly whom: string;
  readonly resolve: (text: string) => void;
  readonly reject: (error: TalkError) => void;
}

interface Session {
  readonly pipe: Pipe;
  readonly questions: Map<number, Question>;
}

/** Keeps one session alive, never two: a stuck one is killed, and the next waits until it is gone. */
export class RadosConnection implements DaemonConnection {
  readonly #dial: Dial;
  readonly #patience: RadosPatience;
  /** mon, mgr, all OSDs and each one OSD answer apart: a frozen mgr keeps nobody from asking the mon. */
  readonly #turns = new Map<string, Turns>();
  readonly #session: OnDemand<Session>;
  #pipe: Pipe | undefined;
  /** The monitors were asked for a session, so that silence is theirs. */
  #reachedOut = false;
  #nextId = 1;
  #closed = false;

  constructor(dial: Dial, patience = PATIENCE) {
    this.#dial = dial;
    this.#patience = patience;
    const { retryMs } = patience;
    this.#session = new OnDemand(
      (lost) => this.#start(lost),
      (_, failures) => retryMs[Math.min(failures, retryMs.length - 1)] ?? 0,
    );
  }

  ask(request: string, timeoutMs: number): Promise<string> {
    const { _to: to, ...command } = fields(json(request));
    const whom = typeof to === 'string' ? to : '';
    let turn = this.#turns.get(whom);
    if (!turn) this.#turns.set(whom, (turn = new Turns()));
    const what = `${prefixOf(request)} of ${nameOf(whom)}`;
    return turn
      .take(what, timeoutMs, () => this.#send(whom, command))
      .catch((error: unknown) => {
        if (this.#reachedOut || !(error instanceof TalkError) || error.why !== 'timeout') throw error;
        throw new TalkError('failed', `${what} was not asked: librados has not started yet on this host`);
      });
  }

  close(): void {
    this.#closed = true;
    this.#pipe?.kill();
  }

  async #send(whom: string, command: object): Promise<string> {
    const { pipe, questions } = await this.#session.get();
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    questions.set(id, { whom, resolve, reject });
    const stuck = setTimeout(() => pipe.kill(), this.#patience.stuckMs);
    pipe.stdin.write(`${JSON.stringify({ id, to: whom, cmd: command })}\n`);
    return promise.finally(() => clearTimeout(stuck));
  }

  async #start(lost: () => void): Promise<Session> {
    if (this.#closed) throw new TalkError('failed', 'closed');
    await this.#pipe?.exited;
    const pipe = await this.#dial();
    this.#pipe = pipe;
    this.#reachedOut = false;
    const session = { pipe, questions: new Map<number, Question>() };
    const reachedOut = () => {
      this.#reachedOut = true;
    };
    await began(session, this.#patience, { reachedOut, end: lost });
    return session;
  }
}

/** Resolves when the session is ready, and then hands each answer to its question until it ends. */
function began(
  { pipe, questions }: Session,
  { startMs, connectMs }: RadosPatience,
  on: { readonly reachedOut: () => void; readonly end: () => void },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const frames = new RadosFrames();
    let stderr = '';
    let ready = false;
    let timer = setTimeout(() => end('failed', `librados did not start within ${startMs / 1000} s`), startMs);
    const connecting = () => {
      on.reachedOut();
      clearTimeout(timer);
      timer = setTimeout(
        () => end('timeout', `no session with the cluster in ${connectMs / 1000} s: its monitors do not answer`),
        connectMs,
      );
    };
    const end = (why: Why, detail: string, speechless = false) => {
      clearTimeout(timer);
      pipe.kill();
      const error = new TalkError(why, detail, { speechless });
      reject(error);
      for (const question of questions.values()) question.reject(error);
      questions.clear();
      if (ready) on.end();
      ready = false;
    };
    const take = (frame: RadosFrame) => {
      if (frame.fail === 'speechless') return end('absent', frame.said, true);
      if (frame.fail !== undefined) return end(whyOf(frame.fail), frame.said);
      if (frame.connecting) return connecting();
      if (frame.ready) {
        on.reachedOut();
        ready = true;
        clearTimeout(timer);
        return resolve();
      }
      const question = questions.get(frame.id ?? -1);
      questions.delete(frame.id ?? -1);
      if (question) answer(question, frame);
    };
    pipe.stdout.on('data', (chunk: Buffer) => {
      try {
        for (const frame of frames.push(chunk)) take(frame);
      } catch (error) {
        end('failed', `the librados session breaks its protocol: ${error instanceof Error ? error.message : ''}`);
      }
    });
    pipe.stderr.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString('utf8')).slice(-300);
    });
    pipe.stdin.on('error', () => undefined);
    void pipe.exited.then(() => end('failed', stderr.trim() || 'the librados session ended'));
  });
}

const ETIMEDOUT = 110;
const DENIED: readonly number[] = [1, 13];

function answer({ whom, resolve, reject }: Question, { ret, said, body }: RadosFrame): void {
  if (ret === 0) return resolve(body);
  if (ret === ETIMEDOUT) return reject(new TalkError('timeout', `${nameOf(whom)}: librados gave up after 3 s`));
  reject(new TalkError(DENIED.includes(ret) ? 'denied' : 'failed', `${nameOf(whom)}: ${said || `error ${ret}`}`));
}

const whyOf = (said: string): Why => (said === 'absent' || said === 'denied' || said === 'timeout' ? said : 'failed');
const nameOf = (whom: string): string => (/^\d+$/.test(whom) ? `osd.${whom}` : whom);
