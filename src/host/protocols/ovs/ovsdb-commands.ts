import { fields, items, json, textOf } from '../../../lib/json.ts';
import { DaemonError } from '../protocol.ts';
import type { Kinds } from './ovsdb-rows.ts';
import { operationsOf, type OvsdbQuery } from './ovsdb-queries.ts';
import type { Run } from '../cli-fallback.ts';

/** ovsdb-client(1): `query` is `transact` with an abort at its end, so it never writes. */
const CLIENT = ['ovsdb-client', '-t', '3'];

export const clientCommands: readonly string[] = [
  [...CLIENT, 'get-schema', 'unix:<socket>', '<database>'].join(' '),
  [
    ...CLIENT,
    'query',
    'unix:<socket>',
    '[<database>, {"op": "select", "table": <table>, "where": [<condition>, …], "columns": [<column>, …]}, …]',
  ].join(' '),
];

/** Period of the fallback; OVN tables grow with the cluster, and each reply is a full dump. */
export const clientSeconds = (database: string): number => (database === 'Open_vSwitch' ? 15 : 120);

const askBy =
  (run: Run) =>
  async (...words: readonly string[]): Promise<unknown> => {
    const reading = await run([...CLIENT, ...words]);
    if (!reading.ok) throw new DaemonError(reading.why, reading.detail);
    return json(reading.value);
  };

/** Reply to a query. */
export async function queryByClient(run: Run, to: string, { database, reply }: OvsdbQuery): Promise<string> {
  const ask = askBy(run);
  const schema = await ask('get-schema', `unix:${to}`, database);
  return reply(async (selections) => {
    if (selections.length === 0) return [];
    const { operations, rows } = operationsOf(database, schema, selections);
    return rows(await ask('query', `unix:${to}`, JSON.stringify(operations)));
  });
}

/** Tables in the form of a monitor reply. */
export async function byClient(
  run: Run,
  to: string,
  database: string,
  kindsOf: (schema: unknown) => Kinds,
): Promise<string> {
  const ask = askBy(run);
  const kinds = kindsOf(await ask('get-schema', `unix:${to}`, database));
  const selects = [...kinds].map(([table, columns]) => ({
    op: 'select',
    table,
    where: [],
    columns: ['_uuid', ...columns.keys()],
  }));
  const results = items(await ask('query', `unix:${to}`, JSON.stringify([database, ...selects])));
  const tables = [...kinds.keys()].map((table, place) => {
    const { rows, error, details } = fields(results[place]);
    if (!Array.isArray(rows))
      throw new DaemonError('failed', `${table}: ${textOf(details) ?? textOf(error) ?? 'no reply'}`);
    return [table, Object.fromEntries(rows.map(rowOf))] as const;
  });
  return JSON.stringify(Object.fromEntries(tables));
}

function rowOf(row: unknown): readonly [string, Readonly<Record<string, unknown>>] {
  const { _uuid, ...columns } = fields(row);
  return [String(items(_uuid)[1]), columns];
}
