import { fields, items } from '../../../lib/json.ts';
import { TalkError, type DaemonConnection, type Dial, type Protocol } from '../protocol.ts';
import { JsonRpc } from './json-rpc.ts';
import { byClient, clientCommands, clientSeconds } from './ovsdb-commands.ts';
import { apply, emptyOf, shapeOf, written, type ColumnKind, type Kinds, type Tables } from './ovsdb-rows.ts';
import { ovsdbTables } from './ovsdb-tables.ts';
import { Turns } from '../request-queue.ts';

/** As for unixctl; databases of another machine are not dialled. */
const PLACE =
  /^(?:(?:\/var)?\/run\/(?:openvswitch|ovn)|\/var\/snap\/[\w*-]+\/common\/run\/[\w*-]+)\/(?:db|ovnnb_db|ovnsb_db)\.sock$/;

const NOTHING_YET = '00000000-0000-0000-0000-000000000000';

/**
 * The database protocol of Open vSwitch and OVN: RFC 7047 with the extensions of ovsdb-server(7). The tables are followed
 * (`monitor_cond_since`): the first answer is all of them, later ones cost the server what has changed. Nothing is ever
 * written: no `transact`, no lock.
 */
export const ovsdb: Protocol = {
  name: 'ovsdb',
  what: 'the databases of Open vSwitch and OVN for their configuration and state (OVSDB)',
  refusal: (to, request) => {
    if (!PLACE.test(to)) return `${to}: no database of Open vSwitch or OVN`;
    return databaseOf(request) === undefined ? `${request}: not among the questions for ${to}` : undefined;
  },
  allowed: Object.entries(ovsdbTables).map(
    ([database, tables]) =>
      `tables ${database}: ${Object.entries(tables)
        .map(([table, columns]) => `${table} (${columns.join(', ')})`)
        .join('; ')}`,
  ),
  commands: clientCommands,
  instead: (to, request) => {
    const database = databaseOf(request);
    if (database === undefined) return undefined;
    return {
      by: 'ovsdb-client',
      everySeconds: clientSeconds(database),
      whom: to,
      answer: (run) => byClient(run, to, database, (schema) => kindsIn(schema, database)),
    };
  },
  converse,
};

const databaseOf = (request: string): string | undefined => {
  const name = /^tables (\w+)$/.exec(request)?.[1];
  return name !== undefined && Object.hasOwn(ovsdbTables, name) ? name : undefined;
};

/** One database as it is followed on one connection. */
interface Followed {
  readonly tables: Tables;
  /** The answer as it was last written; undefined once something has changed. */
  text: string | undefined;
  readonly kinds: Kinds;
  /** Changes that were heard before the first answer was taken in; undefined after that. */
  early: unknown[] | undefined;
}

function converse(dial: Dial): DaemonConnection {
  const turns = new Turns();
  const followed = new Map<string, Followed>();
  let rpc: JsonRpc | undefined;

  const connect = async (): Promise<JsonRpc> => {
    followed.clear();
    const made: JsonRpc = new JsonRpc(await dial(), (method, parameters) => {
      const [database, , updates] = parameters;
      const known = typeof database === 'string' ? followed.get(database) : undefined;
      if (method === 'update3' && known) {
        if (known.early) known.early.push(updates);
        else apply(known.tables, updates, known.kinds);
        known.text = undefined;
      } else if (method === 'monitor_canceled' && typeof database === 'string') followed.delete(database);
    });
    return made;
  };

  return {
    ask: (request, timeoutMs) =>
      turns.take(request, timeoutMs, async () => {
        const database = databaseOf(request) ?? '';
        if (!rpc?.open) rpc = await connect();
        const known = followed.get(database);
        // What was heard last says nothing of a server that stands still: it must answer before it counts as the state.
        if (known) await rpc.call('echo', []);
        const now = followed.get(database) ?? (await follow(rpc, database, followed));
        now.text ??= written(now.tables);
        return now.text;
      }),
    close: () => rpc?.close(),
  };
}

/** The columns of interest that this version's schema has, with what they hold. */
function kindsIn(schema: unknown, database: string): Kinds {
  const { tables } = fields(schema);
  const kinds = new Map<string, ReadonlyMap<string, ColumnKind>>();
  for (const [table, columns] of Object.entries(ovsdbTables[database] ?? {})) {
    const there = fields(fields(fields(tables)[table])['columns']);
    const own = columns.filter((column) => column in there);
    const kindOf = (column: string): ColumnKind => {
      const { type } = fields(there[column]);
      return { shape: shapeOf(type), empty: emptyOf(type) };
    };
    if (own.length > 0) kinds.set(table, new Map(own.map((column) => [column, kindOf(column)])));
  }
  if (kinds.size === 0)
    throw new TalkError('failed', `${database}: its schema has none of the tables that are asked for`);
  return kinds;
}

async function follow(rpc: JsonRpc, database: string, followed: Map<string, Followed>): Promise<Followed> {
  const kinds = kindsIn(await rpc.call('get_schema', [database]), database);
  const wanted = [...kinds].map(([table, columns]) => [table, [{ columns: [...columns.keys()] }]] as const);
  const one: Followed = { tables: new Map(), text: undefined, kinds, early: [] };
  // A change may follow the answer so closely that it is heard before this function goes on.
  followed.set(database, one);
  try {
    const answer = await rpc.call('monitor_cond_since', [database, database, Object.fromEntries(wanted), NOTHING_YET]);
    const [, , first] = items(answer);
    for (const updates of [first, ...(one.early ?? [])]) apply(one.tables, updates, kinds);
    one.early = undefined;
    return one;
  } catch (error) {
    followed.delete(database);
    throw error;
  }
}
