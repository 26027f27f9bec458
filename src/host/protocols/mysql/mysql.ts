import { isListenerOf, listenerOf } from '../../../lib/listener-name.ts';
import type { Pipe } from '../../transport.ts';
import {
  DatabaseConnection,
  MAX_REPLY_BYTES,
  MessageStream,
  SqlError,
  type DatabaseSession,
  type Query,
} from '../database-connection.ts';
import { DaemonError, type Protocol } from '../protocol.ts';
import { columnCount, errorOf, greetingOf, isEof, login, Packets, texts } from './messages.ts';
import { flavourOf, mysqlQueries, settingsFor, type Flavour, type Statement } from './queries.ts';

const DAEMONS = ['mariadbd', 'mysqld'];
const SOCKET = /^\/var\/(?:run\/mysqld\/mysqld[\w*-]*|lib\/mysql\/mysql)\.sock$/;
/** Socket of a server that was found by its process, in whatever folder. */
const isServer = (to: string): boolean => isListenerOf(to, 'unix', DAEMONS) && /\/my[\w*-]*\.sock$/.test(listenerOf(to)?.address ?? '/my.sock'); // prettier-ignore
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
    (SOCKET.test(to) || isServer(to)) && Object.hasOwn(mysqlQueries, request)
      ? undefined
      : `${to} < ${request}: not a request`,
  daemons: () => DAEMONS,
  connect: (dial) => new DatabaseConnection(dial, (pipe) => new Session(pipe), queriesOf),
};

const queriesOf = (session: Session, request: string): readonly Query[] =>
  (mysqlQueries[request]?.(session.flavour) ?? []).map((statement) => ({
    name: statement.name,
    rows: () => session.rows(statement),
  }));

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

class Session implements DatabaseSession {
  flavour: Flavour = flavourOf('');
  readonly stream: MessageStream<Buffer>;
  readonly #packets = new Packets();

  constructor(pipe: Pipe) {
    this.stream = new MessageStream(pipe, this.#packets);
  }

  /** Logs in and sets the limits of the session. Rejects with the reason that the server refuses it. */
  async start(): Promise<void> {
    const first = await this.stream.next();
    this.#refuseError(first);
    const greeting = greetingOf(first);
    if (greeting === undefined) throw new DaemonError('failed', 'not MySQL protocol 10 with 4.1 packets');
    this.flavour = flavourOf(greeting.version);
    this.#packets.most = MAX_REPLY_BYTES;
    this.stream.write(this.#packets.continued(login(greeting.capabilities)));
    for (let method = 'mysql_native_password'; ;) {
      const packet = await this.stream.next();
      this.#refuseError(packet, method);
      if (packet[0] === 0) break;
      // AuthSwitchRequest names the method of the account.
      if (packet[0] === 0xfe) method = packet.toString('latin1', 1).split('\0')[0] || 'mysql_old_password';
      if (packet[0] !== 0xfe || !WITHOUT_PASSWORD.has(method)) throw passwordWanted(method);
      this.stream.write(this.#packets.continued(Buffer.alloc(0)));
    }
    for (const sql of settingsFor(this.flavour)) {
      try {
        await this.rows({ name: 'settings', sql, columns: [] });
      } catch (error) {
        throw error instanceof SqlError ? new DaemonError('failed', `session not bounded: ${error.message}`) : error; // prettier-ignore
      }
    }
  }

  /** Rows of a statement, each with its columns in lower case. */
  async rows({ sql, columns }: Statement): Promise<readonly Readonly<Record<string, string | null>>[]> {
    this.stream.write(this.#packets.query(sql));
    const head = await this.stream.next();
    const error = errorOf(head);
    if (error) throw new SqlError(error.message);
    if (head[0] === 0) return [];
    const width = columnCount(head);
    // 0xfb requests a file of the client (LOCAL INFILE), which nothing here allows.
    if (width === 0 || width > MOST_COLUMNS)
      throw this.stream.fail(new DaemonError('failed', 'reply is not a result set'));
    const names: string[] = [];
    for (let packet = await this.stream.next(); !isEof(packet); packet = await this.stream.next())
      names.push((texts(packet, 5)[4] ?? '').toLowerCase());
    const wanted = names.flatMap((name, index) => (columns.includes(name) ? [[name, index] as const] : []));
    const rows: Record<string, string | null>[] = [];
    for (let packet = await this.stream.next(); !isEof(packet); packet = await this.stream.next()) {
      const late = errorOf(packet);
      if (late) throw new SqlError(late.message);
      const values = texts(packet, width);
      rows.push(Object.fromEntries(wanted.map(([name, index]) => [name, values[index] ?? null])));
    }
    return rows;
  }

  #refuseError(packet: Buffer, method?: string): void {
    const error = errorOf(packet);
    if (error === undefined) return;
    if (DENIED.has(error.code)) throw passwordWanted(method ?? 'unknown method', error.message);
    throw new DaemonError('failed', [REFUSALS[error.code], error.message].filter(Boolean).join(': '));
  }
}

const passwordWanted = (method: string, message?: string): DaemonError =>
  new DaemonError('denied', [`password wanted (${method}), root has no unix_socket login`, message].filter(Boolean).join(': ')); // prettier-ignore
