import { expect, test } from 'vitest';
import { lockChains, transactions, waitingForUnknown } from '../../../src/entities/databases/sessions.ts';
import type { DaemonReply } from '../../../src/host/host.ts';
import { mysqlActivity, mysqlPid, mysqlServers } from '../../../src/sources/databases/mysql.ts';

const SOCKET = '/var/run/mysqld/mysqld.sock';
const reply = (value: unknown): DaemonReply => ({ ok: true, text: JSON.stringify(value), tookMs: 1, at: 7 });
const values = (one: DaemonReply) => ({
  run: new Map([[SOCKET, one]]),
  lib: undefined,
  mariadbd: undefined,
  mysqld: undefined,
});
const activityOf = (value: unknown) => {
  const one = mysqlActivity.parse(values(reply(value)))?.servers.get('mysqld.sock');
  if (!one || !('sessions' in one)) throw new Error('no sessions');
  return one;
};
const serverOf = (value: unknown) => mysqlServers.parse(values(reply(value)))?.servers.get('mysqld.sock');

test('mysqlActivity parses sessions with what blocks them', () => {
  const activity = activityOf({
    sessions: [
      { id: '4', user: 'shop', command: 'Sleep', seconds: '9', transaction_seconds: '10' },
      { id: '5', user: 'shop', command: 'Query', seconds: '8', state: 'Updating', transaction_seconds: '8', wait_seconds: '8', statement: 'update ?' },
      { id: '6', user: 'shop', command: 'Query', seconds: '7', state: 'Waiting for table metadata lock' },
      { id: '7', user: 'shop', command: 'Sleep', seconds: '70' },
      { id: '8', user: 'system user', command: 'Slave_SQL', transaction_seconds: '900', state: 'Waiting for work from SQL thread' },
      { id: 'x' },
    ],
    row_locks: [{ waiting: '5', blocking: '4' }, { waiting: 'x', blocking: '4' }],
    commands: [{ command: 'Sleep', number: '2' }, { command: 'Query', number: '1' }, { command: 'Execute', number: '1' }],
  }); // prettier-ignore
  expect(activity.sessions.map(({ pid, state, wait, blockedBy }) => [pid, state, wait, blockedBy])).toEqual([
    [4, 'idle in transaction', undefined, []],
    [5, 'active', 'row lock', [4]],
    [6, 'active', 'table metadata lock', []],
    [7, 'idle', undefined, []],
    [8, 'slave_sql', undefined, []],
  ]);
  expect([...activity.states]).toEqual([['idle', 2], ['active', 2]]); // prettier-ignore
  expect(lockChains(activity)).toMatchObject([{ holderPid: 4, longestSeconds: 8 }]);
  expect(waitingForUnknown(activity).map(({ pid }) => pid)).toEqual([6]);
  expect(transactions(activity).map(({ pid }) => pid)).toEqual([4, 5]);
});

test('lockChains measures the wait for a row lock, not the statement', () => {
  const sessions = [{ id: '4', command: 'Sleep' }, { id: '5', command: 'Query', seconds: '7200', wait_seconds: '3' }]; // prettier-ignore
  expect(lockChains(activityOf({ sessions, row_locks: [{ waiting: '5', blocking: '4' }] }))).toMatchObject([
    { holderPid: 4, longestSeconds: 3 },
  ]);
});

test('mysqlServers takes figures of MariaDB and of MySQL 8', () => {
  const variables = [{ variable_name: 'max_connections', value: '151' }, { variable_name: 'wsrep_on', value: 'OFF' }]; // prettier-ignore
  const maria = serverOf({ variables, status: [{ variable_name: 'Innodb_history_list_length', value: '12' }, { variable_name: 'wsrep_cluster_status', value: 'Disconnected' }] }); // prettier-ignore
  expect(maria).toMatchObject({ maxConnections: 151, historyLength: 12, galera: undefined, channels: [] });
  const eight = serverOf({
    metrics: [{ name: 'trx_rseg_history_len', count: '34' }, { name: 'lock_deadlocks', count: '2' }],
    replication: [{ channel_name: '', source_host: 'db1', replica_io_running: 'Yes', replica_sql_running: 'No', seconds_behind_source: null, last_io_errno: '0', last_sql_errno: '1062' }],
  }); // prettier-ignore
  expect(eight).toMatchObject({
    historyLength: 34,
    deadlocks: 2,
    channels: [{ name: undefined, source: 'db1', io: 'Yes', sql: 'No', lagSeconds: undefined, error: 1062 }],
  });
});

test('mysqlServers has the reason of a server that was not read', () => {
  const denied: DaemonReply = { ok: false, why: 'denied', detail: 'password wanted' };
  expect(mysqlServers.parse(values(denied))?.servers.get('mysqld.sock')).toEqual({ missing: denied });
  expect(
    mysqlServers.parse({ run: undefined, lib: undefined, mariadbd: undefined, mysqld: undefined }),
  ).toBeUndefined();
});

test.each(['', 'x', '[]', '{"sessions":7,"status":[7],"replication":7}'])(
  'mysqlServers of %j has no figures',
  (text) => {
    const one = mysqlServers.parse(values({ ok: true, text, tookMs: 1 }))?.servers.get('mysqld.sock');
    expect(one).toMatchObject({
      version: undefined,
      maxConnections: undefined,
      historyLength: undefined,
      channels: [],
    });
  },
);

test('mysqlServers has servers elsewhere with the pid of their process', () => {
  const elsewhere = new Map([['unix:mysqld:812:%2Fvar%2Frun%2Fmysqld%2Fmysqld.sock', { ok: true, text: '{}', tookMs: 1 } as const]]); // prettier-ignore
  const servers = mysqlServers.parse({ ...values({ ok: true, text: '{}', tookMs: 1 }), mysqld: elsewhere })?.servers;
  expect([...(servers?.keys() ?? [])].map((socket) => mysqlPid(socket))).toEqual([undefined, 812]);
});
