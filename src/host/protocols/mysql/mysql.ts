import type { Pipe } from '../../transport.ts';
import { DaemonError, type DaemonConnection, type Dial, type Protocol } from '../protocol.ts';
import { RequestQueue } from '../request-queue.ts';
import { columnCount, errorOf, greetingOf, isEof, login, MAX_BYTES, Packets, texts } from './messages.ts';
import { flavourOf, mysqlQueries, settingsFor, type Flavour, type Statement } from './queries.ts';

const SOCKET = /^\/var\/(?:run\/mysqld\/mysqld[\w*-]*|lib\/mysql\/mysql)\.sock$/;
const MOST_COLUMNS = 256;

/**
 * MariaDB and MySQL over a unix socket as root (unix_socket, auth_socket or an empty password), read only. A request is one of a
 * few names; the reply is JSON: rows by statement, and `errors` of those that the server refused.
 */
export const mysql: Protocol = {
  name: 'mysql',
  what: 'MariaDB and MySQL for their sessions, locks, status and replication',
  allowed: Object.entries(mysqlQueries).map(([name, statements]) => `${name}: ${statements({ isMaria: true, number: 101_100 }).map((one) => one.name).join(', ')}`), // prettier-ignore
  refusal: (to, request) =>
    SOCKET.test(to) && Object.hasOwn(mysqlQueries, request) ? undefined : `${to} < ${request}: not a request`,
  daemons: () => ['mariadbd', 'mysqld'],
  connect: (dial) => new MysqlConnection(dial),
};

class MysqlConnection implements DaemonConnection {
  readonly #dial: Dial;
  readonly #queue = new RequestQueue();
  #session: Session | undefined;

  constructor(dial: Dial) {
    this.#dial = dial;
  }

  request(request: string, timeoutMs: number): Promise<string> {
    return this.#queue.run(request, timeoutMs, async (late) => {
      if (this.#session === undefined || this.#session.isOver) {
        this.#session = new Session(await this.#dial());
        await this.#session.start();
      }
      return JSON.stringify(await replyOf(this.#session, request, late));
    });
  }

  close(): void {
    this.#session?.end();
  }
}

async function replyOf(session: Session, request: string, late: () => boolean): Promise<object> {
  const rows: Record<string, unknown> = {};
  const errors: Record<string, string> = {};
  for (const statement of mysqlQueries[request]?.(session.flavour) ?? []) {
    if (late()) break;
    try {
      rows[statement.name] = await session.rows(statement);
    } catch (error) {
      // Refused by the server; a lost connection ends the request.
      if (!(error instanceof SqlError)) throw error;
      errors[statement.name] = error.message;
    }
  }
  return { ...rows, errors };
}

/** Error that the server reports for a statement; the session goes on. */
class SqlError extends Error {
  override readonly name = 'SqlError';
}

/** Errors before the login. https://mariadb.com/kb/en/mariadb-error-codes/ */
const REFUSALS: Readonly<Record<number, string>> = {
  1040: 'too many connections',
  1053: 'shutting down',
  1203: 'too many connections',
};
/** ER_DBACCESS_DENIED, ER_ACCESS_DENIED, ER_ACCESS_DENIED_NO_PASSWORD. */
const DENIED = new Set([1044, 1045, 1698]);
/** Methods for which an empty reply is the whole of it. */
const WITHOUT_PASSWORD = new Set(['unix_socket', 'auth_socket', 'mysql_native_password']);

class Session {
  flavour: Flavour = flavourOf('');
  readonly #pipe: Pipe;
  readonly #packets = new Packets();
  #waiting: PromiseWithResolvers<Buffer> | undefined;
  readonly #ready: Buffer[] = [];
  #error: DaemonError | undefined;

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

  /** Logs in and sets the limits of the session. Rejects with the reason that the server refuses it. */
  async start(): Promise<void> {
    const first = await this.#next();
    this.#refuseError(first);
    const greeting = greetingOf(first);
    if (greeting === undefined) throw this.#fail(new DaemonError('failed', 'not MySQL protocol 10 with 4.1 packets'));
    this.flavour = flavourOf(greeting.version);
    this.#packets.most = MAX_BYTES;
    this.#pipe.stdin.write(this.#packets.continued(login(greeting.capabilities)));
    for (let method = 'mysql_native_password'; ;) {
      const packet = await this.#next();
      this.#refuseError(packet, method);
      if (packet[0] === 0) break;
      // AuthSwitchRequest names the method of the account.
      if (packet[0] === 0xfe) method = packet.toString('latin1', 1).split('\0')[0] || 'mysql_old_password';
      if (packet[0] !== 0xfe || !WITHOUT_PASSWORD.has(method)) throw this.#fail(passwordWanted(method));
      this.#pipe.stdin.write(this.#packets.continued(Buffer.alloc(0)));
    }
    for (const sql of settingsFor(this.flavour)) {
      try {
        await this.rows({ name: 'settings', sql, columns: [] });
      } catch (error) {
        throw error instanceof SqlError ? this.#fail(new DaemonError('failed', `session not bounded: ${error.message}`)) : error; // prettier-ignore
      }
    }
  }

  /** Rows of a statement, each with its columns in lower case. */
  async rows({ sql, columns }: Statement): Promise<readonly Readonly<Record<string, string | null>>[]> {
    this.#pipe.stdin.write(this.#packets.query(sql));
    const head = await this.#next();
    const error = errorOf(head);
    if (error) throw new SqlError(error.message);
    if (head[0] === 0) return [];
    const width = columnCount(head);
    // 0xfb requests a file of the client (LOCAL INFILE), which nothing here allows.
    if (width === 0 || width > MOST_COLUMNS) throw this.#fail(new DaemonError('failed', 'reply is not a result set'));
    const names: string[] = [];
    for (let packet = await this.#next(); !isEof(packet); packet = await this.#next())
      names.push((texts(packet, 5)[4] ?? '').toLowerCase());
    const wanted = names.flatMap((name, index) => (columns.includes(name) ? [[name, index] as const] : []));
    const rows: Record<string, string | null>[] = [];
    let bytes = 0;
    for (let packet = await this.#next(); !isEof(packet); packet = await this.#next()) {
      const late = errorOf(packet);
      if (late) throw new SqlError(late.message);
      bytes += packet.length;
      if (bytes > MAX_BYTES) throw this.#fail(new DaemonError('failed', `result above ${MAX_BYTES} bytes`));
      const values = texts(packet, width);
      rows.push(Object.fromEntries(wanted.map(([name, index]) => [name, values[index] ?? null])));
    }
    return rows;
  }

  #refuseError(packet: Buffer, method?: string): void {
    const error = errorOf(packet);
    if (error === undefined) return;
    if (DENIED.has(error.code)) throw this.#fail(passwordWanted(method ?? 'unknown method', error.message));
    throw this.#fail(new DaemonError('failed', [REFUSALS[error.code], error.message].filter(Boolean).join(': ')));
  }

  async #next(): Promise<Buffer> {
    const packet = this.#ready.shift();
    if (packet !== undefined) return packet;
    if (this.#error) throw this.#error;
    this.#waiting = Promise.withResolvers();
    return this.#waiting.promise;
  }

  #take(chunk: Buffer): void {
    this.#packets.push(chunk);
    try {
      for (let packet = this.#packets.next(); packet; packet = this.#packets.next()) {
        if (this.#waiting === undefined) this.#ready.push(packet);
        else this.#waiting.resolve(packet);
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

const passwordWanted = (method: string, message?: string): DaemonError =>
  new DaemonError('denied', [`password wanted (${method}), root has no unix_socket login`, message].filter(Boolean).join(': ')); // prettier-ignore
