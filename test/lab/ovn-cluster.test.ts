import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Console } from './lib/console.ts';
import { lab, labDir } from './lib/lab.ts';

/**
 * Whether the tests run: elections are slow. Both databases of OVN are clusters of three servers with sockets at MicroOVN's
 * paths; members are killed and stopped.
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

it('pane shows leader and members of a healthy cluster', SLOW, async () => {
  await screen.until(/north RAFT +leader self · leader of 3 · term \d+ · uncommitted 0/, 60_000);
  const text = await screen.until(/northbound +\*[0-9a-f]{4} +leader/);
  expect(text.match(/(?:north|south)bound +[0-9a-f]{4} +follower +\ds +0 tcp:127\.0\.0\.1:166/g)).toHaveLength(4);
  // The daemons' sockets are at MicroOVN's paths too.
  expect(text).toMatch(/controller +southbound connected/);
  expect(text).toMatch(/northd +active/);
});

it('pane shows an unreachable member when one is killed', SLOW, async () => {
  await lab('ovn', 'break', 'raft-lost');
  const text = await screen.until(
    /north RAFT +leader self · .*◆[0-9a-f]{4} unreachable, one more loses quorum/,
    40_000,
  );
  expect(text).toMatch(/northbound +[0-9a-f]{4} +unreachable +\S+ +\d+ tcp:127\.0\.0\.1:16643/);
  await screen.go('Overview');
  await screen.until(/northbound members +tcp:127\.0\.0\.1:16643 unreachable, 2 of 3 left/);
  await screen.go('OVN');
});

it('pane shows no leader when quorum is lost', SLOW, async () => {
  await lab('ovn', 'break', 'raft-frozen');
  const text = await screen.until(/north RAFT +▲NO LEADER/, 60_000);
  // The southbound database is not affected.
  expect(text).toMatch(/south RAFT +leader (?:self|[0-9a-f]{4})/);
  await screen.until(/quorum lost/, 40_000);
  await screen.go('Overview');
  await screen.until(/northbound (?:database +no RAFT leader|elections +\d+ RAFT elections|members +)/);
  await screen.go('OVN');
  await lab('ovn', 'repair', 'raft-frozen', 'raft-lost');
  await screen.until(/north RAFT +leader (?:self|[0-9a-f]{4}) · (?:leader|follower) of 3 · term/, 60_000);
});

it('pane shows an unresponsive database server and the other databases', SLOW, async () => {
  await lab('ovn', 'break', 'raft-own');
  const text = await screen.until(/northbound +▲unresponsive: timeout/, 40_000);
  expect(text).toMatch(/south RAFT +leader (?:self|[0-9a-f]{4})/);
  await lab('ovn', 'repair', 'raft-own');
  await screen.until(/^(?![\s\S]*unresponsive: )[\s\S]*north RAFT/, 60_000);
});
