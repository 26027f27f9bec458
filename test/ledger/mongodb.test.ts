import { expect, test } from 'vitest';
import type { DaemonReply } from '../../src/host/host.ts';
import { mongodbChecks } from '../../src/ledger/checks/mongodb.ts';
import type { AnySource } from '../../src/sources/source.ts';
import { timelineOn } from '../helpers/found-on.ts';

const DATE_MS = 1_760_000_000_000;
const primary = { stateStr: 'PRIMARY', health: 1, optimeDate: DATE_MS };
const secondary = (lagSeconds?: number) => ({ stateStr: 'SECONDARY', health: 1, ...(lagSeconds !== undefined && { optimeDate: DATE_MS - lagSeconds * 1000 }) }); // prettier-ignore
const down = { stateStr: '(not reachable/healthy)', health: 0, optimeDate: 0 };
const arbiter = { stateStr: 'ARBITER', health: 1 };

/** Check of the replication of a replica set with these members. */
const replicationOf = (members: readonly object[]) =>
  replicationBy({
    replica: { set: 'rs0', members: members.map((one, index) => ({ _id: index, name: `db${index}:27017`, ...one })) },
  });

async function replicationBy(parts: object) {
  const reply = { hello: { setName: 'rs0', isWritablePrimary: true }, ...parts };
  const value: DaemonReply = { ok: true, text: JSON.stringify(reply), tookMs: 1 };
  const changes = {
    'listening:mongod:* < server': () => new Map([['listening:mongod:812:127.0.0.1:27017', value]]),
  };
  const sources = Object.values<AnySource>(mongodbChecks.needs);
  const { timeline, nowMs } = await timelineOn(sources, 'cloud-vm', [changes, changes]);
  const checks = mongodbChecks.of(timeline.latestMoment(mongodbChecks.needs, nowMs));
  return checks.find(({ rules }) => rules.includes('mongodb-replication'));
}

test.each([
  ['of all secondaries', [primary, secondary(4), secondary(2)], '4 s', 4],
  ['beside one of a member that is down', [primary, secondary(0), down], '0 s, 1 member unknown', 0],
  ['without a secondary', [primary, arbiter], 'no secondary', 0],
])('the check of replication has the lag %s', async (_, members, value, load) => {
  expect(await replicationOf(members)).toMatchObject({ value, load });
});

test('the check of replication has the reason where no lag is known', async () => {
  expect(await replicationOf([primary, secondary(), down])).toMatchObject({
    missing: 'not readable: unknown of 2 members',
  });
  expect(await replicationBy({ errors: { replica: 'password wanted' } })).toMatchObject({
    missing: 'not readable: password wanted',
  });
});
