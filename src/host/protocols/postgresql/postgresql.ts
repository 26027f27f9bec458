import { json } from '../../../lib/json.ts';
import type { Pipe } from '../../transport.ts';
import { DaemonError, type DaemonConnection, type Dial, type Protocol } from '../protocol.ts';
import { RequestQueue } from '../request-queue.ts';
import {
  BackendMessages,
  dataRow,
  errorOf,
  MAX_BYTES,
  methodOf,
  query,
  startup,
  type BackendMessage,
} from './messages.ts';
import { asJson, postgresqlQueries } from './queries.ts';

const SOCKET = /^\/(?:var\/)?run\/postgresql\/\.s\.PGSQL\.[\d[\]?-]+$/;
/** Each statement is bounded on the server, and can change nothing there. */
const OPTIONS = '-c standard_conforming_strings=on -c default_transaction_read_only=on -c statement_timeout=3000 -c lock_timeout=500 -c idle_in_transaction_session_timeout=5000'; // prettier-ignore

/**
 * PostgreSQL 10 and later over a unix socket, as its owner's role (peer authentication), read only. A request is one of a
 * few names; the reply is JSON: rows by statement, and `errors` of those that the server refused.
 */
export const postgresql: Protocol = {
  name: 'postgresql',
  what: 'PostgreSQL for its statistics views',
  allowed: Object.entries(postgresqlQueries).map(([name, statements]) => `${name}: ${statements.map((one) => one.name).join(', ')}`), // prettier-ignore
  refusal: (to, request) =>
    SOCKET.test(to) && Object.hasOwn(postgresqlQueries, request) ? undefined : `${to} < ${request}: not a request`,
  daemons: () => ['postgres', 'postmaster'],
  asOwner: true,
  connect: (dial) => new PostgresqlConnection(dial),
};

/** Wait after a refused session, which the server logs: rights stay as they are, a start or a full server passes. */
const RETRY_MS = { denied: 300_000, failed: 20_000 };

class PostgresqlConnection implements DaemonConnection {
  readonly #dial: Dial;
  readonly #queue = new RequestQueue();
  #session: Session | undefined;
  #refused: { readonly error: DaemonError; readonly untilMs: number } | undefined;

  constructor(dial: Dial) {
    this.#dial = dial;
  }

  request(request: string, timeoutMs: number): Promise<string> {
    return this.#queue.run(request, timeoutMs, async (late) => {
      if (this.#session === undefined || this.#session.isOver) {
        if (this.#refused && performance.now() < this.#refused.untilMs) throw this.#refused.error;
        const session = new Session(await this.#dial());
        this.#session = session;
        try {
          await session.start({ user: 'postgres', database: 'postgres', application_name: 'crashcart', options: OPTIONS }); // prettier-ignore
        } catch (error) {
          if (error instanceof DaemonError) this.#refused = { error, untilMs: performance.now() + (error.why === 'denied' ? RETRY_MS.denied : RETRY_MS.failed) }; // prettier-ignore
          throw error;
        }
      }
      return JSON.stringify(await replyOf(this.#session, postgresqlQueries[request] ?? [], late));
    });
  }

  close(): void {
    this.#session?.end();
  }
}

async function replyOf(
  session: Session,
  statements: readonly { readonly name: string; readonly select: string }[],
  late: () => boolean,
): Promise<object> {
  const rows: Record<string, unknown> = {};
  const errors: Record<string, string> = {};
  for (const [index, statement] of statements.entries()) {
    if (late()) break;
    try {
      rows[statement.name] = json(await session.value(asJson(statement)));
    } catch (error) {
      // Refused by the server; a lost connection ends the request.
      if (!(error instanceof SqlError)) throw error;
      // Without its first rows a reply would look like that of an idle server.
      if (index === 0) throw new DaemonError('failed', `${statement.name}: ${error.message}`);
      errors[statement.name] = error.message;
    }
  }
  return { ...rows, errors };
}

/** Error that the server reports for a statement; the session goes on. */
class SqlError extends Error {
  override readonly name = 'SqlError';
}

/** SQLSTATE of a server that takes no more sessions, or not yet. https://www.postgresql.org/docs/current/errcodes-appendix.html */
const STATES: Readonly<Record<string, string>> = {
  '53300': 'too many connections',
  '57P03': 'cannot connect now',
  '28000': 'role refused',
};

class Session {
  readonly #pipe: Pipe;
  readonly #messages = new BackendMessages();
  #waiting: PromiseWithResolvers<BackendMessage> | undefined;
  readonly #ready: BackendMessage[] = [];
  #error: DaemonError | undefined;
  /** Bytes since the last statement. */
  #replyBytes = 0;

  constructor(pipe: Pipe) {
    this.#pipe = pipe;
    pipe.stdin.on('error', () => undefined);
    pipe.stdout.on('data', (chunk: Buffer) => this.#take(chunk));
    for (const event of ['end', 'close', 'error'] as const)
      pipe.stdout.on(event, () => this.#fail(new DaemonError('failed', 'the server closed the connection')));
    pipe.stdout.resume();
  }

  get isOver(): boolean {
    return this.#error !== undefined;
  }

  end(): void {
    this.#fail(new DaemonError('failed', 'closed'));
  }

  /** Waits until the server is ready. Rejects with the reason that it refuses us. */
  async start(parameters: Readonly<Record<string, string>>): Promise<void> {
    this.#pipe.stdin.write(startup(parameters));
    for (;;) {
      const { type, body } = await this.#next();
      if (type === 'Z') return;
      const method = type === 'R' ? methodOf(body) : undefined;
      if (method !== undefined) throw this.#fail(new DaemonError('denied', `password wanted (${method}), no peer or trust entry in pg_hba.conf`)); // prettier-ignore
      if (type === 'E') {
        const { code, message } = errorOf(body);
        throw this.#fail(new DaemonError(code.startsWith('28') ? 'denied' : 'failed', [STATES[code], message].filter(Boolean).join(': '))); // prettier-ignore
      }
    }
  }

  /** First field of the first row. */
  async value(sql: string): Promise<string> {
    this.#replyBytes = 0;
    this.#pipe.stdin.write(query(sql));
    let found: string | null | undefined;
    let refused: SqlError | undefined;
    for (;;) {
      const { type, body } = await this.#next();
      if (type === 'D') found ??= dataRow(body)[0];
      else if (type === 'E') refused = new SqlError(errorOf(body).message);
      else if (type === 'Z') break;
    }
    if (refused) throw refused;
    return found ?? '[]';
  }

  async #next(): Promise<BackendMessage> {
    const message = this.#ready.shift();
    if (message !== undefined) return message;
    if (this.#error) throw this.#error;
    this.#waiting = Promise.withResolvers();
    return this.#waiting.promise;
  }

  #take(chunk: Buffer): void {
    this.#messages.push(chunk);
    this.#replyBytes += chunk.length;
    try {
      if (this.#replyBytes > MAX_BYTES) throw new DaemonError('failed', `reply of more than ${MAX_BYTES} bytes`);
      for (let message = this.#messages.next(); message; message = this.#messages.next()) {
        if (this.#waiting === undefined) this.#ready.push(message);
        else this.#waiting.resolve(message);
        this.#waiting = undefined;
      }
    } catch (error) {
      this.#fail(error instanceof DaemonError ? error : new DaemonError('failed', String(error)));
    }
  }

  #fail(error: DaemonError): DaemonError {
    if (this.#error) return error;
    this.#error = error;
    this.#pipe.kill();
    this.#waiting?.reject(error);
    this.#waiting = undefined;
    return error;
  }
}
