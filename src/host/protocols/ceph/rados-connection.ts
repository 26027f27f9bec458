import { fields, json } from '../../../lib/json.ts';
import type { Why } from '../../host.ts';
import type { Pipe } from '../../transport.ts';
import { prefixOf } from './requests.ts';
import { DaemonError, type DaemonConnection, type Dial } from '../protocol.ts';
import { RadosFrames, type RadosFrame } from './rados-frames.ts';
import { LazySession } from '../lazy-session.ts';
import { RequestQueue } from '../request-queue.ts';

/** Timeouts of a librados session. */
export interface RadosTimeouts {
  /** Until Python and librados are loaded: slow on an overloaded host, and unrelated to the monitors. */
  readonly startMs: number;
  /** Until connected. client_mount_timeout ends it after 5 s; a librados that ignores it hangs in connect forever. */
  readonly connectMs: number;
  /** Until the session is stuck: librados ends a command after 3 s, a round over many OSDs after 8. */
  readonly stuckMs: number;
  /** Waits before the next session after a failure, growing. */
  readonly retryMs: readonly number[];
}

const TIMEOUTS: RadosTimeouts = {
  startMs: 30_000,
  connectMs: 8000,
  stuckMs: 15_000,
  retryMs: [10_000, 20_000, 40_000, 60_000],
};

/** A request without a reply yet. */
interface PendingRequest {
  readonly target: string;
  readonly resolve: (text: string) => void;
  readonly reject: (error: DaemonError) => void;
}

interface Session {
  readonly pipe: Pipe;
  readonly pending: Map<number, PendingRequest>;
}

/** Keeps one librados session alive, never two: a stuck one is killed, and the next waits until it is gone. */
export class RadosConnection implements DaemonConnection {
  readonly #dial: Dial;
  readonly #timeouts: RadosTimeouts;
  /** One queue per target (mon, mgr, osds, each OSD): a frozen mgr does not delay requests to the mon. */
  readonly #queues = new Map<string, RequestQueue>();
  readonly #session: LazySession<Session>;
  #pipe: Pipe | undefined;
  /**
   * Whether a timeout is the cluster's: the session was open, or the last attempt to connect ended by its own timeout. Before, it may
   * be this host that starts Python and librados slowly.
   */
  #proven = false;
  #nextId = 1;
  #closed = false;

  constructor(dial: Dial, timeouts = TIMEOUTS) {
    this.#dial = dial;
    this.#timeouts = timeouts;
    const { retryMs } = timeouts;
    this.#session = new LazySession(
      (lost) => this.#start(lost),
      (_, failures) => retryMs[Math.min(failures, retryMs.length - 1)] ?? 0,
    );
  }

  request(request: string, timeoutMs: number): Promise<string> {
    const { _to: to, ...command } = fields(json(request));
    const target = typeof to === 'string' ? to : '';
    let queue = this.#queues.get(target);
    if (!queue) this.#queues.set(target, (queue = new RequestQueue()));
    const what = `${prefixOf(request)} of ${nameOf(target)}`;
    return queue
      .run(what, timeoutMs, () => this.#send(target, command))
      .catch((error: unknown) => {
        if (this.#proven || !(error instanceof DaemonError) || error.why !== 'timeout') throw error;
        throw new DaemonError('failed', `${what} not sent: librados has not connected yet`);
      });
  }

  close(): void {
    this.#closed = true;
    this.#pipe?.kill();
  }

  async #send(target: string, command: object): Promise<string> {
    const { pipe, pending } = await this.#session.get();
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    pending.set(id, { target, resolve, reject });
    const stuck = setTimeout(() => pipe.kill(), this.#timeouts.stuckMs);
    pipe.stdin.write(`${JSON.stringify({ id, to: target, cmd: command })}\n`);
    return promise.finally(() => clearTimeout(stuck));
  }

  async #start(lost: () => void): Promise<Session> {
    if (this.#closed) throw new DaemonError('failed', 'closed');
    await this.#pipe?.exited;
    const pipe = await this.#dial();
    this.#pipe = pipe;
    const session = { pipe, pending: new Map<number, PendingRequest>() };
    const ended = () => {
      this.#proven = false;
      lost();
    };
    try {
      await startSession(session, this.#timeouts, ended);
      this.#proven = true;
    } catch (error) {
      this.#proven = error instanceof DaemonError && error.why === 'timeout';
      throw error;
    }
    return session;
  }
}

/** Resolves when the session is ready, and then settles pending requests until it ends. */
function startSession(
  { pipe, pending }: Session,
  { startMs, connectMs }: RadosTimeouts,
  onEnd: () => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const frames = new RadosFrames();
    let stderr = '';
    let ready = false;
    let timer = setTimeout(() => end('failed', `librados did not start within ${startMs / 1000} s`), startMs);
    const connecting = () => {
      clearTimeout(timer);
      timer = setTimeout(
        () => end('timeout', `no session with the cluster in ${connectMs / 1000} s: monitors unresponsive`),
        connectMs,
      );
    };
    const end = (why: Why, detail: string, unsupported = false) => {
      clearTimeout(timer);
      pipe.kill();
      const error = new DaemonError(why, detail, { unsupported: unsupported });
      reject(error);
      for (const request of pending.values()) request.reject(error);
      pending.clear();
      if (ready) onEnd();
      ready = false;
    };
    const take = (frame: RadosFrame) => {
      if (frame.fail === 'unsupported') return end('absent', frame.message, true);
      if (frame.fail !== undefined) return end(whyOf(frame.fail), frame.message);
      if (frame.connecting) return connecting();
      if (frame.ready) {
        ready = true;
        clearTimeout(timer);
        return resolve();
      }
      const request = pending.get(frame.id ?? -1);
      pending.delete(frame.id ?? -1);
      if (request) settle(request, frame);
    };
    pipe.stdout.on('data', (chunk: Buffer) => {
      try {
        for (const frame of frames.push(chunk)) take(frame);
      } catch (error) {
        end('failed', `protocol error of the librados session: ${error instanceof Error ? error.message : ''}`);
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

function settle({ target, resolve, reject }: PendingRequest, { ret, message, body }: RadosFrame): void {
  if (ret === 0) return resolve(body);
  if (ret === ETIMEDOUT) return reject(new DaemonError('timeout', `${nameOf(target)}: librados timeout after 3 s`));
  reject(
    new DaemonError(DENIED.includes(ret) ? 'denied' : 'failed', `${nameOf(target)}: ${message || `error ${ret}`}`),
  );
}

const whyOf = (fail: string): Why => (fail === 'absent' || fail === 'denied' || fail === 'timeout' ? fail : 'failed');
const nameOf = (target: string): string => (/^\d+$/.test(target) ? `osd.${target}` : target);
