import { expect, test } from 'vitest';
import { ioRates, statementRates, vacuumWork } from '../../../src/entities/databases/postgresql-workload.ts';
import { postgresqlWorkload } from '../../../src/sources/databases/postgresql-workload.ts';

/** Sample of one server at a second. */
function workload(at: number, reply: object) {
  const four = new Map([['/var/run/postgresql/.s.PGSQL.5432', { ok: true, text: JSON.stringify(reply), tookMs: 1, at } as const]]); // prettier-ignore
  return postgresqlWorkload.parse({ four, five: undefined, elsewhere: undefined });
}
const statement = (queryid: string, calls: number, ms: number) => ({ userid: '10', dbid: '5', queryid, datname: 'shop', calls, ms, rows: calls, blocks_read: 0, query: `select ${queryid}` }); // prettier-ignore
const ofShop = (own: object) => ({ ofDatabases: [{ database: 'shop', ...own }] });

test('statementRates are of the statements called since the reading before, those with most time first', () => {
  const before = workload(10, ofShop({ statements: [statement('1', 5, 50), statement('2', 9, 90), statement('3', 4, 4)] })); // prettier-ignore
  const now = workload(40, ofShop({ statements: [statement('1', 35, 80), statement('2', 9, 90), statement('3', 10, 604), statement('4', 1, 9000)] })); // prettier-ignore
  expect(statementRates({ now, before, seconds: 30 })).toMatchObject([
    { statement: { query: 'select 3', database: 'shop' }, msPerSec: 20, callsPerSec: 0.2, meanMs: 100 },
    { statement: { query: 'select 1' }, msPerSec: 1, callsPerSec: 1, meanMs: 1 },
  ]);
});

test('statementRates of a first reading, and after a reset of the statistics, are none', () => {
  const one = workload(10, ofShop({ statements: [statement('1', 5, 50)] }));
  expect(statementRates({ now: one, before: undefined, seconds: undefined })).toEqual([]);
  expect(statementRates({ now: workload(40, ofShop({ statements: [statement('1', 2, 5)] })), before: one, seconds: 30 })).toEqual([]); // prettier-ignore
});

test('vacuumWork has vacuums that run, then tables most past their limit', () => {
  const table = (relname: string, dead: number) => ({ schemaname: 'public', relname, n_live_tup: 9, n_dead_tup: dead, threshold: 50 }); // prettier-ignore
  const now = workload(1, {
    vacuums: [{ pid: 7, datname: 'shop', phase: 'scanning heap', heap_blks_total: 100, heap_blks_scanned: 40, backend_type: 'autovacuum worker', query: 'autovacuum: VACUUM public.old' }],
    ...ofShop({ tables: [table('calm', 5), table('busy', 500)] }),
  }); // prettier-ignore
  expect(vacuumWork({ now, before: undefined, seconds: undefined })).toMatchObject([
    { running: { pid: 7, isAutovacuum: true, blocksScanned: 40 } },
    { table: { name: 'public.busy', database: 'shop', threshold: 50 } },
    { table: { name: 'public.calm' } },
  ]);
});

test('ioRates are per kind of backend, mean times only where they are measured', () => {
  const row = (reads: number, read_ms: number) => ({ backend_type: 'client backend', object: 'relation', reads, read_bytes: reads * 8192, writes: 0, write_bytes: 0, read_ms, write_ms: 0, evictions: reads, fsyncs: null }); // prettier-ignore
  const idle = { ...row(0, 0), backend_type: 'walsender' };
  const rates = (ms: number) => ioRates({ now: workload(20, { io: [row(30, ms), idle] }), before: workload(10, { io: [row(10, 0), idle] }), seconds: 10 }); // prettier-ignore
  expect(rates(40)).toMatchObject([{ io: { backend: 'client backend' }, readBytesPerSec: 16_384, readMs: 2, evictionsPerSec: 2, fsyncsPerSec: undefined }]); // prettier-ignore
  expect(rates(0)).toMatchObject([{ readMs: undefined }]);
});

test('postgresqlWorkload has the reason of a database that refuses, and its names as identifiers', () => {
  const sample = workload(1, {
    ofDatabases: [
      { database: 'shop', errors: { tables: 'permission denied' } },
      { database: 'crm', tables: [{ schemaname: 'public', relname: 'contracts', n_dead_tup: 3, threshold: 50 }] },
    ],
  });
  const one = sample?.servers.get('5432');
  expect(one && 'errors' in one && [...one.errors]).toEqual([['tables of shop', 'permission denied']]);
  expect(postgresqlWorkload.identifiers?.(sample)).toEqual([
    { kind: 'database', value: 'crm' },
    { kind: 'database', value: 'contracts' },
  ]);
});

test.each(['', '[]', '{"ofDatabases":7,"io":[7],"vacuums":{}}', '{"ofDatabases":[{"tables":[7],"statements":[{}]}]}'])(
  'postgresqlWorkload of %j has nothing',
  (text) => {
    const four = new Map([['/var/run/postgresql/.s.PGSQL.5432', { ok: true, text, tookMs: 1 } as const]]);
    const one = postgresqlWorkload.parse({ four, five: undefined, elsewhere: undefined })?.servers.get('5432');
    expect(one).toMatchObject({ vacuums: [], io: [], tables: [] });
    expect(one && 'statements' in one && one.statements.size).toBe(0);
  },
);
