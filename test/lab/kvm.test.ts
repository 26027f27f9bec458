import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Console } from './lib/console.ts';
import { lab, labDir } from './lib/lab.ts';

/**
 * Timeout of waits for the screen, sized for a busy machine; on an idle one each fault is on the screen within a round or
 * two (5 s). One console over SSH shows libvirtd and QEMU guests of this machine with consecutive faults.
 */
const SOON_MS = 60_000;
vi.setConfig({ testTimeout: 300_000 });
/** With `CRASHCART_LAB_ALL=1` only: on an idle machine a dump is finished before its helper can be stopped. */
const ON_A_SLOW_MACHINE = { skip: !process.env['CRASHCART_LAB_ALL'] };
let screen: Console;

beforeAll(async () => {
  await Promise.all([lab('sshd', 'up'), lab('kvm', 'up')]);
  await lab('kvm', 'repair');
  screen = await openKvm('support');
}, 500_000);

afterAll(async () => {
  await screen[Symbol.asyncDispose]();
  await lab('kvm', 'repair');
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

/** Injects a fault, waits for its pattern on the screen, runs `check`, and repairs the fault. Returns the screen's text. */
async function seenWhile(
  fault: string,
  pattern: RegExp | readonly RegExp[],
  check?: (text: string) => Promise<void> | void,
): Promise<string> {
  await lab('kvm', 'break', fault);
  try {
    const text = await screen.until(pattern, SOON_MS);
    await check?.(text);
    return text;
  } finally {
    await lab('kvm', 'repair', fault);
  }
}

const rowOf = (text: string, guest: string): string =>
  text.split('\n').find((line) => line.includes(` ${guest} `)) ?? '';

/** Percentages in a row, without ages, which change between samples too. */
const figures = (row: string): string => (row.match(/[\d.]+%/g) ?? []).join(' ');

/** Waits until the percentages of a guest differ from those in a row. */
async function moved(guest: string, before: string): Promise<void> {
  await expect
    .poll(() => figures(rowOf(screen.text(), guest)), { timeout: SOON_MS, interval: 500 })
    .not.toBe(figures(before));
}

/** States of the last reply of libvirt, with their age. */
const STALE = [
  /lab-paused +paused \(user\) +[▲◆]?\d+s /,
  /lab-off +shut off +[▲◆]?\d+s/,
  /lab-db +running +[▲◆]?\d+s .*\d%/,
];

describe('with root', () => {
  it('shows state and reason when a guest panics, hits a full disk, or is paused by a user', async () => {
    await seenWhile('crashed', /lab-crash +crashed \(panicked\)/);
    await seenWhile('ioerror', /lab-full +paused \(I\/O error\) +vda: no space/);
    const text = await seenWhile('paused', /lab-paused +paused \(user\)/);
    expect(rowOf(text, 'lab-off')).toMatch(/lab-off +shut off +│$/);
    await screen.until(/lab-paused +running/, SOON_MS);
  });

  it('shows steal and no throttling when four vCPUs share one CPU', async () => {
    await seenWhile('steal', [
      /instance-0000002a +running +4 +\d\d+% .*▲(?:[4-9]\d|100)% +\d\.\d% +128M/,
      /lab-paused .* 0\.0% +64M/,
    ]);
  });

  it('shows throttling apart from steal when a guest has a quota', async () => {
    await seenWhile('quota', [/lab-db +running .*[▲◆]\d\d% +256M/, /instance-0000002a .* 0\.0% +128M/]);
  });

  it('shows current memory when the balloon is inflated', async () => {
    await seenWhile('balloon', [/lab-db +running .* 160M/, /instance-0000002a .* 128M/]);
  });

  it('shows latencies when a disk is busy', async () => {
    const quiet = /lab-raw +running (?!.*\dms )/;
    await seenWhile('hot-disk', [/lab-db +running .*\d(?:ms|s) +[▲◆]?[\d.]+m?s /, quiet]);
  });

  it('reports a stalled job when a dump hangs', ON_A_SLOW_MACHINE, async () => {
    const text = await seenWhile('stuck-job', /lab-db +running +dump [\d.]+% \d+[sm]/, async () => {
      await screen.until(/dump stalled, no progress for \d+/, 90_000);
    });
    expect(rowOf(text, 'lab-raw')).not.toMatch(/dump/);
    await screen.until(/lab-db +running +[▲◆]?\d/, SOON_MS);
  });

  it('shows a monitor timeout and keeps libvirtd workers free when a QEMU is frozen', async () => {
    // Occupied: another command was running in it when it froze.
    await seenWhile('frozen-qemu', /lab-db +stopped \(SIGSTOP\) +[▲◆]?(?:timeout|occupied) \d/, async () => {
      const before = rowOf(screen.text(), 'lab-raw');
      await screen.until(/lab-db +stopped \(SIGSTOP\) +[▲◆]?(?:timeout|occupied) [1-9]\ds/, SOON_MS);
      // The idle guest uses some CPU, so its row changes with each sample.
      await moved('lab-raw', before);
      await screen.until(/libvirt +[▲◆]?answers in/, SOON_MS);
      expect(await busyWorkers()).toBeLessThanOrEqual(2);
    });
    await screen.until(/lab-db +running/, SOON_MS);
  });

  it('keeps the last states with their age when libvirtd is frozen', async () => {
    await lab('kvm', 'break', 'paused');
    await screen.until(/lab-paused +paused \(user\)/, SOON_MS);
    await seenWhile('freeze-daemon', /libvirt UNRESPONSIVE for \d+ ?s/, async () => {
      await screen.until(STALE, SOON_MS);
    });
    await lab('kvm', 'repair', 'paused');
    await screen.until(/libvirt +[▲◆]?answers in/, SOON_MS);
  });

  it('shows STOPPED, the last states and live CPU use when libvirtd is stopped', async () => {
    await lab('kvm', 'break', 'paused');
    await screen.until(/lab-paused +paused \(user\)/, SOON_MS);
    await seenWhile('stop-daemon', /libvirt STOPPED, last reply \d+ ?s ago/, async () => {
      const text = await screen.until([...STALE, /^(?![\s\S]*UNRESPONSIVE)/], SOON_MS);
      await moved('lab-raw', rowOf(text, 'lab-raw'));
    });
    await lab('kvm', 'repair', 'paused');
    await screen.until(/libvirt +[▲◆]?answers in/, SOON_MS);
  });

  it('links a guest to its QEMU, and asks for its name when a tool starts', async () => {
    await screen.press('/');
    screen.type('lab-db');
    await screen.press('enter', 'f');
    await screen.until(/runs as qemu\[\d+\]/);
    screen.type('runs as');
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

it('shows states of libvirt and CPU use of /proc without root', async () => {
  await using plain = await openKvm('guest');
  const text = await plain.until(/lab-db +running .*\d% +256M .*\d+M/, 60_000);
  expect(text).not.toMatch(/cost .* root  /);
  expect(text).toMatch(/lab-off +shut off/);
});

/** Number of ordinary libvirtd workers that are in a call. */
async function busyWorkers(): Promise<number> {
  const { stdout } = await promisify(execFile)('virt-admin', ['server-threadpool-info', 'libvirtd'], {
    timeout: 20_000,
  });
  const figure = (name: string): number => Number(new RegExp(`${name} *: (\\d+)`).exec(stdout)?.[1]);
  return figure('nWorkers') - figure('freeWorkers') + figure('jobQueueDepth');
}
