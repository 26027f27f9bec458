import type { Pipe } from '../transport.ts';
import { DaemonError, type DaemonConnection, type Dial } from './protocol.ts';
import { RequestQueue } from './request-queue.ts';

/** Limit of a message and of all that a server replies to one: it is not trusted. */
export const MAX_REPLY_BYTES = 8 * 1024 * 1024;

/** Error that a server reports for a statement; the session goes on. */
export class SqlError extends Error {
  override readonly name = 'SqlError';
}

/** Decoder cuts a stream of bytes into messages; it throws a DaemonError on one that is too long. */
interface Decoder<Message> {
  readonly push: (chunk: Buffer) => void;
  /** Next whole message; undefined until its last byte is there. */
  readonly next: () => Message | undefined;
}

/** MessageStream sends bytes to a server and has its messages in turn. */
export class MessageStream<Message> {
  readonly #pipe: Pipe;
  readonly #decoder: Decoder<Message>;
  readonly #ready: Message[] = [];
  #waiting: PromiseWithResolvers<Message> | undefined;
  #error: DaemonError | undefined;
  /** Bytes since the last write. */
  #replyBytes = 0;

  constructor(pipe: Pipe, decoder: Decoder<Message>) {
    this.#pipe = pipe;
    this.#decoder = decoder;
    pipe.stdin.on('error', () => undefined);
    pipe.stdout.on('data', (chunk: Buffer) => this.#take(chunk));
    for (const event of ['end', 'close', 'error'] as const)
      pipe.stdout.on(event, () => this.fail(new DaemonError('failed', 'the server closed the connection')));
    pipe.stdout.resume();
  }

  get isOver(): boolean {
    return this.#error !== undefined;
  }

  write(bytes: Buffer): void {
    this.#replyBytes = 0;
    this.#pipe.stdin.write(bytes);
  }

  async next(): Promise<Message> {
    const message = this.#ready.shift();
    if (message !== undefined) return message;
    if (this.#error) throw this.#error;
    this.#waiting = Promise.withResolvers();
    return this.#waiting.promise;
  }

  /** Closes the connection with this reason, which is returned. */
  fail(error: DaemonError): DaemonError {
    if (this.#error) return error;
    this.#error = error;
    this.#pipe.kill();
    this.#waiting?.reject(error);
    this.#waiting = undefined;
    return error;
  }

  #take(chunk: Buffer): void {
    this.#replyBytes += chunk.length;
    try {
      if (this.#replyBytes > MAX_REPLY_BYTES) throw new DaemonError('failed', `reply of more than ${MAX_REPLY_BYTES} bytes`); // prettier-ignore
      this.#decoder.push(chunk);
      for (let message = this.#decoder.next(); message !== undefined; message = this.#decoder.next()) {
        if (this.#waiting === undefined) this.#ready.push(message);
        else this.#waiting.resolve(message);
        this.#waiting = undefined;
      }
    } catch (error) {
      this.fail(error instanceof DaemonError ? error : new DaemonError('failed', String(error)));
    }
  }
}

/** Session with a server of databases. */
export interface DatabaseSession {
  readonly stream: Pick<MessageStream<unknown>, 'isOver' | 'fail'>;
  /** Logs in; rejects with a DaemonError, the reason that the server refuses it. */
  readonly start: () => Promise<void>;
}

/** Statement of a request: `rows` rejects with a SqlError where the server refuses it. */
export interface Query {
  readonly name: string;
  readonly rows: () => Promise<unknown>;
}

/** Wait after a refused session, which the server logs: rights stay as they are, a start or a full server passes. */
const RETRY_MS = { denied: 300_000, failed: 20_000 };

/** DatabaseConnection keeps a session open. The reply to a request is JSON: rows by statement, and `errors` of those refused. */
export class DatabaseConnection<Session extends DatabaseSession> implements DaemonConnection {
  readonly #dial: Dial;
  readonly #open: (pipe: Pipe) => Session;
  readonly #queries: (session: Session, request: string) => readonly Query[];
  readonly #queue = new RequestQueue();
  #session: Session | undefined;
  #refused: { readonly error: DaemonError; readonly untilMs: number } | undefined;

  constructor(
    dial: Dial,
    open: (pipe: Pipe) => Session,
    queries: (session: Session, request: string) => readonly Query[],
  ) {
    this.#dial = dial;
    this.#open = open;
    this.#queries = queries;
  }

  request(request: string, timeoutMs: number): Promise<string> {
    return this.#queue.run(request, timeoutMs, async (late) => {
      const session = await this.#started();
      try {
        return JSON.stringify(await replyOf(this.#queries(session, request), late));
      } catch (error) {
        if (error instanceof DaemonError) throw error;
        // Bytes that are no message of the protocol: what follows belongs to nothing.
        throw session.stream.fail(new DaemonError('failed', String(error)));
      }
    });
  }

  close(): void {
    this.#session?.stream.fail(new DaemonError('failed', 'closed'));
  }

  async #started(): Promise<Session> {
    if (this.#session?.stream.isOver === false) return this.#session;
    if (this.#refused && performance.now() < this.#refused.untilMs) throw this.#refused.error;
    const session = this.#open(await this.#dial());
    this.#session = session;
    try {
      await session.start();
    } catch (error) {
      const reason = session.stream.fail(
        error instanceof DaemonError ? error : new DaemonError('failed', String(error)),
      );
      const waitMs = reason.why === 'denied' ? RETRY_MS.denied : RETRY_MS.failed;
      this.#refused = { error: reason, untilMs: performance.now() + waitMs };
      throw reason;
    }
    return session;
  }
}

async function replyOf(queries: readonly Query[], late: () => boolean): Promise<object> {
  const rows: Record<string, unknown> = {};
  const errors: Record<string, string> = {};
  for (const [index, query] of queries.entries()) {
    if (late()) break;
    try {
      rows[query.name] = await query.rows();
    } catch (error) {
      // Refused by the server; a lost connection ends the request.
      if (!(error instanceof SqlError)) throw error;
      // Without its first rows a reply would look like that of an idle server.
      if (index === 0) throw new DaemonError('failed', `${query.name}: ${error.message}`, { cause: error });
      errors[query.name] = error.message;
    }
  }
  return { ...rows, errors };
}
