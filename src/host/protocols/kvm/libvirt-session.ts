import type { Pipe } from '../../transport.ts';
import { TalkError, type Dial } from '../protocol.ts';
import {
  encodeFrame,
  FrameReader,
  KEEPALIVE,
  KEEPALIVE_PROGRAM,
  MESSAGE,
  REMOTE_PROGRAM,
  STATUS,
  type Frame,
} from './libvirt-frames.ts';
import { calls, FEATURE_REMOTE, type Call } from './libvirt-procedures.ts';
import { XdrReader } from './xdr.ts';

const URI = 'qemu:///system';
/** virNetServerServiceAuthMethods. */
const AUTH = { none: 0, sasl: 1, polkit: 2 } as const;

/** virErrorNumber, include/libvirt/virterror.h: those that are no failure. */
const ERROR = {
  noConnect: 5,
  operationDenied: 29,
  noDomain: 42,
  authFailed: 45,
  operationInvalid: 55,
  accessDenied: 88,
} as const;
const DENIED: ReadonlySet<number> = new Set([ERROR.operationDenied, ERROR.authFailed, ERROR.accessDenied]);
const ABSENT: ReadonlySet<number> = new Set([ERROR.noConnect, ERROR.noDomain]);

/** What the daemon itself answered instead of what was asked for, in its own words. */
export class LibvirtError extends TalkError {
  readonly code: number;
  constructor(code: number, message: string) {
    super(DENIED.has(code) ? 'denied' : ABSENT.has(code) ? 'absent' : 'failed', message);
    this.code = code;
  }
  /** The domain went away or was switched off between two calls: no failure of anybody. */
  get gone(): boolean {
    return this.code === ERROR.noDomain || this.code === ERROR.operationInvalid;
  }
}

interface Waiting {
  readonly frame: (frame: Frame) => void;
  readonly lost: (why: TalkError) => void;
}

/**
 * One connection to libvirtd or virtqemud: opened read-only, kept open. Many calls may be under way; their answers come in
 * any order, told apart by serials. The daemon serves five of one client at a time (max_client_requests) and lets others wait.
 */
export class LibvirtSession {
  readonly #pipe: Pipe;
  readonly #frames = new FrameReader();
  readonly #waiting = new Map<number, Waiting>();
  #serial = 0;
  #lost: TalkError | undefined;

  private constructor(pipe: Pipe) {
    this.#pipe = pipe;
    pipe.stdout.on('data', (chunk: Uint8Array) => this.#take(chunk));
    pipe.stdout.on('end', () => this.#lose(new TalkError('failed', 'libvirt closed the connection')));
    pipe.stdout.on('error', (cause: Error) => this.#lose(new TalkError('failed', 'the connection broke', { cause })));
    pipe.stdin.on('error', (cause: Error) => this.#lose(new TalkError('failed', 'the connection broke', { cause })));
  }

  /** Dials, shows who we are if asked, and opens the QEMU driver read-only. */
  static async open(dial: Dial): Promise<LibvirtSession> {
    const session = new LibvirtSession(await dial(true));
    try {
      const types = await session.call(calls.authList);
      if (!types.includes(AUTH.none) && !(types.includes(AUTH.polkit) && (await session.call(calls.authPolkit))))
        throw new TalkError(
          'denied',
          `libvirt wants us to log in (${types.includes(AUTH.sasl) ? 'SASL' : types.join(' ')})`,
        );
      await session.call(calls.open(URI));
      if (await session.call(calls.supportsFeature(FEATURE_REMOTE)))
        throw new TalkError('absent', 'this socket only passes on to virtqemud, which is asked itself');
      return session;
    } catch (error) {
      session.close();
      throw error;
    }
  }

  /** Why it is of no more use; undefined while it is. */
  get lost(): TalkError | undefined {
    return this.#lost;
  }

  /** Settles when the answer comes, however late, or when the connection is lost. */
  call<Answer>({ procedure, args, answer }: Call<Answer>): Promise<Answer> {
    if (this.#lost) return Promise.reject(this.#lost);
    const serial = (this.#serial = (this.#serial + 1) >>> 0);
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#waiting.set(serial, {
      lost: reject,
      frame: ({ status, payload }) => {
        const reply = new XdrReader(payload);
        try {
          if (status === STATUS.ok) resolve(answer(reply));
          else reject(new LibvirtError(reply.int(), (reply.int(), reply.optionalString()) ?? 'an error without words'));
        } catch (cause) {
          reject(new TalkError('failed', `an answer of libvirt that makes no sense: ${String(cause)}`, { cause }));
        }
      },
    });
    this.#send({ program: REMOTE_PROGRAM, procedure, type: MESSAGE.call, serial, status: STATUS.ok, payload: args });
    return promise;
  }

  close(): void {
    this.#lose(new TalkError('failed', 'we closed the connection'));
  }

  #send(frame: Frame): void {
    this.#pipe.stdin.write(encodeFrame(frame));
  }

  #take(chunk: Uint8Array): void {
    try {
      for (const frame of this.#frames.push(chunk)) this.#handle(frame);
    } catch (cause) {
      this.#lose(new TalkError('failed', `this is not libvirt's protocol: ${String(cause)}`, { cause }));
    }
  }

  #handle(frame: Frame): void {
    if (frame.program === KEEPALIVE_PROGRAM) {
      if (frame.procedure === KEEPALIVE.ping)
        this.#send({ ...frame, procedure: KEEPALIVE.pong, payload: Buffer.alloc(0) });
      return;
    }
    // Events and streams are never ordered here; one that comes is nobody's.
    if (frame.type !== MESSAGE.reply) return;
    const waiting = this.#waiting.get(frame.serial);
    this.#waiting.delete(frame.serial);
    waiting?.frame(frame);
  }

  #lose(why: TalkError): void {
    if (this.#lost) return;
    this.#lost = why;
    this.#pipe.kill();
    for (const { lost } of this.#waiting.values()) lost(why);
    this.#waiting.clear();
  }
}

/** What a promise gives within a time; a TalkError `timeout` after it. What it gives later is not lost to other waiters. */
export async function within<Value>(promise: Promise<Value>, timeoutMs: number, what: string): Promise<Value> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new TalkError('timeout', `${what} took longer than ${Math.round(timeoutMs)} ms`)),
    timeoutMs,
  );
  // A loser that is never looked at again must not count as unhandled.
  promise.catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Does something when a promise is done with, well or not. */
export async function whenSettled(promise: Promise<unknown>, done: () => void): Promise<void> {
  try {
    await promise;
  } catch {
    // Whoever waits for it hears of it there.
  }
  done();
}
