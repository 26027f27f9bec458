import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Reading } from '../../../src/host/host.ts';
import type { Lane } from '../../../src/host/lane.ts';
import { openUserLane } from '../../../src/host/open-lane.ts';
import { hangingTransport, needsFuse } from '../../helpers/hung-files.ts';
import { needsPython } from '../../helpers/python.ts';

const HUNG = /timeout after 1 s, in [DS] state at \w+, for \d+ s$/;
let folder = '';
let lane: Lane | undefined;

beforeEach(needsPython);
beforeEach(needsFuse);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hung-paths-'));
  chmodSync(folder, 0o755);
  for (const name of ['a', 'hung', 'z']) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'value'), name);
    symlinkSync(`to-${name}`, join(folder, name, 'link'));
  }
});
afterEach(() => {
  lane?.close();
  rmSync(folder, { recursive: true });
});

const open = async (login: 'root' | 'user' = 'root'): Promise<Lane> => {
  ({ lane } = await openUserLane(hangingTransport([join(folder, 'hung')], login)));
  expect(lane.uid).toBe(login === 'root' ? 0 : 65534);
  return lane;
};
/** Result of `work`, and the longest time of a healthy read meanwhile, ms. */
async function alongside<Result>(reader: Lane, work: Promise<Result>): Promise<{ result: Result; longestMs: number }> {
  const isOver = new AbortController();
  const watch = work.finally(() => isOver.abort());
  let longestMs = 0;
  while (!isOver.signal.aborted) {
    const began = performance.now();
    expect(await reader.read({ kind: 'file', path: '/proc/loadavg' })).toMatchObject({ ok: true });
    longestMs = Math.max(longestMs, performance.now() - began);
    await sleep(50);
  }
  return { result: await watch, longestMs };
}
/** Processes with this argument. */
const commandsWith = (argument: string): number =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith(`cat\0${argument}`);
    } catch {
      return false;
    }
  }).length;

describe.each(['root', 'user'] as const)('with a hung folder the collector of %s', (login) => {
  test.each([
    ['lists the others', '*/v*', false],
    ['reads in the others', '*/value', false],
    ['reads the links in the others', '*/link', true],
  ])('%s', async (_, pattern, links) => {
    const reader = await open(login);
    for (let round = 0; round < 2; round++) {
      const reading = await reader.read({ kind: 'glob', pattern: join(folder, pattern), links });
      expect(reading.ok && [...reading.value.values()]).toEqual(links ? ['to-a', 'to-z'] : ['a', 'z']);
    }
    expect(reader.hung()).toMatchObject([
      { name: expect.stringContaining(`${folder}/hung`), detail: expect.stringMatching(HUNG) },
    ]);
  });

  test('names it when its size is read', async () => {
    const reader = await open(login);
    expect(await reader.read({ kind: 'statfs', path: join(folder, 'hung/value') })).toMatchObject({
      ok: false,
      why: 'timeout',
      detail: expect.stringMatching(HUNG),
    });
    expect(await reader.read({ kind: 'statfs', path: folder })).toMatchObject({ ok: true });
  });
});

describe('with a hung mount the collector', () => {
  const mountsOf = (reading: Reading<string>): readonly string[] => (reading.ok ? reading.value.split('\n') : []);

  test('gives the space of the other mounts, and asks it once', async () => {
    const reader = await open();
    const began = performance.now();
    const [first, , third] = [
      await reader.read({ kind: 'mounts' }),
      await reader.read({ kind: 'mounts' }),
      await reader.read({ kind: 'mounts' }),
    ];
    expect(performance.now() - began).toBeLessThan(4000);
    for (const reading of [first, third]) {
      const lines = mountsOf(reading);
      expect(lines.find((line) => line.includes(`${folder}/hung`))).toMatch(/^!timeout,[\d.]+,in [DS] state at \w+\t/);
      expect(lines.find((line) => / \/ \/ /.test(line))).toMatch(/^\d+(?:,\d+){6}\t/);
    }
    // The time at which the only probe began.
    const since = (reading: Reading<string>) => /!timeout,([\d.]+)/.exec(mountsOf(reading).join('\n'))?.[1];
    expect(since(third)).toBe(since(first));
    expect(reader.hung().map(({ name }) => name)).toEqual([join(folder, 'hung')]);
  });

  test('names who uses another mount', async () => {
    const reader = await open();
    const reading = await reader.read({ kind: 'mounts', usersOf: '/' });
    const [all, ...users] = mountsOf(reading);
    expect(Number(all)).toBeGreaterThan(0);
    expect(users.filter((line) => line.includes(`${folder}/hung`))).toEqual([]);
    expect(users.every((line) => line.split('\t').length === 6 || line === '')).toBe(true);
  });
});

describe('with a hung folder the collector', () => {
  test('goes on when a socket in it is dialled', async () => {
    const reader = await open();
    const dial = async () => reader.dial?.(join(folder, 'hung/daemon.sock')).catch(String);
    const { result, longestMs } = await alongside(reader, dial());
    expect(result).toMatch(HUNG);
    expect(longestMs).toBeLessThan(900);
  });

  test('goes on when a program in it is run', async () => {
    const reader = await open();
    const run = () => reader.read({ kind: 'run', argv: [join(folder, 'hung/program')] });
    const { result, longestMs } = await alongside(reader, run());
    expect(result).toMatchObject({
      ok: false,
      why: 'timeout',
      detail: expect.stringMatching(HUNG),
    });
    expect(longestMs).toBeLessThan(900);
    expect(await run()).toMatchObject({ ok: false, why: 'timeout', detail: expect.stringMatching(HUNG) });
  });

  test('abandons a command in D state, and starts no second one while it lives', async () => {
    const reader = await open();
    const path = join(folder, 'hung/value');
    const run = () => reader.read({ kind: 'run', argv: ['cat', path], timeoutMs: 1000 });
    const { result, longestMs } = await alongside(reader, run());
    expect(result).toMatchObject({
      ok: false,
      why: 'timeout',
      detail: expect.stringMatching(/^cat: timeout after 1 s, in D state at \w+, for \d+ s$/),
    });
    expect(longestMs).toBeLessThan(900);
    expect(await run()).toMatchObject({ ok: false, why: 'timeout', detail: expect.stringMatching(/for \d+ s$/) });
    expect(commandsWith(path)).toBe(1);
    expect(reader.hung()).toMatchObject([{ name: `command cat ${path}` }]);
  });
});
