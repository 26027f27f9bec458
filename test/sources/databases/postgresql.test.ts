import { expect, test } from 'vitest';
import { lockChains, transactions } from '../../../src/entities/databases/sessions.ts';
import { postgresqlActivity, postgresqlServers, postmasterPid } from '../../../src/sources/databases/postgresql.ts';
import type { DaemonReply } from '../../../src/host/host.ts';

const reply = (value: unknown): DaemonReply => ({ ok: true, text: JSON.stringify(value), tookMs: 1, at: 7 });
const SOCKET = '/var/run/postgresql/.s.PGSQL.5432';

const session = (pid: number, blockedBy: readonly number[] = [], seconds = 9) => ({
  pid,
  datname: 'shop',
  application_name: `app-${pid}`,
  backend_type: 'client backend',
  state: 'active',
  query_seconds: seconds,
  transaction_seconds: seconds,
  blocked_by: blockedBy,
});
const activityOf = (...sessions: readonly object[]) => {
  const one = postgresqlActivity.parse({ four: new Map([[SOCKET, reply({ sessions, states: [] })]]), five: undefined, elsewhere: undefined })?.servers.get('5432'); // prettier-ignore
  if (!one || !('sessions' in one)) throw new Error('no sessions');
  return one;
};

test('postgresqlActivity parses sessions and states by server', () => {
  const four = new Map([[SOCKET, reply({ sessions: [{ ...session(7, [3]), transaction_seconds: -0.002, query: 'select ?' }, { pid: 'x' }], states: [{ state: 'idle', number: 4 }], errors: { sessions: 'denied' } })]]); // prettier-ignore
  const one = postgresqlActivity.parse({ four, five: undefined, elsewhere: undefined })?.servers.get('5432');
  expect(one).toMatchObject({
    sessions: [{ pid: 7, database: 'shop', application: 'app-7', blockedBy: [3], transactionSeconds: 0, query: 'select ?', waitType: undefined }],
    at: 7,
  }); // prettier-ignore
  expect(one && 'states' in one && [...one.states]).toEqual([['idle', 4]]);
  expect(one && 'errors' in one && [...one.errors]).toEqual([['sessions', 'denied']]);
});

test('postgresqlActivity has the reason of a server that was not read', () => {
  const five = new Map([['/var/run/postgresql/.s.PGSQL.54321', { ok: false, why: 'denied', detail: 'password wanted' } as const]]); // prettier-ignore
  expect(postgresqlActivity.parse({ four: undefined, five, elsewhere: undefined })?.servers.get('54321')).toEqual({
    missing: { ok: false, why: 'denied', detail: 'password wanted' },
  });
  expect(postgresqlActivity.parse({ four: undefined, five: undefined, elsewhere: undefined })).toBeUndefined();
});

test('postgresqlServers has servers elsewhere beside that of the host with the same port', () => {
  const parsed = postgresqlServers.parse({
    four: new Map([[SOCKET, reply({ server: [{ version: '15.1' }] })]]),
    five: undefined,
    elsewhere: new Map([
      ['unix:postgres:812:%2Fvar%2Frun%2Fpostgresql%2F.s.PGSQL.5432', reply({ server: [{ version: '16.2' }] })],
    ]),
  });
  expect(
    [...(parsed?.servers ?? [])].map(([port, one]) => [port, postmasterPid(port), 'version' in one && one.version]),
  ).toEqual([
    ['5432', undefined, '15.1'],
    ['5432@812', 812, '16.2'],
  ]);
});

test.each(['', 'x', '[]', '{"sessions":7,"server":[7],"slots":[{"slot":7}]}'])(
  'postgresqlServers of %j has no figures',
  (text) => {
    const four = new Map([[SOCKET, { ok: true, text, tookMs: 1 } as const]]);
    const one = postgresqlServers.parse({ four, five: undefined, elsewhere: undefined })?.servers.get('5432');
    expect(one).toMatchObject({ version: undefined, maxConnections: undefined, databases: [], slots: [] });
  },
);

test('lockChains begins at the session that waits for none and follows circles once', () => {
  const [chain, ...others] = lockChains(
    activityOf(session(1), session(2, [1], 30), session(3, [2, 1]), session(4, [3])),
  );
  expect(others).toEqual([]);
  expect(chain).toMatchObject({ holderPid: 1, longestSeconds: 30 });
  expect(chain?.waiting.map(({ session: { pid }, depth }) => [pid, depth])).toEqual([[2, 1], [3, 2], [4, 3]]); // prettier-ignore
  expect(lockChains(activityOf(session(1, [2]), session(2, [1])))).toEqual([]);
});

test('lockChains measures the wait, not the statement, where the server has it', () => {
  const [chain] = lockChains(activityOf(session(1), { ...session(2, [1], 7200), wait_seconds: 0.2 }));
  expect(chain?.longestSeconds).toBe(0.2);
});

test('lockChains has a prepared transaction as a holder without a session', () => {
  expect(lockChains(activityOf(session(2, [0])))).toMatchObject([{ holder: undefined, holderPid: 0 }]);
});

test('transactions are of clients, oldest first', () => {
  const activity = activityOf(session(1, [], 5), session(2, [], 50), { ...session(3, [], 90), backend_type: 'autovacuum worker' }); // prettier-ignore
  expect(transactions(activity).map(({ pid }) => pid)).toEqual([2, 1]);
});
