/** Session of a database server, of any engine. */
export interface DatabaseSession {
  /** pid of its backend; of MySQL, whose sessions are threads, its connection id. 0 has no session: a prepared transaction. */
  readonly pid: number;
  readonly database: string | undefined;
  readonly user: string | undefined;
  readonly application: string | undefined;
  readonly client: string | undefined;
  /** `client backend`, `walsender`, `autovacuum worker`, `checkpointer`; of MySQL also `binlog dump`, `system thread`. */
  readonly kind: string | undefined;
  /** `active`, `idle`, `idle in transaction`, `idle in transaction (aborted)`. */
  readonly state: string | undefined;
  readonly waitType: string | undefined;
  readonly wait: string | undefined;
  readonly transactionSeconds: number | undefined;
  readonly querySeconds: number | undefined;
  /** Time in its state. */
  readonly stateSeconds: number | undefined;
  /** Time for which it waits for a lock: PostgreSQL 14 and later, row locks of InnoDB. */
  readonly waitSeconds: number | undefined;
  /** Sessions that block it, where it waits for a lock. */
  readonly blockedBy: readonly number[];
  /** Start of its last statement, without literals (hostile text). */
  readonly query: string | undefined;
}

/** Sessions of a server, as far as they are listed. */
export interface DatabaseActivity {
  readonly sessions: readonly DatabaseSession[];
  /** Client sessions by state, all of them. */
  readonly states: ReadonlyMap<string, number>;
  /** Statements that the server refused, with its message. */
  readonly errors: ReadonlyMap<string, string>;
  /** Host clock of the reply, seconds. */
  readonly at: number | undefined;
}
