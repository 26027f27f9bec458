import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Recording } from '../../src/recording/recording.ts';
import { treeOf } from '../../bench/lib/cpu.ts';
import { Console } from './lib/console.ts';

const run = promisify(execFile);
const launcher = resolve(import.meta.dirname, '../../bin/crashcart.cjs');
/** Number of recorders to kill. */
const KILLS = Number(process.env['CRASHCART_KILLS'] ?? (process.env['CRASHCART_LAB_ALL'] ? 100 : 8));

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'crashcart-lab-recording-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const crashcart = (...args: string[]) =>
  run(process.execPath, [launcher, ...args], { cwd: folder, maxBuffer: 64 << 20, timeout: 60_000 });

/** Output of the one-liners in docs/recording-format.md. */
const jq = async (file: string, filter: string): Promise<string[]> => {
  const { stdout } = await run('sh', ['-c', 'zstdcat "$1" | jq -r "$2"', 'sh', file, filter], { maxBuffer: 64 << 20 });
  return stdout.split('\n').filter((line) => line !== '');
};

async function lastEventMs(file: string): Promise<number> {
  const recording = await Recording.open(file);
  try {
    const { events } = await recording.segment(recording.segments.length - 1);
    return Math.max(...events.map(({ t }) => t));
  } finally {
    await recording.close();
  }
}

describe('a recording without a screen', () => {
  it('ends after --for, is readable by other programs, and replays as a report', async () => {
    const file = join(folder, 'timed.cc.zst');
    const { stdout, stderr } = await crashcart('record', '--for', '6s', '--record', file);
    expect(stdout.trim()).toBe(file);
    expect(stderr).toMatch(/crashcart: [67]s recorded/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const loads = await jq(file, 'select(.e=="sample" and .source=="loadavg") | .reads.text.text');
    expect(loads.length).toBeGreaterThanOrEqual(2);
    expect(loads[0]).toMatch(/^\d+\.\d+ \d+\.\d+ \d+\.\d+ \d+\/\d+ \d+$/);
    expect((await jq(file, 'select(.e=="recorder") | .detail')).at(-1)).toBe('ended by the engineer');
    const report = await crashcart('replay', file);
    expect(report.stdout).toContain('HARDWARE');
    expect(report.stdout).toContain('recording · local');
    const piped = execFileSync(process.execPath, [launcher, 'replay', '-'], { input: readFileSync(file) }).toString();
    expect(piped).toBe(report.stdout);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('%s ends it cleanly', async (signal) => {
    const file = join(folder, `${signal}.cc.zst`);
    const child = spawn(process.execPath, [launcher, 'record', '--record', file], { stdio: 'ignore' });
    await expect.poll(() => existsSync(file) && statSync(file).size, { timeout: 20_000 }).toBeGreaterThan(1000);
    const ended = new Promise((done) => child.once('exit', (code) => done(code)));
    child.kill(signal);
    expect(await ended).toBe(0);
    expect((await jq(file, 'select(.e=="recorder") | .what')).at(-1)).toBe('end');
  });

  it('fails with the reason when a file is not writable or not a recording', async () => {
    const there = join(folder, 'there');
    execFileSync('touch', [there]);
    await expect(crashcart('record', '--for', '1s', '--record', there)).rejects.toThrow(
      /there: file exists, not overwritten/,
    );
    await expect(crashcart('record', '--for', '1s', '--record', '/nowhere/x')).rejects.toThrow(/\/nowhere\/x: ENOENT/);
    await expect(crashcart('replay', '/etc/passwd')).rejects.toThrow(/\/etc\/passwd: not a recording/);
  });
});

/** CPU wait time of a process tree, ms: time in which a busy machine did not let the recorder run. */
const waitedMs = (pid: number | undefined): number =>
  (pid === undefined ? [] : treeOf(pid)).reduce((sum, one) => {
    try {
      return sum + Number(readFileSync(`/proc/${one}/schedstat`, 'latin1').split(' ')[1]) / 1e6;
    } catch {
      return sum;
    }
  }, 0);

it(`recording loses 2 s or less on kill -9 (${KILLS} times)`, { timeout: 60_000 + KILLS * 12_000 }, async () => {
  const lostMs: number[] = [];
  for (let i = 0; i < KILLS; i++) {
    const file = join(folder, `killed-${i}.cc.zst`);
    const child = spawn(process.execPath, [launcher, 'record', '--record', file], { stdio: 'ignore' });
    await expect.poll(() => existsSync(file) && statSync(file).size, { timeout: 20_000 }).toBeGreaterThan(1000);
    // At any point between two flushes.
    const waited = waitedMs(child.pid);
    await sleep(1000 + Math.random() * 1500);
    const starvedMs = waitedMs(child.pid) - waited;
    const ended = new Promise((done) => child.once('exit', done));
    child.kill('SIGKILL');
    const killedMs = Date.now();
    await ended;
    lostMs.push(killedMs - (await lastEventMs(file)) - starvedMs);
    rmSync(file);
  }
  expect(lostMs).toHaveLength(KILLS);
  expect(Math.max(...lostMs)).toBeLessThan(2000);
});

it('recording ends with ENOSPC on a full disk and stays readable', async () => {
  const small = join(folder, 'small');
  mkdirSync(small);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', small]);
  try {
    const file = join(small, 'full.cc.zst');
    const ended = crashcart('record', '--for', '50s', '--record', file).catch((error: unknown) => error);
    await expect.poll(() => existsSync(file) && statSync(file).size, { timeout: 20_000 }).toBeGreaterThan(1000);
    await sleep(3000);
    // Fills the file system.
    execFileSync('sh', ['-c', 'dd if=/dev/zero of="$1/other" bs=64k 2>/dev/null; true', 'sh', small]);
    expect(String(await ended)).toMatch(/ended early: ENOSPC/);
    const recording = await Recording.open(file);
    const { events } = await recording.segment(0);
    await recording.close();
    expect(events.filter(({ e }) => e === 'sample').length).toBeGreaterThan(5);
  } finally {
    execFileSync('umount', [small]);
  }
});

const UNPRIVILEGED = ['--reuid=65534', '--regid=65534', '--clear-groups'];
/** Whether other users may read the checkout; one in root's home is closed to them. */
const isOpen = spawnSync('setpriv', [...UNPRIVILEGED, 'test', '-r', launcher]).status === 0;

describe.skipIf(!isOpen)('a directory that became read-only', () => {
  /** Recorder without root, because root may write everywhere. */
  async function recordUnprivileged(name: string, ...more: readonly string[]) {
    const home = join(folder, name);
    mkdirSync(home);
    chownSync(home, 65_534, 65_534);
    chmodSync(folder, 0o755);
    const file = join(home, 'r.cc.zst');
    const args = [...UNPRIVILEGED, process.execPath, launcher, 'record', '--record', file];
    const env = { PATH: process.env['PATH'] ?? '', HOME: folder, XDG_STATE_HOME: join(home, 'state') };
    const child = spawn('setpriv', [...args, ...more], { cwd: home, env });
    const [out, err] = [text(child.stdout), text(child.stderr)];
    const ended = new Promise<number | null>((done) => child.once('exit', done));
    await expect.poll(() => existsSync(file) && statSync(file).size, { timeout: 30_000 }).toBeGreaterThan(1000);
    chmodSync(home, 0o555);
    child.kill('SIGTERM');
    return { file, code: await ended, out: await out, err: await err };
  }

  it('does not affect an open recording', async () => {
    const { file, code, err } = await recordUnprivileged('plain');
    expect([code, err]).toEqual([0, expect.stringMatching(/recorded/)]);
    expect(execFileSync('zstdcat', [file]).toString()).toContain('ended by the engineer');
  });

  it('empties a redacted one that could not be verified, and reports it', async () => {
    const { file, code, err } = await recordUnprivileged('redacted', '--redact');
    expect(code).toBe(1);
    expect(err).toMatch(/redaction could not be verified \(EACCES: .*\): recording emptied/);
    expect(statSync(file).size).toBe(0);
  });
});

describe('on the screen', () => {
  it('R records, replay shows the same, and asciinema plays the cast', { timeout: 120_000 }, async () => {
    const file = join(folder, 'screen.cc.zst');
    {
      await using screen = new Console(['--record', file], { columns: 100, rows: 30 });
      await screen.until('REC 00:0');
      await screen.press('3');
      await screen.until('PID USER');
      await screen.press('m');
      await screen.press('w');
      await screen.until('Text for the case notes');
      screen.type('restarted the agent');
      await screen.press('enter');
      await screen.until('note added');
      await screen.press('p');
      await screen.until(/ history \d\d:\d\d/);
      await screen.press('{');
      await screen.press('p');
      await screen.press('R');
      await screen.until('Recording stopped');
      await screen.until('crashcart replay');
      await screen.press('enter');
      await screen.press('q');
      expect((await screen.exit()).code).toBe(0);
      expect(screen.leftovers()).toEqual([]);
    }
    expect(await jq(file, 'select(.e=="marker") | .text')).toContain('restarted the agent');
    {
      await using replay = new Console(['replay', file], { columns: 100, rows: 30 });
      await replay.until('REPLAY');
      await replay.press('3');
      await replay.until('PID USER');
      await replay.press(',');
      await replay.until('replay paused');
      await replay.press('p');
      await replay.until('replay 1x');
      await replay.press(',');
      await replay.until('replay paused');
      await replay.press('}');
      await replay.press('R');
      await replay.until('needs a live host, not a replay');
      await replay.press('q');
      expect((await replay.exit()).code).toBe(0);
    }
    const cast = join(folder, 'screen.cast');
    await run('sh', ['-c', '"$1" "$2" cast "$3" --v2 >"$4"', 'sh', process.execPath, launcher, file, cast]);
    await using player = new Console(['play', '-s', '100', '-i', '0.1', cast], {
      columns: 100,
      rows: 30,
      program: '/usr/bin/asciinema',
    });
    expect((await player.exit(30_000)).code).toBe(0);
    expect(player.raw).toContain('PID');
    const { stdout: third } = await crashcart('cast', file);
    expect(JSON.parse(third.split('\n')[0] ?? '')).toMatchObject({ version: 3, term: { cols: 100, rows: 30 } });
    expect(third).toContain('restarted the agent');
  });

  it.skipIf(!process.env['CRASHCART_LAB_ALL'])(
    'a replay: faster, to a marker, a detail that was not recorded, and all of it out of a pipe',
    { timeout: 120_000 },
    async () => {
      const file = join(folder, 'walk.cc.zst');
      {
        await using screen = new Console(['--record', file], { columns: 120, rows: 40 });
        await screen.until('REC 00:0');
        await screen.press('3');
        await screen.until('PID USER');
        await sleep(3000);
        await screen.press('m');
        await sleep(3000);
        await screen.press('R');
        await screen.until('Recording stopped');
        await screen.press('enter', 'q');
        expect((await screen.exit()).code).toBe(0);
      }
      const walk = async (replay: Console) => {
        await replay.until('REPLAY');
        await replay.press('3');
        await replay.until('PID USER');
        await replay.press(')');
        await replay.until('replay 2x');
        await replay.press('}');
        await replay.until('replay paused');
        // The reason is the missing detail, not an exit of the process.
        await replay.press('enter');
        await replay.until('not in this recording', 20_000);
        await replay.press('esc');
        await replay.until('PID USER');
        await replay.press('q');
        expect((await replay.exit()).code).toBe(0);
      };
      {
        await using replay = new Console(['replay', file], { columns: 120, rows: 40 });
        await walk(replay);
      }
      await using piped = new Console(['-c', 'cat "$1" | "$2" "$3" replay -', 'sh', file, process.execPath, launcher], {
        columns: 120,
        rows: 40,
        program: '/bin/sh',
      });
      await walk(piped);
    },
  );
});
