import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Console } from './lib/console.ts';
import { broughtUpHere, lab, labDir } from './lib/lab.ts';

/** Console over SSH on a Ceph cluster with consecutive faults, most of them of osd.1. */
let screen: Console;

async function connect(target = 'support@main'): Promise<void> {
  screen = new Console(['--budget', '60', '-F', join(labDir, 'sshd/ssh_config'), target], { columns: 160, rows: 60 });
  await screen.until('LIVE', 60_000);
  await screen.go('Ceph');
}

/** Waits until the previous fault has passed. */
const calm = () => screen.until(/pgs +(\d+), \1 active\+clean/, 120_000);

/** Runs `check` during a fault and repairs the fault also on failure, so that the next test is not affected. */
async function during(fault: string, check: () => Promise<unknown>): Promise<void> {
  await lab('ceph', 'break', fault);
  try {
    await check();
  } finally {
    await lab('ceph', 'repair', fault);
  }
}

/** Whether slow faults run too; most faults are slow to appear and to end. */
const ALL = Boolean(process.env['CRASHCART_LAB_ALL']);
// Sum of all waits; an idle machine needs a tenth of this.
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

it('pane shows three OSDs by librados and admin sockets when the cluster is healthy', QUICK, async () => {
  // In any order, because the order of healthy OSDs varies.
  await screen.until(/(?: [012] (?:ok|idle) .*\d[\d.]*ms .*\n.*){3}/, 120_000);
  await screen.until(/osds +3 up, 3 in, of 3/, 60_000);
  await screen.until(/quorum a, of 1, leader a/, 60_000);
  await calm();
  await screen.until(/clients +read [\d.]+k?\/s .* write [\d.]+k?\/s/, 60_000);
});

it('slow op names the process of its client', QUICK, async () => {
  const load = readFileSync(join(labDir, 'ceph/load.pid'), 'utf8').trim();
  await during('slow-dispatch', async () => {
    const client = new RegExp(String.raw`osd_op .* client\.\d+ python3\[${load}\] `);
    await screen.until(client, 120_000);
    for (let step = 0; step < 16 && !screen.text().includes('▸Slow ops'); step++) {
      await screen.press('tab');
      await screen.settle();
    }
    await screen.press('home', 'enter');
    await screen.until(
      [/key +client\.admin/, /host +\S/, new RegExp(String.raw`on this host +python3\[${load}\]`)],
      60_000,
    );
    await screen.press('esc');
  });
});

/** Expects osd.1 as slow with a cause, and the other OSDs, which wait for its replies, as not slow. */
async function slow(fault: string, cause: string): Promise<void> {
  await calm();
  // Waits until the previous fault no longer shows.
  await screen.until(/ 1 (?:ok|idle) /, 90_000);
  await during(fault, async () => {
    await screen.until(new RegExp(`^(?![\\s\\S]* [02] slow:)[\\s\\S]* 1 slow: ${cause} `), 120_000);
    await screen.go('Overview');
    await screen.until(/osd\.1\b.*slow replica writes, .* \(peers /, 60_000);
    await screen.go('Ceph');
  });
}

it('pane names osd.1 and its device when its disk is slow', QUICK, () => slow('slow-disk', 'device'));

it('pane shows timeout of a frozen OSD and keeps reading the others', QUICK, async () => {
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
])('pane names osd.1 on %s, cause %s', SLOW, slow);

it('pane shows a dead OSD as gone, and its recovery', SLOW, async () => {
  await calm();
  await during('dead-osd', async () => {
    await screen.until(/ 1 (?:down, )?gone/, 60_000);
    await screen.until(/OSD_DOWN/, 60_000);
    await screen.until(/▲2 up/, 60_000);
  });
  await screen.until(/osds +3 up, 3 in/, 90_000);
  await screen.until(/ 1 (?:ok|idle) /, 120_000);
});

it('pane shows an unresponsive mgr and keeps reading OSDs when the mgr is frozen', SLOW, async () => {
  await calm();
  await during('frozen-mgr-daemon', async () => {
    await screen.until(/▲mgr unresponsive/, 60_000);
    await screen.until(/osds +3 up[\s\S]* 0 (?:ok|idle) +\d/, 60_000);
  });
  await screen.until(/mons +quorum a, of 1, leader a, since/, 60_000);
});

/** Pids of crashcart's librados sessions on this machine, which is also the host. pgrep exits 1 without a match. */
const sessions = (): number =>
  spawnSync('pgrep', ['-f', 'One librados session with a Ceph cluster'], { encoding: 'utf8' }).stdout.split('\n')
    .length - 1;

it(
  'pane shows how long monitors are unresponsive, keeps reading local OSDs, and opens one session at most',
  SLOW,
  async () => {
    await calm();
    expect(sessions()).toBe(1);
    await during('frozen-mon-daemon', async () => {
      await screen.until(/mons +▲unresponsive for \d+ ?[sm]/, 60_000);
      // PGs cannot peer without a monitor, so an OSD may be stuck, and is still read.
      expect(await screen.until(/ 0 (?:ok|idle|stuck) /, 60_000)).not.toMatch(/ [012] timeout/);
      for (let looks = 0; looks < 10; looks++) {
        expect(sessions()).toBeLessThanOrEqual(1);
        await sleep(500);
      }
    });
    await screen.until(/quorum a, of 1, leader a/, 120_000);
  },
);

it('pane shows flags, muted checks and recent crashes', SLOW, async () => {
  await calm();
  await during('muted', async () => {
    await screen.until(/health +(?:(?!OSDMAP_FLAGS)[^\n])*muted: OSDMAP_FLAGS until \d/, 60_000);
    await screen.until(/◆flags noout/, 60_000);
  });
  await during('crash', () => screen.until(/▲1 recent crash: osd\.1/, 180_000));
});

describe('host without python3-rados', { skip: !ALL }, () => {
  it('pane uses the ceph CLI fallback and keeps reading admin sockets', SLOW, async () => {
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

  it('pane shows denied when neither keyring nor sockets are readable', SLOW, async () => {
    await screen[Symbol.asyncDispose]();
    await connect('guest@main');
    expect(await screen.until(/denied/, 60_000)).not.toMatch(/ 0 ok /);
  });
});

describe('other packagings', { skip: !ALL }, () => {
  it.each([
    ['packages', /osds +3 up, 3 in, of 3/],
    ['microceph', /osds +3 up, 3 in, of 3/],
    // Without a keyring the monitor is read by its admin socket.
    ['rook', /osds +3 up, 3 in, of 3, from mon\.a counters/],
  ])('pane finds sockets and configuration of %s', SLOW, async (place, cluster) => {
    await screen[Symbol.asyncDispose]();
    await lab('ceph', 'down');
    await lab('ceph', 'up', '--place', place);
    await connect();
    await screen.until(cluster, 60_000);
    // Latencies right after the start vary.
    expect(await screen.until(/ 0 (?:ok|idle|slow: \w+|restarted) .*\d[\d.]*ms/, 60_000)).not.toMatch(/ [012] gone/);
  });
});
