import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Lane } from '../../../src/host/lane.ts';
import { openUserLane } from '../../../src/host/open-lane.ts';
import { hangingTransport, needsFuse } from '../../helpers/hung-files.ts';
import { needsPython } from '../../helpers/python.ts';

let folder = '';
let lane: Lane | undefined;
let children: ChildProcess[] = [];

beforeEach(needsPython);
beforeEach(needsFuse);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hangs-'));
  chmodSync(folder, 0o755);
});
afterEach(() => {
  lane?.close();
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

const open = async (hung: readonly string[], login?: 'root' | 'user'): Promise<Lane> => {
  ({ lane } = await openUserLane(hangingTransport(hung, login)));
  expect(lane.kind).toBe('python3');
  return lane;
};
const files = (count: number, name: string): string[] =>
  Array.from({ length: count }, (_, number) => {
    const path = join(folder, `${name}${number}`);
    writeFileSync(path, `${name} ${number}`);
    return path;
  });
const threadsOf = (reader: Lane): number =>
  Number(/^Threads:\s+(\d+)/m.exec(readFileSync(`/proc/${reader.pid}/status`, 'utf8'))?.[1]);

describe.each([
  [1, 'root'],
  [12, 'root'],
  [100, 'root'],
  [1, 'user'],
  [12, 'user'],
  [100, 'user'],
] as const)('with %i hung files the collector of %s', (count, login) => {
  test('reads all others and lists those that hang', async () => {
    const hung = files(count, 'hung');
    const healthy = files(20, 'healthy');
    const reader = await open(hung, login);
    const answered: string[] = [];
    const read = async (path: string) => {
      const reading = await reader.read({ kind: 'file', path });
      answered.push(path);
      return reading;
    };
    const asked = Promise.all(hung.map(read));
    expect(await Promise.all(healthy.map(read))).toMatchObject(
      healthy.map((_, number) => ({ ok: true, value: `healthy ${number}` })),
    );
    expect(await asked).toMatchObject(
      hung.map((path) => ({
        ok: false,
        why: 'timeout',
        detail: expect.stringMatching(new RegExp(`^${path}: timeout after 1 s, in [DS] state at \\w+, for \\d+ s$`)),
      })),
    );
    // Those behind the hung ones do not wait for the last of these.
    expect(hung).toContain(answered.at(-1));
    const threads = threadsOf(reader);
    expect(threads).toBeGreaterThanOrEqual(count);
    for (let round = 0; round < 3; round++) {
      const readings = await Promise.all([...hung, ...healthy].map(read));
      expect(readings.map(({ ok }) => ok)).toEqual([...hung.map(() => false), ...healthy.map(() => true)]);
    }
    expect(reader.hung().map(({ name }) => name)).toEqual(expect.arrayContaining(hung));
    for (const { detail } of reader.hung())
      expect(detail).toMatch(/^timeout after 1 s, in [DS] state at \w+, for \d+ s$/);
    // Known to hang: no second thread waits for the same file.
    expect(threadsOf(reader)).toBeLessThanOrEqual(threads);
  });

  test('reads the rest of a pattern', async () => {
    const hung = files(count, 'hung');
    const healthy = files(20, 'healthy');
    const reader = await open(hung, login);
    for (let round = 0; round < 3; round++) {
      const reading = await reader.read({ kind: 'glob', pattern: join(folder, '*') });
      expect(reading.ok && [...reading.value.keys()].toSorted()).toEqual(healthy.toSorted());
    }
    expect(await reader.read({ kind: 'glob', pattern: join(folder, 'hung*') })).toMatchObject({
      ok: false,
      why: 'timeout',
      detail: expect.stringContaining(`${hung[0]}: timeout after 1 s`),
    });
  });
});

describe.each([
  [1, 'root'],
  [50, 'root'],
  [1, 'user'],
  [50, 'user'],
] as const)('with %i hung processes the collector of %s', (count, login) => {
  const start = (): number[] => {
    children = Array.from({ length: count }, () => spawn('sleep', ['600'], { stdio: 'ignore' }));
    return children.flatMap(({ pid }) => pid ?? []);
  };

  test.each(['cmdline', 'status', 'cgroup'])('keeps the process table when %s hangs', async (file) => {
    const pids = start();
    const reader = await open(
      pids.map((pid) => `/proc/${pid}/${file}`),
      login,
    );
    for (let round = 0; round < 3; round++) {
      const reading = await reader.read({ kind: 'processes' });
      const table = reading.ok ? reading.value : new Map<number, never>();
      const self = table.get(process.pid);
      expect(self?.cmdline).toContain('node');
      expect(self?.unread).toBeUndefined();
      for (const pid of pids) {
        const texts = table.get(pid);
        expect(texts?.stat.startsWith(`${pid} (sleep) `)).toBe(true);
        expect(texts?.[file as 'cmdline']).toBeUndefined();
        expect(texts?.unread).toMatch(new RegExp(`^${file} not readable: timeout after 1 s`));
        expect(file === 'cmdline' ? texts?.cgroup : texts?.cmdline).toBeDefined();
      }
    }
    expect(threadsOf(reader)).toBeLessThan(count + 80);
  });

  test('reads the threads of all others', async () => {
    const pids = start();
    const [healthy, ...more] = pids.toReversed();
    const hung = count === 1 ? pids : more;
    const reader = await open(
      hung.map((pid) => `/proc/${pid}/task/${pid}/schedstat`),
      login,
    );
    for (let round = 0; round < 3; round++) {
      const reading = await reader.read({ kind: 'threads', commands: ['sleep'] });
      const seen = reading.ok ? [...reading.value.processes.keys()] : undefined;
      expect(seen?.filter((pid) => pids.includes(pid))).toEqual(count === 1 ? [] : [healthy]);
    }
  });
});
