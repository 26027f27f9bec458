import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Console } from './lib/console.ts';
import { broughtUpHere, lab, labDir } from './lib/lab.ts';

/** A real Ceph cluster, broken in one way after the other at its osd.1, seen by one console over SSH. */
let screen: Console;

/** By its name: other panes come and go with what is on the machine. */
async function go(pane: string): Promise<void> {
  const tab = new RegExp(String.raw`(\d) ${pane}`);
  const [, number = ''] = tab.exec(await screen.until(tab)) ?? [];
  await screen.press(number);
  await screen.until(`[${number} ${pane}`);
}

/** What one fault left behind is not the next one's. */
const calm = () => screen.until(/pgs +33, 33 active\+clean/, 120_000);

/** A cluster takes its time to fall ill and to recover, minutes in all: gone through with `CRASHCART_LAB_ALL=1` only. */
const ALL = Boolean(process.env['CRASHCART_LAB_ALL']);
const SLOW = { timeout: 240_000, skip: !ALL };

beforeAll(async () => {
  if (!ALL) return;
  process.env['LAB_THREADS'] = '2';
  await Promise.all([lab('sshd', 'up'), lab('ceph', 'up')]);
  screen = new Console(['--budget', '60', '-F', join(labDir, 'sshd/ssh_config'), 'support@main'], {
    columns: 160,
    rows: 60,
  });
  await screen.until('LIVE', 60_000);
  await go('Ceph');
});
afterAll(async () => {
  if (!ALL) return;
  await screen[Symbol.asyncDispose]();
  if (!process.env['CRASHCART_LAB_KEEP'] && broughtUpHere('ceph')) await lab('ceph', 'down');
});

it('a cluster that fares well: three OSDs, by librados and by their sockets', SLOW, async () => {
  const text = await screen.until(/ 0 ok +\d[\d.]*ms .*\n.* [12] ok/, 60_000);
  expect(text).toMatch(/osds +3 up, 3 in, of 3/);
  expect(text).toMatch(/quorum a, of 1, leader a/);
  await calm();
  await screen.until(/clients +read [\d.]+k?\/s .* write [\d.]+k?\/s/);
});

it.each([
  ['slow-disk', 'device'],
  ['slow-dispatch', 'queue'],
  ['slow-net', 'network'],
])('%s: osd.1 is slow, and by its %s', SLOW, async (fault, cause) => {
  await calm();
  await lab('ceph', 'break', fault);
  const text = await screen.until(new RegExp(` 1 slow: ${cause} `), 90_000);
  // The others wait for it, and are not blamed.
  expect(text).not.toMatch(/ [02] slow:/);
  await go('Overview');
  await screen.until(new RegExp(`osd\\.1 takes .* for a replica write, its 2 peers`), 60_000);
  await go('Ceph');
  await lab('ceph', 'mend', fault);
  await screen.until(/ 1 (?:ok|idle) /, 90_000);
});

it('a frozen OSD: it is silent, the others are stuck and go on being read', SLOW, async () => {
  await calm();
  await lab('ceph', 'break', 'frozen-daemon');
  await screen.until(/ 1 (?:down, )?silent/, 60_000);
  expect(await screen.until(/ [02] (?:stuck|ok|slow: \w+) /)).not.toMatch(/ [02] silent/);
  await lab('ceph', 'mend', 'frozen-daemon');
  await screen.until(/ 1 (?:ok|idle) /, 120_000);
});

it('a dead OSD, and its recovery', SLOW, async () => {
  await calm();
  await lab('ceph', 'break', 'dead-osd');
  await screen.until(/ 1 (?:down, )?gone/, 60_000);
  expect(await screen.until(/OSD_DOWN/, 60_000)).toMatch(/▲2 up/);
  await lab('ceph', 'mend', 'dead-osd');
  await screen.until(/osds +3 up, 3 in/, 90_000);
  await screen.until(/ 1 ok /, 120_000);
});

it('a frozen mgr: said, and the OSDs go on', SLOW, async () => {
  await calm();
  await lab('ceph', 'break', 'frozen-mgr-daemon');
  await screen.until(/▲mgr silent/, 60_000);
  expect(await screen.until(/ 0 ok +\d/)).toMatch(/osds +3 up/);
  await lab('ceph', 'mend', 'frozen-mgr-daemon');
  await screen.until(/mons +quorum a, of 1, leader a, since/, 60_000);
});

it('no quorum: since when, the OSDs of this host go on, and one session of ours at most', SLOW, async () => {
  await calm();
  await lab('ceph', 'break', 'frozen-mon-daemon');
  await screen.until(/mons +▲no answer for \d+s/, 60_000);
  // A PG that must peer just now cannot: its OSD may be stuck, and is read all the same.
  expect(await screen.until(/ 0 (?:ok|idle|stuck) /)).not.toMatch(/ [012] silent/);
  for (let looks = 0; looks < 10; looks++) {
    const sessions = execFileSync('pgrep', ['-fc', 'One librados session with a Ceph cluster'], { encoding: 'utf8' });
    expect(Number(sessions)).toBeLessThanOrEqual(1);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  await lab('ceph', 'mend', 'frozen-mon-daemon');
  await screen.until(/quorum a, of 1, leader a/, 120_000);
});

it('a flag that somebody left', SLOW, async () => {
  await lab('ceph', 'break', 'noout');
  expect(await screen.until(/◆flags noout/, 60_000)).toMatch(/OSDMAP_FLAGS|OK|WARN/);
  await lab('ceph', 'mend', 'noout');
});
