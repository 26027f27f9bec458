import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Console } from './lib/console.ts';
import { broughtUpHere, lab, labDir } from './lib/lab.ts';

/** A whole call over SSH: recorded, replayed, and written as case notes. */
const launcher = resolve(import.meta.dirname, '../../bin/crashcart.cjs');
const run = promisify(execFile);
const NOTE = 'the worker sleeps in select';
const SIZE = { columns: 120, rows: 40 };

let folder = '';
/** Process with `labvictim` in its command line. */
const victim = () =>
  spawn('/usr/bin/perl', ['-e', 'select(undef, undef, undef, 0.2) while 1', 'labvictim'], { stdio: 'ignore' });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'crashcart-lab-call-'));
  await lab('sshd', 'up');
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  if (!process.env['CRASHCART_LAB_KEEP'] && broughtUpHere('sshd')) await lab('sshd', 'down');
});

/** Opens the page of the process. */
async function openVictim(screen: Console): Promise<void> {
  await screen.go('Processes');
  await screen.press('/');
  screen.type('labvictim');
  await screen.press('enter');
  await screen.until(/▸ *\d+ .*perl/, 30_000);
  await screen.press('enter');
  await screen.until(/▸ .*perl.* esc back/, 30_000);
}

describe('a call over SSH, recorded', () => {
  it('replays, and its notes hold what was done', { timeout: 180_000 }, async () => {
    const file = join(folder, 'call.cc.zst');
    const worker = victim();
    try {
      await using screen = new Console(
        ['--record', file, '--budget', '60', '-F', join(labDir, 'sshd/ssh_config'), 'support@main'],
        SIZE,
      );
      await screen.until('LIVE', 60_000);
      await openVictim(screen);
      await screen.press('t');
      await screen.until('Tools on ', 30_000);
      screen.type('calls, 3 s');
      await screen.settle();
      await screen.press('enter');
      await screen.until('y: start,', 30_000);
      await screen.press('y');
      await screen.until(/select6?\(/, 60_000);
      await screen.until([/ended at its time limit/, /Output of a tool that ended/], 30_000);
      await screen.press('esc');
      await screen.settle();
      await screen.press('w');
      await screen.until('Text for the case notes');
      screen.type(NOTE);
      await screen.press('enter');
      await screen.until('note added');
      await sleep(2000);
      await screen.press('esc');
      await screen.until('[3 Processes]');
      await screen.press('q');
      await screen.until('Quit while recording');
      await screen.press('y');
      await screen.exit();
    } finally {
      worker.kill();
    }

    await using replay = new Console(['replay', file], SIZE);
    await replay.until('REPLAY');
    // Steps through the marks: findings first, the note last.
    for (let n = 0; n < 12 && !replay.text().includes(NOTE); n++) {
      await replay.press('}');
      await replay.settle(500);
    }
    await replay.until(`note: ${NOTE}`);
    await openVictim(replay);
    await replay.press('esc');
    await replay.until('[3 Processes]');
    await replay.press('q');
    expect((await replay.exit()).code).toBe(0);

    const notes = async (...options: string[]) => (await run(process.execPath, [launcher, 'report', file, ...options], { maxBuffer: 64 << 20 })).stdout; // prettier-ignore
    const plain = await notes();
    expect(plain).toContain(NOTE);
    expect(plain).toMatch(/strace/);
    expect(plain).toContain('# Case notes: support\\@main');
    // The whole audit log is in full notes only.
    expect(await notes('--full')).toMatch(/sudo -n/);
    const covered = await notes('--redact');
    expect(covered).toContain('# Case notes: ');
    expect(covered).not.toMatch(/support\\?@main/);
  });
});
