import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { needsPython } from '../helpers/python.ts';
import { linkProblem, untilMet, type WaitProgress } from '../../src/commands/wait.ts';
import { parseCondition } from '../../src/figures/condition.ts';
import { ConditionWatch } from '../../src/figures/condition-watch.ts';
import { sources } from '../../src/subsystems/index.ts';
import { openRecording } from '../../src/recording/open-recording.ts';
import { commitPane, osdsOf } from '../helpers/commit-pane.ts';
import { FakeSession } from '../helpers/fake-session.ts';

const launcher = resolve(import.meta.dirname, '../../bin/crashcart.cjs');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crashcart-wait-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** `crashcart wait` on this machine. */
const wait = (...args: readonly string[]): Promise<{ code: unknown; stdout: string; stderr: string }> =>
  new Promise((settle) => {
    const env = { ...process.env, XDG_STATE_HOME: join(folder, 'state') };
    execFile(process.execPath, [launcher, 'wait', ...args], { cwd: folder, env }, (error, stdout, stderr) =>
      settle({ code: error === null ? 0 : error.code, stdout, stderr }),
    );
  });

function watchOf(text: string): ConditionWatch {
  const condition = parseCondition(text);
  if ('problem' in condition) throw new Error(condition.problem);
  return new ConditionWatch(condition, [commitPane]);
}

/** Session on the real clock. */
function sessionAt(commitMs: number): FakeSession {
  const session = new FakeSession();
  give(session, commitMs);
  return session;
}

function give(session: FakeSession, commitMs: number): void {
  session.nowMs = Date.now();
  session.give(osdsOf.id, [{ name: 'osd.1', commitMs }]);
}

/** Progress that changes the session at each state that is shown. */
const progressOf = (shown: (time: number) => void): WaitProgress => {
  let times = 0;
  return { show: () => shown(times++), note: () => undefined, end: () => undefined };
};

describe('untilMet', () => {
  const stopped = () => new AbortController().signal;

  test('goes on over a lost line and returns once the condition held for its time', async () => {
    const session = sessionAt(10);
    const sinceMs = Date.now();
    const states: string[] = [];
    const progress = progressOf((time) => {
      states.push(linkProblem(session.link, sinceMs + 2000) ?? 'live');
      if (time === 1) session.link = { state: 'lost', sinceMs, detail: 'timeout', retryAtMs: sinceMs + 5000 };
      if (time === 3) session.link = { state: 'live' };
      if (time >= 3) give(session, 300);
    });
    const met = await untilMet(session, watchOf('osd.1 commit > 200 ms for 0.4 s'), { timeoutMs: 10_000, stopped: stopped(), progress }); // prettier-ignore
    expect(met?.holding).toMatchObject([{ figure: { object: 'osd.1', value: 300, process: { pid: 41 } } }]);
    expect(states.slice(0, 5)).toEqual([
      'live',
      'live',
      ...Array(2).fill('line lost 2s: timeout, retry in 3s'),
      'live',
    ]);
  });

  test('returns nothing after the timeout', async () => {
    const options = { timeoutMs: 300, stopped: stopped(), progress: progressOf(() => undefined) };
    expect(await untilMet(sessionAt(10), watchOf('osd.1 commit > 200 ms'), options)).toBeUndefined();
  });

  test('notes a misspelt figure once, with the nearest name', async () => {
    const notes: string[] = [];
    const progress: WaitProgress = { ...progressOf(() => undefined), note: (text) => notes.push(text) };
    await untilMet(sessionAt(10), watchOf('osd.1 comit > 200 ms'), { timeoutMs: 600, stopped: stopped(), progress });
    expect(notes).toEqual(['no figure "comit" in any pane; did you mean "commit"?; waiting for it']);
  });

  test('rejects for a unit that does not fit, and for a connection that is closed for good', async () => {
    const options = { timeoutMs: 5000, stopped: stopped(), progress: progressOf(() => undefined) };
    await expect(untilMet(sessionAt(10), watchOf('osd.1 commit > 2 MiB'), options)).rejects.toThrow('does not fit');
    const session = sessionAt(10);
    session.link = { state: 'closed', detail: 'host key changed' };
    await expect(untilMet(session, watchOf('osd.1 commit > 200 ms'), options)).rejects.toThrow('host key changed');
  });
});

test(
  'wait prints time and value on this machine, and records from before the condition',
  { timeout: 90_000 },
  async () => {
    const { code, stdout, stderr } = await wait('cpu busy >= 0 % for 1 s', '--record', '1s', '--timeout', '60s');
    expect(stderr).toMatch(/^crashcart: recording: \S+\.cc\.zst/m);
    expect(stdout).toMatch(/^\d{4}-\d\d-\d\dT\S+Z host busy [\d.]+%: cpu busy >= 0 % for 1 s, since \d\d:\d\d:\d\dZ/);
    expect(stdout.trim().split('\n')).toHaveLength(1);
    expect(code).toBe(0);
    const [file = ''] = readdirSync(folder).filter((name) => name.endsWith('.cc.zst'));
    const recording = await openRecording(join(folder, file), sources);
    // The condition held for a second before it was met.
    expect(recording.head.began).toBeLessThan(Date.parse(stdout.slice(0, 24)) - 900);
  },
);

test(
  'wait takes stacks of the process of its figure and exits with 3 after its timeout',
  { timeout: 90_000 },
  async (context) => {
    needsPython(context);
    const [met, late] = await Promise.all([
      wait(`pid ${process.pid} rss > 1 MiB`, '--then', 'stacks', '--timeout', '60s'),
      wait('cpu busy > 1000 %', '--timeout', '2s'),
    ]);
    expect(met.stdout).toMatch(
      new RegExp(`^\\S+ \\(${process.pid}\\): native code, \\d+ stacks? at a time, 1 reading$`, 'm'),
    );
    expect(met.stdout).toContain('target: not stopped in any reading; ran ');
    expect(met.code).toBe(0);
    expect(late).toMatchObject({ code: 3, stdout: '' });
    expect(late.stderr).toContain('timed out after 2 s: cpu busy > 1000 %');
  },
);
