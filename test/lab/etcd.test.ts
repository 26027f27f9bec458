import { join } from 'node:path';
import { afterAll, beforeAll, it } from 'vitest';
import { Console } from './lib/console.ts';
import { broughtUpHere, lab, labDir } from './lib/lab.ts';
import { namesFaults } from './lib/named-faults.ts';

/** Console over SSH on three members of etcd that want certificates of their clients, with consecutive faults. */
let screen: Console;

beforeAll(async () => {
  await Promise.all([lab('sshd', 'up'), lab('etcd', 'up')]);
  screen = new Console(['-F', join(labDir, 'sshd/ssh_config'), 'support@main'], { columns: 160, rows: 50 });
  await screen.until('LIVE', 60_000);
  await screen.go('Databases');
});
afterAll(async () => {
  await screen[Symbol.asyncDispose]();
  if (broughtUpHere('etcd')) await lab('etcd', 'down');
});

it('pane shows the members with their leader and peers', async () => {
  await screen.until([/etcd:63811 +3\.4\S* +(?:leader|follower) +\d+ +2\/2 +none/, /etcd:6381\d .* leader /], 30_000);
});

namesFaults('etcd', () => screen, [
  ['peer', /etcd:63811 .*1 of 2 peers unreachable: m3/],
  ['quorum', /etcd:63811 .*no leader, writes refused, 2 of 2 peers unreachable/],
  ['slow-fsync', /etcd:63811 .*slow disk: WAL fsync p99 ≤ 1\.\ds/],
  ['quota', /etcd:63811 .*database \d\.\d MiB of 4\.0 MiB quota, [89]\d%/],
  ['nospace', /etcd:63811 .*NOSPACE alarm, writes refused/],
  ['leader-changes', /etcd:63811 .*leader changed \d+ times in/],
  ['frozen', /etcd\[\d+\].*stopped \(SIGSTOP\)|etcd:63811 .*does not respond/],
]);
