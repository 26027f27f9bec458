import { fields, items, json, textOf } from '../../../lib/json.ts';
import { DaemonError, type DaemonConnection } from '../protocol.ts';

/** Database of the session that is kept; every server has it. */
const MAIN = 'postgres';
/** Time left below which no other database is read. */
const LEAST_MS = 500;

/**
 * Connection to a server of PostgreSQL, where a session sees the tables of its database alone. The request `workload` reads also those of some
 * other databases, each by a session that is closed at once; the reply has them as `ofDatabases`, with the reason of those that refuse.
 */
export class WorkloadConnection implements DaemonConnection {
  readonly #open: (database: string) => DaemonConnection;
  readonly #main: DaemonConnection;
  #other: DaemonConnection | undefined;

  /** `open`: a connection to a database, which dials on its first request. */
  constructor(open: (database: string) => DaemonConnection) {
    this.#open = open;
    this.#main = open(MAIN);
  }

  async request(request: string, timeoutMs: number): Promise<string> {
    const endMs = performance.now() + timeoutMs;
    const text = await this.#main.request(request, timeoutMs);
    if (request !== 'workload') return text;
    const reply = fields(json(text));
    const ofDatabases: object[] = [];
    // pg_stat_statements is of all databases: one that has it is enough.
    let hasStatements = items(reply['statements']).length > 0;
    for (const row of items(reply['databases'])) {
      const database = textOf(fields(row)['datname']);
      const leftMs = endMs - performance.now();
      if (database === undefined) continue;
      if (leftMs < LEAST_MS) {
        ofDatabases.push({ database, errors: { tables: 'not read: no time was left' } });
        continue;
      }
      const own = fields(json(await this.#tablesOf(database, hasStatements ? 'tables' : 'statements', leftMs)));
      hasStatements ||= items(own['statements']).length > 0;
      ofDatabases.push({ database, ...own });
    }
    return JSON.stringify({ ...reply, ofDatabases });
  }

  async #tablesOf(database: string, request: string, timeoutMs: number): Promise<string> {
    const other = this.#open(database);
    this.#other = other;
    try {
      return await other.request(request, timeoutMs);
    } catch (error) {
      if (!(error instanceof DaemonError)) throw error;
      return JSON.stringify({ errors: { tables: error.message } });
    } finally {
      other.close();
      this.#other = undefined;
    }
  }

  close(): void {
    this.#main.close();
    this.#other?.close();
  }
}
