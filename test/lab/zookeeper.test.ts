import { join } from 'node:path';
import { afterAll, beforeAll, it } from 'vitest';
import { Console } from './lib/console.ts';
import { broughtUpHere, lab, labDir } from './lib/lab.ts';
import { namesFaults } from './lib/named-faults.ts';

/** Console over SSH on three servers of ZooKeeper, with consecutive faults. */
let screen: Console;

beforeAll(async () => {
  await Promise.all([lab('sshd', 'up'), lab('zookeeper', 'up')]);
  screen = new Console(['-F', join(labDir, 'sshd/ssh_config'), 'support@main'], { columns: 160, rows: 50 });
  await screen.until('LIVE', 60_000);
  await screen.go('Databases');
});
afterAll(async () => {
  await screen[Symbol.asyncDispose]();
  if (broughtUpHere('zookeeper')) await lab('zookeeper', 'down');
});

it('pane shows the servers, and the reason for missing figures', async () => {
  await screen.until([/zookeeper:2181\S* +3\.8\.0 +leader/, /zookeeper:2181\S* +3\.8\.0 +follower/, /mntr not read/], 30_000); // prettier-ignore
});

namesFaults('zookeeper', () => screen, [
  ['follower', /zookeeper:2181.* 1 of 2 followers in sync/],
  ['slow-fsync', /zookeeper:2181.* slow disk: fsync of the transaction log [1-3]\.\ds/],
  // Its root where the disk was slow before: requests wait for the fsync.
  ['outstanding', /zookeeper:2181.* (?:\d+ outstanding requests|slow disk: fsync)/],
  ['quorum', /zookeeper:2181.* not serving requests, no quorum/],
  ['frozen', /java\[\d+\].*stopped \(SIGSTOP\)|zookeeper:2181.* does not respond/],
]);
