import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Console } from './lib/console.ts';
import { broughtUpHere, lab, labDir } from './lib/lab.ts';

/** A real Ceph cluster, broken in one way after the other at its osd.1, seen by one console over SSH. */
let screen: Console;

async function connect(who = 'support@main'): Promise<void> {
  screen = new Console(['--budget', '60', '-F', join(labDir, 'sshd/ssh_config'), who], { columns: 160, rows: 60 });
  await screen.until('LIVE', 60_000);
  await screen.go('Ceph');
}

/** What one fault left behind is not the next one's. */
const calm = () => screen.until(/pgs +(\d+), \1 active\+clean/, 120_000);

/** Breaks, looks, and mends whatever was seen: one failure is not the next test's. */
async function during(fault: string, look: () => Promise<unknown>): Promise<void> {
  await lab('ceph', 'break', fault);
  try {
    await look();
  } finally {
    await lab('ceph', 'mend', fault);
  }
}

/** Most faults take their time to show and to pass: gone through with `CRASHCART_LAB_ALL=1` only. */
const ALL = Boolean(process.env['CRASHCART_LAB_ALL']);
// The sum of what is waited for; on an idle machine a tenth of it.
const QUICK = { timeout: 480_000 };
const SLOW = { ...QUICK, skip: !ALL };

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
  await screen.until(/(?: [012] (?:ok|idle) .*\d[\d.]*ms .*\n.*){3}/, 120_000);
  await screen.until(/osds +3 up, 3 in, of 3/, 60_000);
  await screen.until(/quorum a, of 1, leader a/, 60_000);
  await calm();
  await screen.until(/clients +read [\d.]+k?\/s .* write [\d.]+k?\/s/, 60_000);
});

/** osd.1 is slow by that cause, and the others, which wait for it, are not blamed. */
async function slow(fault: string, cause: string): Promise<void> {
  await calm();
  // Not what another fault left behind.
  await screen.until(/ 1 (?:ok|idle) /, 90_000);
  await during(fault, async () => {
    await screen.until(new RegExp(`^(?![\\s\\S]* [02] slow:)[\\s\\S]* 1 slow: ${cause} `), 120_000);
    await screen.go('Overview');
    await screen.until(/osd\.1\b.*slow replica writes, .* \(median of 2 peers /, 60_000);
    await screen.go('Ceph');
  });
}

it('a slow disk: osd.1 is slow by its device', QUICK, () => slow('slow-disk', 'device'));

it('a frozen OSD: it is silent, the others are stuck and go on being read', QUICK, async () => {
  await during('frozen-daemon', async () => {
    await screen.until(/ 1 (?:down, )?timeout/, 60_000);
    const read = (osd: number) => new RegExp(` ${osd} (?:stuck|ok|idle|slow: \\w+) .*\\d`);
    await screen.until([read(0), read(2)], 60_000);
  });
  await screen.until(/ 1 (?:ok|idle|stuck|slow: \w+|restarted) /, 90_000);
});

it.each([
  ['slow-dispatch', 'queue'],
  ['slow-net', 'network'],
])('%s: osd.1 is slow, and by its %s', SLOW, slow);

it('a dead OSD, and its recovery', SLOW, async () => {
  await calm();
  await during('dead-osd', async () => {
    await screen.until(/ 1 (?:down, )?gone/, 60_000);
    await screen.until(/OSD_DOWN/, 60_000);
    await screen.until(/▲2 up/, 60_000);
  });
  await screen.until(/osds +3 up, 3 in/, 90_000);
  await screen.until(/ 1 (?:ok|idle) /, 120_000);
});

it('a frozen mgr: said, and the OSDs go on', SLOW, async () => {
  await calm();
  await during('frozen-mgr-daemon', async () => {
    await screen.until(/▲mgr unresponsive/, 60_000);
    await screen.until(/osds +3 up[\s\S]* 0 (?:ok|idle) +\d/, 60_000);
  });
  await screen.until(/mons +quorum a, of 1, leader a, since/, 60_000);
});

/** Our own sessions with the cluster on this machine, which is the host too. pgrep exits 1 when it finds none. */
const sessions = (): number =>
  spawnSync('pgrep', ['-f', 'One librados session with a Ceph cluster'], { encoding: 'utf8' }).stdout.split('\n')
    .length - 1;

it('no quorum: since when, the OSDs of this host go on, and one session of ours at most', SLOW, async () => {
  await calm();
  expect(sessions()).toBe(1);
  await during('frozen-mon-daemon', async () => {
    await screen.until(/mons +▲unresponsive for \d+s/, 60_000);
    // A PG that must peer just now cannot: its OSD may be stuck, and is read all the same.
    expect(await screen.until(/ 0 (?:ok|idle|stuck) /, 60_000)).not.toMatch(/ [012] timeout/);
    for (let looks = 0; looks < 10; looks++) {
      expect(sessions()).toBeLessThanOrEqual(1);
      await sleep(500);
    }
  });
  await screen.until(/quorum a, of 1, leader a/, 120_000);
});

it('a flag that somebody left, and one whose warning somebody muted', SLOW, async () => {
  await calm();
  await during('muted', async () => {
    await screen.until(/health +(?:(?!OSDMAP_FLAGS)[^\n])*muted: OSDMAP_FLAGS until \d/, 60_000);
    await screen.until(/◆flags noout/, 60_000);
  });
  await during('crash', () => screen.until(/▲1 recent crash: osd\.1/, 180_000));
});

describe('where librados for Python is not installed', { skip: !ALL }, () => {
  it('the ceph command is asked, seldom; the sockets of the OSDs go on', SLOW, async () => {
    await calm();
    await screen[Symbol.asyncDispose]();
    await during('no-rados', async () => {
      await connect();
      await screen.until(/ceph CLI fallback every 30 s/, 60_000);
      await screen.until(/quorum a, of 1/, 60_000);
      await screen.until(/osds +3 up, 3 in, of 3/, 60_000);
      await screen.until(/ 0 (?:ok|idle|slow: \w+) .*\d[\d.]*ms/, 60_000);
    });
  });

  it('who may read neither key nor sockets is told so', SLOW, async () => {
    await screen[Symbol.asyncDispose]();
    await connect('guest@main');
    expect(await screen.until(/denied/, 60_000)).not.toMatch(/ 0 ok /);
  });
});

describe('other places', { skip: !ALL }, () => {
  it.each([
    ['packages', /osds +3 up, 3 in, of 3/],
    ['microceph', /osds +3 up, 3 in, of 3/],
    // No key is on such a host: its monitor is asked by its socket.
    ['rook', /osds +3 up, 3 in, of 3, from mon\.a counters/],
  ])('%s: sockets and configuration are found', SLOW, async (place, cluster) => {
    await screen[Symbol.asyncDispose]();
    await lab('ceph', 'down');
    await lab('ceph', 'up', '--place', place);
    await connect();
    await screen.until(cluster, 60_000);
    // How fast they are on a machine that just began them is another matter.
    expect(await screen.until(/ 0 (?:ok|idle|slow: \w+|restarted) .*\d[\d.]*ms/, 60_000)).not.toMatch(/ [012] gone/);
  });
});
