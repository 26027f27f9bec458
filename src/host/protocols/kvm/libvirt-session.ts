import type { Pipe } from '../../transport.ts';
import { DaemonError, type Dial } from '../protocol.ts';
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

/** virErrorNumber, include/libvirt/virterror.h: codes of expected errors. */
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

/** Error reply of the daemon, with its message. */
export class LibvirtError extends DaemonError {
  readonly code: number;
  constructor(code: number, message: string) {
    super(DENIED.has(code) ? 'denied' : ABSENT.has(code) ? 'absent' : 'failed', message);
    this.code = code;
  }
  /** The domain was undefined or shut off between two calls, which is not a failure. */
  get gone(): boolean {
    return this.code === ERROR.noDomain || this.code === ERROR.operationInvalid;
  }
}

/** A call without a reply yet. */
interface PendingCall {
  readonly frame: (frame: Frame) => void;
  readonly lost: (why: DaemonError) => void;
}

/**
 * One connection to libvirtd or virtqemud: opened read-only, kept open. Many calls may be pending; their replies come in any
 * order, matched by serial. The daemon serves five calls of one client at a time (max_client_requests) and queues the rest.
 */
export class LibvirtSession {
  readonly #pipe: Pipe;
  readonly #frames = new FrameReader();
  readonly #pending = new Map<number, PendingCall>();
  #serial = 0;
  #lost: DaemonError | undefined;

  private constructor(pipe: Pipe) {
    this.#pipe = pipe;
    pipe.stdout.on('data', (chunk: Uint8Array) => this.#take(chunk));
    pipe.stdout.on('end', () => this.#lose(new DaemonError('failed', 'libvirt closed the connection')));
    pipe.stdout.on('error', (cause: Error) => this.#lose(new DaemonError('failed', 'connection lost', { cause })));
    pipe.stdin.on('error', (cause: Error) => this.#lose(new DaemonError('failed', 'connection lost', { cause })));
  }

  /** Connects, authenticates by polkit if required, and opens the QEMU driver read-only. */
  static async open(dial: Dial): Promise<LibvirtSession> {
    const session = new LibvirtSession(await dial(true));
    try {
      const types = await session.call(calls.authList);
      if (!types.includes(AUTH.none) && !(types.includes(AUTH.polkit) && (await session.call(calls.authPolkit))))
        throw new DaemonError(
          'denied',
          `libvirt requires authentication (${types.includes(AUTH.sasl) ? 'SASL' : types.join(' ')})`,
        );
      await session.call(calls.open(URI));
      if (await session.call(calls.supportsFeature(FEATURE_REMOTE)))
        throw new DaemonError('absent', 'this socket is a proxy of virtqemud, which has a socket to read');
      return session;
    } catch (error) {
      session.close();
      throw error;
    }
  }

  /** Reason of the loss of the connection; undefined while it is open. */
  get lost(): DaemonError | undefined {
    return this.#lost;
  }

  /** Reply to a call, at any delay; rejects when the connection is lost. */
  call<Reply>({ procedure, args, parse }: Call<Reply>): Promise<Reply> {
    if (this.#lost) return Promise.reject(this.#lost);
    const serial = (this.#serial = (this.#serial + 1) >>> 0);
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    this.#pending.set(serial, {
      lost: reject,
      frame: ({ status, payload }) => {
        const reply = new XdrReader(payload);
        try {
          if (status === STATUS.ok) resolve(parse(reply));
          else
            reject(new LibvirtError(reply.int(), (reply.int(), reply.optionalString()) ?? 'error without a message'));
        } catch (cause) {
          reject(new DaemonError('failed', `malformed reply of libvirt: ${String(cause)}`, { cause }));
        }
      },
    });
    this.#send({ program: REMOTE_PROGRAM, procedure, type: MESSAGE.call, serial, status: STATUS.ok, payload: args });
    return promise;
  }

  close(): void {
    this.#lose(new DaemonError('failed', 'connection closed'));
  }

  #send(frame: Frame): void {
    this.#pipe.stdin.write(encodeFrame(frame));
  }

  #take(chunk: Uint8Array): void {
    try {
      for (const frame of this.#frames.push(chunk)) this.#handle(frame);
    } catch (cause) {
      this.#lose(new DaemonError('failed', `not the libvirt protocol: ${String(cause)}`, { cause }));
    }
  }

  #handle(frame: Frame): void {
    if (frame.program === KEEPALIVE_PROGRAM) {
      if (frame.procedure === KEEPALIVE.ping)
        this.#send({ ...frame, procedure: KEEPALIVE.pong, payload: Buffer.alloc(0) });
      return;
    }
    // Events and streams are never requested here, so they match no call.
    if (frame.type !== MESSAGE.reply) return;
    const pending = this.#pending.get(frame.serial);
    this.#pending.delete(frame.serial);
    pending?.frame(frame);
  }

  #lose(why: DaemonError): void {
    if (this.#lost) return;
    this.#lost = why;
    this.#pipe.kill();
    for (const { lost } of this.#pending.values()) lost(why);
    this.#pending.clear();
  }
}

/** Value of a promise within a time limit; a DaemonError `timeout` after it. Other waiters still get a late value. */
export async function within<Value>(promise: Promise<Value>, timeoutMs: number, what: string): Promise<Value> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new DaemonError('timeout', `no reply from ${what} in ${Math.round(timeoutMs)} ms`)),
    timeoutMs,
  );
  // A late rejection must not count as unhandled.
  promise.catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Runs a callback once a promise is fulfilled or rejected. */
export async function whenSettled(promise: Promise<unknown>, done: () => void): Promise<void> {
  try {
    await promise;
  } catch {
    // Its other waiters handle the error.
  }
  done();
}
