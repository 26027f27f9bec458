import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

async function connect(who = 'support@main'): Promise<void> {
  screen = new Console(['--budget', '60', '-F', join(labDir, 'sshd/ssh_config'), who], { columns: 160, rows: 60 });
  await screen.until('LIVE', 60_000);
  await go('Ceph');
}

/** What one fault left behind is not the next one's. */
const calm = () => screen.until(/pgs +(\d+), \1 active\+clean/, 120_000);

/** Most faults take their time to show and to pass: gone through with `CRASHCART_LAB_ALL=1` only. */
const ALL = Boolean(process.env['CRASHCART_LAB_ALL']);
const QUICK = { timeout: 120_000 };
const SLOW = { timeout: 240_000, skip: !ALL };

beforeAll(async () => {
  process.env['LAB_THREADS'] = '2';
  await Promise.all([lab('sshd', 'up'), lab('ceph', 'up')]);
  await connect();
});
afterAll(async () => {
  await screen[Symbol.asyncDispose]();
  if (!process.env['CRASHCART_LAB_KEEP'] && broughtUpHere('ceph')) await lab('ceph', 'down');
});

it('a cluster that fares well: three OSDs, by librados and by their sockets', QUICK, async () => {
  // In whatever order: which of three healthy ones leads is chance.
  const text = await screen.until(/(?: [012] (?:ok|idle) .*\d[\d.]*ms .*\n.*){3}/, 60_000);
  expect(text).toMatch(/osds +3 up, 3 in, of 3/);
  expect(text).toMatch(/quorum a, of 1, leader a/);
  await calm();
  await screen.until(/clients +read [\d.]+k?\/s .* write [\d.]+k?\/s/);
});

/** Breaks and mends; answers with the screen on which osd.1 is slow by that cause. */
async function slow(fault: string, cause: string): Promise<string> {
  await calm();
  // Not what another fault left behind.
  await screen.until(/ 1 (?:ok|idle) /, 90_000);
  await lab('ceph', 'break', fault);
  const text = await screen.until(new RegExp(` 1 slow: ${cause} `), 90_000);
  await go('Overview');
  await screen.until(new RegExp(`osd\\.1 takes .* for a replica write, its 2 peers`), 60_000);
  await go('Ceph');
  await lab('ceph', 'mend', fault);
  return text;
}
/** They wait for osd.1, and are not blamed. */
const OTHERS_SLOW = / [02] slow:/;

it('a slow disk: osd.1 is slow by its device', QUICK, async () => {
  expect(await slow('slow-disk', 'device')).not.toMatch(OTHERS_SLOW);
});

it('a frozen OSD: it is silent, the others are stuck and go on being read', QUICK, async () => {
  await lab('ceph', 'break', 'frozen-daemon');
  await screen.until(/ 1 (?:down, )?silent/, 60_000);
  expect(await screen.until(/ [02] (?:stuck|ok|slow: \w+) /)).not.toMatch(/ [02] silent/);
  await lab('ceph', 'mend', 'frozen-daemon');
  await screen.until(/ 1 (?:ok|idle|slow: \w+|restarted) /, 60_000);
});

it.each([
  ['slow-dispatch', 'queue'],
  ['slow-net', 'network'],
])('%s: osd.1 is slow, and by its %s', SLOW, async (fault, cause) => {
  expect(await slow(fault, cause)).not.toMatch(OTHERS_SLOW);
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

it('a flag that somebody left, and one whose warning somebody muted', SLOW, async () => {
  await lab('ceph', 'break', 'muted');
  expect(await screen.until(/muted: OSDMAP_FLAGS until \d/, 60_000)).toMatch(/health +OK/);
  await screen.until(/◆flags noout/, 60_000);
  await lab('ceph', 'mend', 'muted');
  await lab('ceph', 'break', 'crash');
  await screen.until(/▲1 crashed: osd\.1/, 180_000);
  await lab('ceph', 'mend', 'crash');
});

describe('where librados for Python is not installed', { skip: !ALL }, () => {
  it('the ceph command is asked, seldom; the sockets of the OSDs go on', SLOW, async () => {
    await calm();
    await screen[Symbol.asyncDispose]();
    await lab('ceph', 'break', 'no-rados');
    await connect();
    expect(await screen.until(/by the ceph command, every 30 s/, 60_000)).toMatch(/quorum a, of 1/);
    await screen.until(/osds +3 up, 3 in, of 3/, 60_000);
    await screen.until(/ 0 (?:ok|slow: \w+) .*\d[\d.]*ms/, 60_000);
    await lab('ceph', 'mend', 'no-rados');
  });

  it('who may read neither key nor sockets is told so', SLOW, async () => {
    await screen[Symbol.asyncDispose]();
    await connect('guest@main');
    expect(await screen.until(/denied/, 30_000)).not.toMatch(/ 0 ok /);
  });
});

describe('other places', { skip: !ALL }, () => {
  it.each([
    ['packages', /osds +3 up, 3 in, of 3/],
    ['microceph', /osds +3 up, 3 in, of 3/],
    // No key is on such a host: its monitor is asked by its socket.
    ['rook', /osds +3 up, 3 in, of 3, as mon\.a counts them/],
  ])('%s: sockets and configuration are found', SLOW, async (place, cluster) => {
    await screen[Symbol.asyncDispose]();
    await lab('ceph', 'down');
    await lab('ceph', 'up', '--place', place);
    await connect();
    await screen.until(cluster, 60_000);
    // How fast they are on a machine that just began them is another matter.
    expect(await screen.until(/ 0 (?:ok|slow: \w+|restarted) .*\d[\d.]*ms/, 60_000)).not.toMatch(/ [012] gone/);
  });
});
