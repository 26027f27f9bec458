import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Console } from './lib/console.ts';
import { lab, labDir } from './lib/lab.ts';

/**
 * A real libvirtd and QEMU guests on this machine, broken one way after the other before one console over SSH. Limits are
 * for a machine that is busy with other things; on an idle one each fault is on the screen within a sweep or two (5 s).
 */
const SOON_MS = 60_000;
vi.setConfig({ testTimeout: 300_000 });
/** On an idle machine a dump is through before its helper can be stopped: gone through with `CRASHCART_LAB_ALL=1` only. */
const ON_A_SLOW_MACHINE = { skip: !process.env['CRASHCART_LAB_ALL'] };
let screen: Console;

beforeAll(async () => {
  await Promise.all([lab('sshd', 'up'), lab('kvm', 'up')]);
  await lab('kvm', 'mend');
  screen = await openKvm('support');
}, 500_000);

afterAll(async () => {
  await screen[Symbol.asyncDispose]();
  await lab('kvm', 'mend');
});

async function openKvm(login: string): Promise<Console> {
  const one = new Console(['--budget', '60', '-F', join(labDir, 'sshd/ssh_config'), `${login}@main`], {
    columns: 160,
    rows: 50,
  });
  await one.until('LIVE', 60_000);
  await one.go('KVM');
  await one.until(/[╭─]▸?Guests /u);
  return one;
}

/** Breaks it, waits until the screen says so, looks closer, and mends it. Answers the screen that said so. */
async function seenWhile(
  fault: string,
  pattern: RegExp | readonly RegExp[],
  look?: (text: string) => Promise<void> | void,
): Promise<string> {
  await lab('kvm', 'break', fault);
  try {
    const text = await screen.until(pattern, SOON_MS);
    await look?.(text);
    return text;
  } finally {
    await lab('kvm', 'mend', fault);
  }
}

const rowOf = (text: string, guest: string): string =>
  text.split('\n').find((line) => line.includes(` ${guest} `)) ?? '';

/** Shares of CPU time in a row: ages grow by themselves. */
const figures = (row: string): string => (row.match(/[\d.]+%/g) ?? []).join(' ');

/** The figures of a guest are others than they were in this row. */
async function moved(guest: string, before: string): Promise<void> {
  await expect
    .poll(() => figures(rowOf(screen.text(), guest)), { timeout: SOON_MS, interval: 500 })
    .not.toBe(figures(before));
}

/** What libvirt said last, with its age. */
const OLD = [/lab-paused +paused: by user +[▲◆]?\d+s /, /lab-off +off +[▲◆]?\d+s/, /lab-db +running +[▲◆]?\d+s .*\d%/];

describe('with root', () => {
  it('a guest that panicked, one that a full disk stopped, and one that somebody paused', async () => {
    await seenWhile('crashed', /lab-crash +crashed: panicked/);
    await seenWhile('ioerror', /lab-full +paused: I\/O error +vda: no space/);
    const text = await seenWhile('paused', /lab-paused +paused: by user/);
    expect(rowOf(text, 'lab-off')).toMatch(/lab-off +off +│$/);
    await screen.until(/lab-paused +running/, SOON_MS);
  });

  it('steal by four vCPUs on one CPU, and no word of a quota', async () => {
    await seenWhile('steal', [
      /instance-0000002a +running +4 +\d\d+% .*▲(?:[4-9]\d|100)% +\d\.\d% +128M/,
      /lab-paused .* 0\.0% +64M/,
    ]);
  });

  it('a quota that holds a guest back is told apart from steal', async () => {
    await seenWhile('quota', [/lab-db +running .*[▲◆]\d\d% +256M/, /instance-0000002a .* 0\.0% +128M/]);
  });

  it('the balloon took memory away', async () => {
    await seenWhile('balloon', [/lab-db +running .* 160M/, /instance-0000002a .* 128M/]);
  });

  it('a busy disk, with the time of its requests', async () => {
    const quiet = /lab-raw +running (?!.*\dms )/;
    await seenWhile('hot-disk', [/lab-db +running .*\d(?:ms|s) +[▲◆]?[\d.]+m?s /, quiet]);
  });

  it('a dump that hangs is followed, and named as what keeps the lock of the guest', ON_A_SLOW_MACHINE, async () => {
    const text = await seenWhile('stuck-job', /lab-db +running +dump [\d.]+% \d+[sm]/, async () => {
      await screen.until(/dump of lab-db has moved nothing for \d+[sm]/, 90_000);
    });
    expect(rowOf(text, 'lab-raw')).not.toMatch(/dump/);
    await screen.until(/lab-db +running +[▲◆]?\d/, SOON_MS);
  });

  it('a frozen QEMU: named, all others go on, and the workers of libvirtd do not pile up', async () => {
    // Busy: a command of somebody was under way in it when it froze.
    await seenWhile('frozen-qemu', /lab-db +stopped: its QEMU +[▲◆]?(?:stuck|busy) \d/, async () => {
      const before = rowOf(screen.text(), 'lab-raw');
      await screen.until(/lab-db +stopped: its QEMU +[▲◆]?(?:stuck|busy) [1-9]\ds/, SOON_MS);
      // Its QEMU uses a CPU a little: a row that is not renewed stays the same.
      await moved('lab-raw', before);
      await screen.until(/libvirt +[▲◆]?answers in/, SOON_MS);
      expect(await busyWorkers()).toBeLessThanOrEqual(2);
    });
    await screen.until(/lab-db +running/, SOON_MS);
  });

  it('a frozen libvirtd is marked; its last word stays with its age, and CPU use goes on', async () => {
    await lab('kvm', 'break', 'paused');
    await screen.until(/lab-paused +paused: by user/, SOON_MS);
    await seenWhile('freeze-daemon', /libvirt SILENT for \d+s/, async () => {
      await screen.until(OLD, SOON_MS);
    });
    await lab('kvm', 'mend', 'paused');
    await screen.until(/libvirt +[▲◆]?answers in/, SOON_MS);
  });

  it('a stopped libvirtd is told from a hung one; what it said stays, and CPU use goes on', async () => {
    await lab('kvm', 'break', 'paused');
    await screen.until(/lab-paused +paused: by user/, SOON_MS);
    await seenWhile('stop-daemon', /libvirt STOPPED, answered \d+s ago/, async () => {
      const text = await screen.until([...OLD, /^(?![\s\S]*SILENT)/], SOON_MS);
      await moved('lab-raw', rowOf(text, 'lab-raw'));
    });
    await lab('kvm', 'mend', 'paused');
    await screen.until(/libvirt +[▲◆]?answers in/, SOON_MS);
  });

  it('leads from a guest to its QEMU, and offers tools that ask for its name before they start', async () => {
    await screen.press('/');
    screen.type('lab-db');
    await screen.press('enter', 'g');
    await screen.until(/its QEMU, pid \d+/);
    await screen.press('enter');
    await screen.until([/\[\d Processes/, /▸ *\d+ libvirt\S* .*guest:lab-db/], SOON_MS);
    await screen.press('t');
    await screen.until(/Tools on qemu-system-x86 \(\d+\)/, SOON_MS);
    screen.type('backtrace');
    await screen.press('enter');
    await screen.until([/type qemu-system-x86/i, /gdb: backtrace of all threads, once on qemu-system/], SOON_MS);
    await screen.press('esc');
  });
});

it('without root: what libvirt tells everybody, and use from /proc', async () => {
  await using plain = await openKvm('guest');
  const text = await plain.until(/lab-db +running .*\d% +256M .*\d+M/, 60_000);
  expect(text).not.toMatch(/cost .* root  /);
  expect(text).toMatch(/lab-off +off/);
});

/** Ordinary workers of libvirtd that are in a call now. */
async function busyWorkers(): Promise<number> {
  const { stdout } = await promisify(execFile)('virt-admin', ['server-threadpool-info', 'libvirtd'], {
    timeout: 20_000,
  });
  const figure = (name: string): number => Number(new RegExp(`${name} *: (\\d+)`).exec(stdout)?.[1]);
  return figure('nWorkers') - figure('freeWorkers') + figure('jobQueueDepth');
}
