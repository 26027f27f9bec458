import { expect, test } from 'vitest';
import { WorkloadConnection } from '../../../../src/host/protocols/postgresql/workload.ts';
import { DaemonError } from '../../../../src/host/protocols/protocol.ts';

/** Connection whose databases reply by `replies`; a reply that is an error is a refusal. */
function connection(replies: Readonly<Record<string, object | Error>>) {
  const requests: string[] = [];
  const closed: string[] = [];
  const one = new WorkloadConnection((database) => ({
    request: (request) => {
      requests.push(`${database} ${request}`);
      const reply = replies[database];
      return reply instanceof Error ? Promise.reject(reply) : Promise.resolve(JSON.stringify(reply));
    },
    close: () => void closed.push(database),
  }));
  return { one, requests, closed };
}
const databases = [{ datname: 'shop' }, { datname: 'crm' }, { datname: 'old' }];

test('WorkloadConnection reads each database by a session that it closes, statements of the first that has them', async () => {
  const { one, requests, closed } = connection({ postgres: { databases }, shop: { tables: [] }, crm: { tables: [], statements: [{}] }, old: { tables: [] } }); // prettier-ignore
  const reply: unknown = JSON.parse(await one.request('workload', 4000));
  expect(reply).toMatchObject({ databases, ofDatabases: [{ database: 'shop' }, { database: 'crm' }, { database: 'old' }] }); // prettier-ignore
  expect(requests).toEqual(['postgres workload', 'shop statements', 'crm statements', 'old tables']);
  expect(closed).toEqual(['shop', 'crm', 'old']);
});

test('WorkloadConnection has the reason of a database that refuses', async () => {
  const { one } = connection({ postgres: { databases: [{ datname: 'shop' }, {}] }, shop: new DaemonError('denied', 'role refused') }); // prettier-ignore
  expect(JSON.parse(await one.request('workload', 4000))).toMatchObject({
    ofDatabases: [{ database: 'shop', errors: { tables: 'role refused' } }],
  });
});

test('WorkloadConnection sends other requests to its one session, and no database is read where no time is left', async () => {
  const { one, requests } = connection({ postgres: { databases } });
  await one.request('activity', 4000);
  const noTime = { tables: 'not read: no time was left' };
  expect(JSON.parse(await one.request('workload', 100))).toMatchObject({
    ofDatabases: databases.map(({ datname }) => ({ database: datname, errors: noTime })),
  });
  expect(requests).toEqual(['postgres activity', 'postgres workload']);
});

test('WorkloadConnection asks no other database for statements that its own has', async () => {
  const { one, requests } = connection({ postgres: { databases, statements: [{}] }, shop: {}, crm: {}, old: {} });
  await one.request('workload', 4000);
  expect(requests).toEqual(['postgres workload', 'shop tables', 'crm tables', 'old tables']);
});
