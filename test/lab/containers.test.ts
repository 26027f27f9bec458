import { beforeAll, describe, expect, it } from 'vitest';
import { join } from 'node:path';
import { Console } from './lib/console.ts';
import { lab, labDir } from './lib/lab.ts';

/** dockerd, LXD, podman and liblxc on this machine with faults, read over SSH with root and without. */
beforeAll(async () => {
  await lab('sshd', 'up');
  await lab('docker', 'up');
  await lab('lxd', 'up');
  await lab('lxc', 'up');
  await lab('podman', 'up');
  await lab('docker', 'break', 'oom', 'crash-loop', 'frozen', 'pids', 'throttle', 'unhealthy');
  await lab('lxd', 'break', 'oom', 'frozen', 'pids', 'throttle', 'pool-full');
  await lab('lxc', 'break', 'oom', 'pids', 'throttle', 'frozen');
  return async () => {
    await lab('lxc', 'repair');
    await lab('docker', 'repair');
    await lab('lxd', 'repair');
  };
});

/** Rows of the spinning containers without their uptime. */
const useOf = (text: string): string =>
  text
    .split('\n')
    .filter((line) => / lab-worker /.test(line))
    .map((line) => line.replace(/running +\S+/, ''))
    .join('\n');

async function openContainers(login: string): Promise<Console> {
  const screen = new Console(['--budget', '60', '-F', join(labDir, 'sshd/ssh_config'), `${login}@main`], {
    columns: 160,
    rows: 50,
  });
  await screen.until('LIVE', 60_000);
  await screen.go('Containers');
  return screen;
}

describe('with root', () => {
  it('names each container with its problem when many are broken', { timeout: 480_000 }, async () => {
    await using screen = await openContainers('support');
    for (const row of [
      /LXD +lab-mem .*running .*OOM kills?/,
      /LXD +lab-worker .*running .*throttled \d+%/,
      /LXD +lab-web .*12 of 12 pids/,
      /LXD +lab-priv .*frozen/,
      /docker lab-leak .*OOM kills?/,
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

  it('names containers of plain LXC when no daemon lists them', { timeout: 480_000 }, async () => {
    await using screen = await openContainers('support');
    await screen.press('/');
    screen.type('ct-');
    await screen.press('enter');
    for (const row of [
      /LXC +ct-mem .*running .*OOM kills?/,
      /LXC +ct-worker .*running .*throttled \d+%/,
      /LXC +ct-web .*frozen/,
      /LXC +ct-stop .*stopped/,
    ])
      expect(await screen.until(row, 90_000)).toMatch(row);
  });

  it(
    'names containers of podman when they are of root or of a user without cgroups',
    { timeout: 480_000 },
    async () => {
      await using screen = await openContainers('support');
      await screen.press('/');
      screen.type('pm-');
      await screen.press('enter');
      for (const row of [
        /podman +pm-web .*running .* 64M/,
        /podman +pm-own +labpod\S* +running/,
        /podman +pm-done .*stopped/,
      ])
        expect(await screen.until(row, 90_000)).toMatch(row);
    },
  );

  it('keeps names and use when dockerd is frozen, and marks it unresponsive', { timeout: 480_000 }, async () => {
    await using screen = await openContainers('support');
    await screen.until(/docker lab-worker +shop .*throttled/, 90_000);
    await lab('docker', 'break', 'freeze-daemon');
    try {
      const names = /docker lab-worker +shop +running .*throttled/;
      await screen.until([/docker .*unresponsive \d+[sm]/, names, /LXD +5\.\S+ .*answers in/], 90_000);
    } finally {
      await lab('docker', 'repair', 'freeze-daemon');
    }
    await screen.until(/docker [^\n]*answers in/, 90_000);
  });

  it('keeps names with their age, and use, when daemons are stopped', { timeout: 600_000 }, async () => {
    await using screen = await openContainers('support');
    await screen.until(/docker lab-worker +shop .*throttled/, 90_000);
    await screen.until(/LXD +lab-worker .*throttled/, 90_000);
    await lab('docker', 'break', 'stop-daemon');
    await lab('lxd', 'break', 'stop-daemon');
    try {
      await screen.until(/docker +20\.\S+ [^\n]*not running \d+[sm]/, 90_000);
      await screen.until(/LXD +5\.\S+ [^\n]*not running \d+[sm]/, 90_000);
      // LXD's list is read once a minute, so it is stale only after the next read.
      const text = await screen.until(
        [
          /LXD +lab-stop +stopped +\d+[sm]/,
          /docker lab-worker +shop +running +\d+[sm]\S* +throttled/,
          /LXD +lab-worker +running +\d+[sm]\S* +throttled/,
          /^(?![\s\S]*unresponsive)/,
        ],
        120_000,
      );
      // Both spin at their quota, where values may repeat; only new samples change them.
      const before = useOf(text);
      for (let tries = 0; tries < 60 && useOf(screen.text()) === before; tries++) await screen.settle(1000, 1500);
      expect(useOf(screen.text())).not.toBe(before);
    } finally {
      await lab('lxd', 'repair', 'stop-daemon');
      await lab('docker', 'repair', 'stop-daemon');
    }
    await screen.until(/docker +20\.\S+ [^\n]*answers in/, 90_000);
    await screen.until(/LXD +5\.\S+ [^\n]*answers in/, 90_000);
  });
});

// Leaves LXD a cluster of one member, with which later tests must work.
it(
  'Containers shows a member Offline when an LXD cluster lost it',
  { timeout: 480_000, skip: !process.env['CRASHCART_LAB_ALL'] },
  async () => {
    await using screen = await openContainers('support');
    await lab('lxd', 'break', 'member-gone');
    try {
      await screen.until(/member +lab-two .*Offline: No heartbeat/, 180_000);
      expect(screen.text()).toMatch(/member +lab-one .*database.*Online/);
      await screen.go('Overview');
      await screen.until(/member lab-two .*Offline, 1 of 2 members/, 60_000);
    } finally {
      await lab('lxd', 'repair', 'member-gone');
    }
  },
);

it(
  'Containers shows use of all containers, and names from the kernel, without root',
  { timeout: 480_000 },
  async () => {
    await using screen = await openContainers('guest');
    await screen.until(/LXD +lab-mem .*OOM kills?/, 90_000);
    await screen.until([/not readable: (?:needs root|Permissio)/, /docker [0-9a-f]{12} .*20 of 20 pids/], 90_000);
  },
);
