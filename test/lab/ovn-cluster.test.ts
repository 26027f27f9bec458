import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Console } from './lib/console.ts';
import { lab, labDir } from './lib/lab.ts';

/**
 * Both databases of OVN as clusters of three real servers, sockets where MicroOVN has them, seen over SSH while members are
 * killed and stopped. Elections take their time: gone through with `CRASHCART_LAB_ALL=1` only.
 */
const ALL = Boolean(process.env['CRASHCART_LAB_ALL']);
let screen: Console;

beforeAll(async () => {
  if (!ALL) return;
  await lab('ovn', 'down');
  process.env['LAB_OVN_CLUSTER'] = '1';
  await Promise.all([lab('sshd', 'up'), lab('ovn', 'up')]);
  screen = new Console(['--budget', '60', '-F', join(labDir, 'sshd/ssh_config'), 'support@main'], {
    columns: 200,
    rows: 60,
  });
  await screen.until('LIVE', 60_000);
  await screen.go('OVN');
});
afterAll(async () => {
  delete process.env['LAB_OVN_CLUSTER'];
  if (!ALL) return;
  await screen[Symbol.asyncDispose]();
  if (!process.env['CRASHCART_LAB_KEEP']) for (const name of ['ovn', 'ovs'] as const) await lab(name, 'down');
});

const SLOW = { skip: !ALL };

it('a whole cluster: who leads, what each member has', SLOW, async () => {
  await screen.until(/north RAFT +leads · leader of 3 · term \d+ · not committed 0/, 60_000);
  const text = await screen.until(/northbound +\*[0-9a-f]{4} +leader/);
  expect(text.match(/(?:north|south)bound +[0-9a-f]{4} +follower +\ds +0 tcp:127\.0\.0\.1:166/g)).toHaveLength(4);
  // The daemons are found at MicroOVN's places as well.
  expect(text).toMatch(/controller +has its database/);
  expect(text).toMatch(/northd +active/);
});

it('a member that was killed: silent, and none to spare', SLOW, async () => {
  await lab('ovn', 'break', 'raft-lost');
  const text = await screen.until(/north RAFT +leads · .*◆[0-9a-f]{4} silent, no other may be lost/, 40_000);
  expect(text).toMatch(/northbound +[0-9a-f]{4} +SILENT +\S+ +\d+ tcp:127\.0\.0\.1:16643/);
  await screen.go('Overview');
  await screen.until(/tcp:127\.0\.0\.1:16643 of the northbound database is silent, 2 of 3 are left/);
  await screen.go('OVN');
});

it('a second one that stands still: no leader, and no changes', SLOW, async () => {
  await lab('ovn', 'break', 'raft-frozen');
  const text = await screen.until(/north RAFT +▲NO LEADER/, 60_000);
  // The other database goes on.
  expect(text).toMatch(/south RAFT +(?:leads|led by)/);
  await screen.until(/NO MAJORITY/, 40_000);
  await screen.go('Overview');
  await screen.until(/the northbound database has no leader/);
  await screen.go('OVN');
  await lab('ovn', 'mend', 'raft-frozen', 'raft-lost');
  await screen.until(/north RAFT +(?:leads|led by [0-9a-f]{4}) · (?:leader|follower) of 3 · term/, 60_000);
});

it('the server of this host stands still: it is said, and all else is read', SLOW, async () => {
  await lab('ovn', 'break', 'raft-own');
  const text = await screen.until(/northbound +▲says nothing: timeout/, 40_000);
  expect(text).toMatch(/south RAFT +(?:leads|led by)/);
  await lab('ovn', 'mend', 'raft-own');
  await screen.until(/^(?![\s\S]*says nothing)[\s\S]*north RAFT/, 60_000);
});
