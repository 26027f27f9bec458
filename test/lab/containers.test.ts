import { beforeAll, describe, expect, it } from 'vitest';
import { join } from 'node:path';
import { Console } from './lib/console.ts';
import { lab, labDir } from './lib/lab.ts';

/** Real dockerd and LXD on this machine, each broken and mended, seen over SSH with root's rights and without. */
beforeAll(async () => {
  await lab('sshd', 'up');
  await lab('docker', 'up');
  await lab('lxd', 'up');
  await lab('docker', 'break', 'oom', 'crash-loop', 'frozen', 'pids', 'throttle', 'unhealthy');
  await lab('lxd', 'break', 'oom', 'frozen', 'pids', 'throttle', 'pool-full');
  return async () => {
    await lab('docker', 'mend');
    await lab('lxd', 'mend');
  };
});

async function openContainers(login: string): Promise<Console> {
  const screen = new Console(['--budget', '60', '-F', join(labDir, 'sshd/ssh_config'), `${login}@main`], {
    columns: 160,
    rows: 50,
  });
  await screen.until('LIVE', 60_000);
  // By its name: other panes come and go with what is on the machine.
  const [, number = ''] = /(\d) Containers/.exec(await screen.until(/\d Containers/)) ?? [];
  await screen.press(number);
  await screen.until(`[${number} Containers`);
  return screen;
}

describe('with root', () => {
  it('names who suffers, and why', { timeout: 180_000 }, async () => {
    await using screen = await openContainers('support');
    for (const row of [
      /LXD +lab-mem .*running .*OOM kills/,
      /LXD +lab-worker .*running .*throttled \d+%/,
      /LXD +lab-web .*12 of 12 pids/,
      /LXD +lab-priv .*frozen/,
      /docker lab-leak .*OOM kills/,
      /docker lab-loop .*restarting \(3\) restart loop, exit 3/,
      /docker lab-forks .*20 of 20 pids/,
      /docker lab-web +shop .*unhealthy/,
      /docker lab-worker +shop .*throttled \d+%/,
      /docker lab-idle .*paused/,
      /docker lab-oom .*exited \(137\)/,
      /lab +dir +\S?9\d%/,
    ])
      expect(await screen.until(row, 90_000)).toMatch(row);
  });

  it('a frozen dockerd is marked; names stay and use goes on', { timeout: 240_000 }, async () => {
    await using screen = await openContainers('support');
    await screen.until(/docker lab-worker +shop .*throttled/, 90_000);
    await lab('docker', 'break', 'freeze-daemon');
    try {
      const text = await screen.until(/docker .*SILENT for \d+s/, 90_000);
      expect(text).toMatch(/docker lab-worker +shop +running .*throttled/);
      expect(text).toMatch(/LXD +5\.\S+ .*answers in/);
    } finally {
      await lab('docker', 'mend', 'freeze-daemon');
    }
    await screen.until(/docker [^\n]*answers in/, 90_000);
  });
});

it('without root: use of all containers, names of those that the kernel names', { timeout: 180_000 }, async () => {
  await using screen = await openContainers('guest');
  await screen.until(/LXD +lab-mem .*OOM kills/, 90_000);
  const text = await screen.until(/denied: needs root/, 90_000);
  expect(text).toMatch(/docker [0-9a-f]{12} .*20 of 20 pids/);
});
