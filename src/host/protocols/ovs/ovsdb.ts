import { fields, items } from '../../../lib/json.ts';
import { DaemonError, type DaemonConnection, type Dial, type Protocol } from '../protocol.ts';
import { JsonRpc } from './json-rpc.ts';
import { byClient, clientCommands, clientSeconds, queryByClient } from './ovsdb-commands.ts';
import { apply, emptyOf, shapeOf, written, type ColumnKind, type Kinds, type Tables } from './ovsdb-rows.ts';
import { operationsOf, queryOf, queryWords, type OvsdbQuery, type Select } from './ovsdb-queries.ts';
import { countedColumns, ovsdbTables } from './ovsdb-tables.ts';
import { RequestQueue } from '../request-queue.ts';

/** Socket paths as for unixctl; remote databases are never dialled. */
const PLACE =
  /^(?:(?:\/var)?\/run\/(?:openvswitch|ovn)|\/var\/snap\/[\w*-]+\/common\/run\/[\w*-]+)\/(?:db|ovnnb_db|ovnsb_db)\.sock$/;

/** Period of queries by the fallback, which an open page asks for. */
const QUERY_SECONDS = 10;

const NOTHING_YET = '00000000-0000-0000-0000-000000000000';

/**
 * Database protocol of Open vSwitch and OVN: RFC 7047 with the extensions of ovsdb-server(7). Tables are monitored
 * (`monitor_cond_since`): the first reply is a full dump, later ones cost the server the changes only. Nothing is ever
 * written: a `transact` has selections alone and ends with `abort`, and nothing is locked.
 */
export const ovsdb: Protocol = {
  name: 'ovsdb',
  what: 'the databases of Open vSwitch and OVN for their configuration and state (OVSDB)',
  refusal: (to, request) => {
    if (!PLACE.test(to)) return `${to}: not a database socket of Open vSwitch or OVN`;
    return databaseOf(request) === undefined && queryOf(request) === undefined
      ? `${request}: not an allowed request for ${to}`
      : undefined;
  },
  allowed: [
    ...Object.entries(ovsdbTables).map(
      ([database, tables]) =>
        `tables ${database}: ${Object.entries(tables)
          .map(([table, columns]) => `${table} (${columns.join(', ')})`)
          .join('; ')}`,
    ),
    ...queryWords,
  ],
  commands: clientCommands,
  fallback: (to, request) => {
    const query = queryOf(request);
    if (query)
      return {
        by: 'ovsdb-client',
        everySeconds: QUERY_SECONDS,
        daemon: to,
        reply: (run) => queryByClient(run, to, query),
      };
    const database = databaseOf(request);
    if (database === undefined) return undefined;
    return {
      by: 'ovsdb-client',
      everySeconds: clientSeconds(database),
      daemon: to,
      reply: (run) => byClient(run, to, database, (schema) => kindsIn(schema, database)),
    };
  },
  connect,
};

const databaseOf = (request: string): string | undefined => {
  const name = /^tables (\w+)$/.exec(request)?.[1];
  return name !== undefined && Object.hasOwn(ovsdbTables, name) ? name : undefined;
};

/** Monitor of one database on one connection. */
interface Monitor {
  readonly tables: Tables;
  /** Last reply; undefined after a change. */
  text: string | undefined;
  readonly kinds: Kinds;
  /** Changes received before the first reply was applied; undefined after that. */
  early: unknown[] | undefined;
}

function connect(dial: Dial): DaemonConnection {
  const queue = new RequestQueue();
  const monitors = new Map<string, Monitor>();
  const schemas = new Map<string, unknown>();
  let rpc: JsonRpc | undefined;

  const open = async (): Promise<JsonRpc> => {
    monitors.clear();
    schemas.clear();
    const made: JsonRpc = new JsonRpc(await dial(), (method, parameters) => {
      const [database, , updates] = parameters;
      const known = typeof database === 'string' ? monitors.get(database) : undefined;
      if (method === 'update3' && known) {
        if (known.early) known.early.push(updates);
        else apply(known.tables, updates, known.kinds);
        known.text = undefined;
      } else if (method === 'monitor_canceled' && typeof database === 'string') monitors.delete(database);
    });
    return made;
  };

  const answer = async (open: JsonRpc, { database, reply }: OvsdbQuery, late: () => boolean): Promise<string> => {
    const select: Select = async (selections) => {
      if (selections.length === 0) return [];
      if (late()) throw new DaemonError('timeout', `select of ${database}: not sent, timeout`);
      const schema = schemas.get(database) ?? (await open.call('get_schema', [database]));
      schemas.set(database, schema);
      const { operations, rows } = operationsOf(database, schema, selections);
      return rows(await open.call('transact', [...operations, { op: 'abort' }]));
    };
    return reply(select);
  };

  return {
    request: (request, timeoutMs) =>
      queue.run(request, timeoutMs, async (late) => {
        const database = databaseOf(request) ?? '';
        if (!rpc?.open) rpc = await open();
        const query = queryOf(request);
        if (query) return answer(rpc, query, late);
        const known = monitors.get(database);
        // Monitored tables are no evidence of a live server: it must reply to an echo first.
        if (known) await rpc.call('echo', []);
        const now = monitors.get(database) ?? (await monitor(rpc, database, monitors));
        now.text ??= written(now.tables);
        return now.text;
      }),
    close: () => rpc?.close(),
  };
}

/** Monitored columns that the schema of this version has. */
function kindsIn(schema: unknown, database: string): Kinds {
  const { tables } = fields(schema);
  const kinds = new Map<string, ReadonlyMap<string, ColumnKind>>();
  for (const [table, columns] of Object.entries(ovsdbTables[database] ?? {})) {
    const there = fields(fields(fields(tables)[table])['columns']);
    const present = columns.filter((column) => column in there);
    const kindOf = (column: string): ColumnKind => {
      const { type } = fields(there[column]);
      return { shape: shapeOf(type), empty: emptyOf(type), counted: countedColumns[table]?.includes(column) === true };
    };
    if (present.length > 0) kinds.set(table, new Map(present.map((column) => [column, kindOf(column)])));
  }
  if (kinds.size === 0) throw new DaemonError('failed', `${database}: schema without any of the monitored tables`);
  return kinds;
}

async function monitor(rpc: JsonRpc, database: string, monitors: Map<string, Monitor>): Promise<Monitor> {
  const kinds = kindsIn(await rpc.call('get_schema', [database]), database);
  const wanted = [...kinds].map(([table, columns]) => [table, [{ columns: [...columns.keys()] }]] as const);
  const one: Monitor = { tables: new Map(), text: undefined, kinds, early: [] };
  // An update may arrive before this function continues after the first reply.
  monitors.set(database, one);
  try {
    const answer = await rpc.call('monitor_cond_since', [database, database, Object.fromEntries(wanted), NOTHING_YET]);
    const [, , first] = items(answer);
    for (const updates of [first, ...(one.early ?? [])]) apply(one.tables, updates, kinds);
    one.early = undefined;
    return one;
  } catch (error) {
    monitors.delete(database);
    throw error;
  }
}
