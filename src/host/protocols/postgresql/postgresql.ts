import { json } from '../../../lib/json.ts';
import { isListenerOf, listenerOf } from '../../../lib/listener-name.ts';
import type { Pipe } from '../../transport.ts';
import {
  DatabaseConnection,
  MessageStream,
  SqlError,
  type DatabaseSession,
  type Query,
} from '../database-connection.ts';
import { DaemonError, type Protocol } from '../protocol.ts';
import { BackendMessages, dataRow, errorOf, methodOf, query, startup, type BackendMessage } from './messages.ts';
import { asJson, postgresqlQueries, type Statement } from './queries.ts';
import { WorkloadConnection } from './workload.ts';

const SOCKET = /^\/(?:var\/)?run\/postgresql\/\.s\.PGSQL\.[\d[\]?-]+$/;
/** Socket of a server that was found by its process, in whatever folder. */
const isServer = (to: string): boolean =>
  isListenerOf(to, 'unix', ['postgres']) && /\/\.s\.PGSQL\.\d+$/.test(listenerOf(to)?.address ?? '/.s.PGSQL.0');
/** Each statement is bounded on the server, and can change nothing there; a name or an operator is never one of a user of the database. */
const OPTIONS = '-c standard_conforming_strings=on -c default_transaction_read_only=on -c statement_timeout=3000 -c lock_timeout=500 -c search_path=pg_catalog -c idle_in_transaction_session_timeout=5000'; // prettier-ignore

/**
 * PostgreSQL 10 and later over a unix socket, as its owner's role (peer authentication), read only. A request is one of a
 * few names; the reply is JSON: rows by statement, and `errors` of those that the server refused.
 */
export const postgresql: Protocol = {
  name: 'postgresql',
  what: 'PostgreSQL for its statistics views',
  allowed: Object.entries(postgresqlQueries).map(([name, statements]) => `${name}: ${statements.map((one) => one.name).join(', ')}`), // prettier-ignore
  refusal: (to, request) =>
    (SOCKET.test(to) || isServer(to)) && Object.hasOwn(postgresqlQueries, request)
      ? undefined
      : `${to} < ${request}: not a request`,
  daemons: () => ['postgres', 'postmaster'],
  asOwner: true,
  connect: (dial) =>
    new WorkloadConnection(
      (database) => new DatabaseConnection(dial, (pipe) => new Session(pipe, database), queriesOf),
    ),
};

const queriesOf = (session: Session, request: string): readonly Query[] =>
  (postgresqlQueries[request] ?? []).map((statement) => ({
    name: statement.name,
    rows: () => session.rows(statement),
  }));

/** SQLSTATE of a server that takes no more sessions, or not yet. https://www.postgresql.org/docs/current/errcodes-appendix.html */
const STATES: Readonly<Record<string, string>> = {
  '53300': 'too many connections',
  '57P03': 'cannot connect now',
  '28000': 'role refused',
};

class Session implements DatabaseSession {
  readonly stream: MessageStream<BackendMessage>;

  readonly #database: string;

  constructor(pipe: Pipe, database: string) {
    this.stream = new MessageStream(pipe, new BackendMessages());
    this.#database = database;
  }

  async start(): Promise<void> {
    this.stream.write(
      startup({ user: 'postgres', database: this.#database, application_name: 'crashcart', options: OPTIONS }),
    );
    for (;;) {
      const { type, body } = await this.stream.next();
      if (type === 'Z') return;
      const method = type === 'R' ? methodOf(body) : undefined;
      if (method !== undefined) throw new DaemonError('denied', `password wanted (${method}), no peer or trust entry in pg_hba.conf`); // prettier-ignore
      if (type === 'E') {
        const { code, message } = errorOf(body);
        throw new DaemonError(code.startsWith('28') ? 'denied' : 'failed', [STATES[code], message].filter(Boolean).join(': ')); // prettier-ignore
      }
    }
  }

  /** Rows of a statement; none of a relation that the server does not have. */
  async rows({ find, select }: Statement): Promise<unknown> {
    if (find === undefined) return json(await this.value(asJson(select)));
    const found = await this.value(`select ${find}`);
    return found === '' ? [] : json(await this.value(asJson(select.replaceAll('FOUND', () => found))));
  }

  /** First field of the first row. */
  async value(sql: string): Promise<string> {
    this.stream.write(query(sql));
    let found: string | null | undefined;
    let refused: SqlError | undefined;
    for (;;) {
      const { type, body } = await this.stream.next();
      if (type === 'D') found ??= dataRow(body)[0];
      else if (type === 'E') refused = new SqlError(errorOf(body).message);
      else if (type === 'Z') break;
    }
    if (refused) throw refused;
    return found ?? '[]';
  }
}
