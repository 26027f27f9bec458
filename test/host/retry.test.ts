import { readPolicy } from '../../src/subsystems/index.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Audit } from '../../src/host/audit.ts';
import { ReachedHost } from '../../src/host/live-host.ts';
import { TransportError } from '../../src/host/transport.ts';
import { FakeHostLine, type Start, type StartedProgram } from '../helpers/fake-host-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'crashcart-retry-'));
afterAll(() => rmSync(folder, { recursive: true }));

const hosts: ReachedHost[] = [];
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
});
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.close();
  vi.useRealTimers();
});

async function reach(line: FakeHostLine, connect: () => ReturnType<FakeHostLine['connect']> = line.connect) {
  const reaching = ReachedHost.reach({
    policy: readPolicy,
    name: 'test host',
    kind: 'ssh',
    audit: new Audit('test host', 0, join(folder, 'audit')),
    nowMs: () => Date.now(),
    connect,
  });
  await advance(600);
  const host = await reaching;
  hosts.push(host);
  return host;
}

/** Streams and promises settle between the steps of the clock. */
async function advance(ms: number): Promise<void> {
  await flush();
  for (let left = ms; left > 0; left -= 100) {
    await vi.advanceTimersByTimeAsync(Math.min(100, left));
    await flush();
  }
}
/** Passes `totalMs`, while each collector of the login user, or of root, ends `lifeMs` after its start. */
async function endAfter(line: FakeHostLine, isRoot: boolean, lifeMs: number, totalMs: number): Promise<void> {
  const startedMs = new Map<StartedProgram, number>(line.of(isRoot).map((program) => [program, Date.now()]));
  const endMs = Date.now() + totalMs;
  while (Date.now() < endMs) {
    for (const program of line.of(isRoot)) {
      const sinceMs = startedMs.get(program) ?? Date.now();
      startedMs.set(program, sinceMs);
      if (Date.now() - sinceMs >= lifeMs) program.end(3);
    }
    await advance(lifeMs >= 1000 ? 500 : 100);
  }
}
const flush = async (): Promise<void> => {
  for (let turn = 0; turn < 12; turn++) await new Promise((resolve) => setImmediate(resolve));
};

const NEEDS_PASSWORD: Start = { exit: 1, stderr: 'sudo: a password is required\n' };
const NO_FORK: Start = { exit: 1, stderr: 'sudo: unable to fork: Resource temporarily unavailable\n' };

describe('the root collector', () => {
  test('is restarted by sudo -n when it is killed', async () => {
    const line = new FakeHostLine();
    const host = await reach(line);
    expect(host.root()).toEqual({ state: 'root' });
    line.of(true)[0]?.end();
    await flush();
    expect(host.root()).toMatchObject({ state: 'lost', detail: 'collector killed or session ended' });
    expect(host.link()).toEqual({ state: 'live' });
    await advance(300);
    expect(host.root()).toEqual({ state: 'root' });
    expect(line.connections).toBe(1);
  });

  test('is retried with growing delays while sudo cannot fork', async () => {
    const line = new FakeHostLine();
    const host = await reach(line);
    line.onStart = (command) => (command.includes('sudo') ? NO_FORK : 'collector');
    line.of(true)[0]?.end(1);
    await advance(9000);
    // After 0.2, 1, 2 and 5 s.
    expect(line.of(true)).toHaveLength(5);
    expect(host.root()).toMatchObject({
      state: 'lost',
      detail: 'sudo: unable to fork: Resource temporarily unavailable',
      retryAtMs: expect.any(Number),
    });
    line.onStart = () => 'collector';
    await advance(10_000);
    expect(host.root()).toEqual({ state: 'root' });
  });

  test('is delayed when it ends at once each time, and not after a minute of run time', async () => {
    const line = new FakeHostLine();
    const host = await reach(line);
    const waits: number[] = [];
    for (let end = 0; end < 4; end++) {
      line.of(true).at(-1)?.end(1);
      await flush();
      const root = host.root();
      const waitMs = root.state === 'lost' && root.retryAtMs !== undefined ? root.retryAtMs - Date.now() : Number.NaN;
      waits.push(waitMs);
      await advance(waitMs);
      expect(host.root()).toEqual({ state: 'root' });
      if (end === 2) await advance(60_000);
    }
    expect(waits).toEqual([200, 1000, 2000, 200]);
  });

  test.each([
    ['0.1 s', 100, 7],
    ['5 s', 5000, 6],
  ] as const)('runs sudo %s after its end with growing delays', async (_, lifeMs, starts) => {
    const line = new FakeHostLine();
    const host = await reach(line);
    await endAfter(line, true, lifeMs, 60_000);
    expect([line.connections, line.of(true).length, line.of(false).length]).toEqual([1, starts, 1]);
    expect(host.link()).toEqual({ state: 'live' });
  });

  test('runs sudo 20 times in 20 min when it ends after 61 s each time', async () => {
    const line = new FakeHostLine();
    await reach(line);
    await endAfter(line, true, 61_000, 1_200_000);
    expect([line.connections, line.of(true).length]).toEqual([1, 20]);
  });

  test('stays closed when sudo requires a password', async () => {
    const line = new FakeHostLine();
    const host = await reach(line);
    line.onStart = (command) => (command.includes('sudo') ? NEEDS_PASSWORD : 'collector');
    line.of(true)[0]?.end(1);
    await advance(60_000);
    expect(host.root()).toEqual({ state: 'password', detail: 'sudo: a password is required' });
    expect(line.of(true)).toHaveLength(2);
  });

  test('waits for the password again when it was opened with one', async () => {
    const line = new FakeHostLine();
    line.onStart = (command) => (command.includes('sudo -n') ? NEEDS_PASSWORD : 'collector');
    const host = await reach(line);
    expect(await host.unlockRoot('right')).toEqual({ reason: undefined, password: 'accepted' });
    line.of(true).at(-1)?.end(1);
    await advance(120_000);
    expect(host.root()).toEqual({
      state: 'lost',
      sinceMs: expect.any(Number),
      detail: 'collector ended with exit code 1',
    });
    expect(line.of(true)).toHaveLength(2);
    expect(await host.unlockRoot('right')).toEqual({ reason: undefined, password: 'accepted' });
    expect(host.root()).toEqual({ state: 'root' });
  });

  test('is lost after a reconnect without the password', async () => {
    const line = new FakeHostLine();
    line.onStart = (command) => (command.includes('sudo -n') ? NEEDS_PASSWORD : 'collector');
    const host = await reach(line);
    await host.unlockRoot('right');
    line.lose('read ECONNRESET');
    await advance(2000);
    expect(host.link()).toEqual({ state: 'live' });
    expect(host.root()).toMatchObject({ state: 'lost', detail: 'root collector ended with the connection' });
  });

  test('is reopened at once on reopenRoot', async () => {
    const line = new FakeHostLine();
    const host = await reach(line);
    line.onStart = (command) => (command.includes('sudo') ? NO_FORK : 'collector');
    line.of(true)[0]?.end(1);
    await advance(9000);
    expect(await host.reopenRoot()).toMatch(/unable to fork/);
    line.onStart = () => 'collector';
    expect(await host.reopenRoot()).toBeUndefined();
    expect(host.root()).toEqual({ state: 'root' });
    await advance(120_000);
    // 1 at first, 4 by the clock, 2 by the person; none after.
    expect(line.of(true)).toHaveLength(7);
  });

  test('is retried when the first sudo -n could not fork, and not when sudo refuses', async () => {
    const line = new FakeHostLine();
    line.onStart = (command) => (command.includes('sudo') ? NO_FORK : 'collector');
    const host = await reach(line);
    expect(host.root()).toMatchObject({ state: 'none' });
    line.onStart = () => 'collector';
    await advance(2000);
    expect(host.root()).toEqual({ state: 'root' });

    const other = new FakeHostLine();
    other.onStart = (command) =>
      command.includes('sudo') ? { exit: 1, stderr: 'Sorry, user guest may not run sudo on node.\n' } : 'collector';
    await reach(other);
    await advance(60_000);
    expect(other.of(true)).toHaveLength(1);
  });
});

describe('the collector', () => {
  test('is restarted on the same connection, and the root collector continues', async () => {
    const line = new FakeHostLine();
    const host = await reach(line);
    line.of(false)[0]?.end(3);
    await flush();
    expect(host.link()).toMatchObject({
      state: 'lost',
      collectorOnly: true,
      detail: 'collector ended with exit code 3',
    });
    await advance(300);
    expect(host.link()).toEqual({ state: 'live' });
    expect(host.root()).toEqual({ state: 'root' });
    expect([line.connections, line.of(false).length, line.of(true).length]).toEqual([1, 2, 1]);
  });

  test('costs a login every fourth time when it ends at once each time', async () => {
    const line = new FakeHostLine();
    const host = await reach(line);
    let ended = 0;
    for (let ms = 0; ms < 60_000; ms += 100) {
      const programs = line.of(false);
      if (programs.length > ended && host.link().state === 'live') programs[(ended = programs.length) - 1]?.end(3);
      await advance(100);
    }
    // Starts after 0.2, 1, 2 (same connection), 5 (login), 10, 15 s (same connection).
    expect([line.connections, line.of(false).length]).toEqual([2, 7]);
  });

  test.each([
    ['0.1 s', 100, 2, 7],
    ['5 s', 5000, 2, 6],
  ] as const)('costs 2 logins in 60 s when it ends after %s each time', async (_, lifeMs, logins, starts) => {
    const line = new FakeHostLine();
    await reach(line);
    await endAfter(line, false, lifeMs, 60_000);
    expect([line.connections, line.of(false).length]).toEqual([logins, starts]);
    // The delays are a minute each, and every fourth start is a login.
    await endAfter(line, false, lifeMs, 300_000);
    expect(line.connections - logins).toBeLessThanOrEqual(2);
  });

  test('costs no login when it ends after 61 s each time', async () => {
    const line = new FakeHostLine();
    await reach(line);
    await endAfter(line, false, 61_000, 1_200_000);
    expect(line.connections).toBe(1);
    expect(line.of(false)).toHaveLength(20);
  });

  test('is not replaced by the shell when its start fails for a while', async () => {
    const line = new FakeHostLine();
    const host = await reach(line);
    line.onStart = () => ({ exit: 1, stderr: "RuntimeError: can't start new thread\n" });
    line.of(false)[0]?.end(1);
    await advance(30_000);
    expect(line.started.filter(({ command }) => command.includes('/bin/sh'))).toEqual([]);
    expect(host.link().state).toBe('lost');
    line.onStart = () => 'collector';
    await advance(30_000);
    expect(host.link()).toEqual({ state: 'live' });
    expect(host.transport()).toBe('fake · python3');
  });

  test('is root again after a restart when the login is root', async () => {
    const line = new FakeHostLine();
    line.uid = 0;
    const host = await reach(line);
    line.of(false)[0]?.end(3);
    await advance(300);
    expect(host.root()).toEqual({ state: 'root' });
    expect(host.ownPids()).toHaveLength(1);
    expect(line.of(true)).toHaveLength(0);
  });
});

describe('a connection', () => {
  test('is replaced after the first delay when it is lost with its collector', async () => {
    const line = new FakeHostLine();
    const host = await reach(line);
    line.of(false)[0]?.end();
    await flush();
    line.lose('read ECONNRESET');
    expect(host.link()).toMatchObject({ state: 'lost', detail: 'read ECONNRESET', collectorOnly: false });
    await advance(200);
    expect(line.connections).toBe(2);
  });

  test('is retried every 15 s when the host stays unreachable', async () => {
    const line = new FakeHostLine();
    let tries = 0;
    let reachable = true;
    const host = await reach(line, () => {
      tries++;
      return reachable ? line.connect() : Promise.reject(new TransportError('connect ECONNREFUSED', { retry: true }));
    });
    reachable = false;
    line.lose('read ECONNRESET');
    await advance(33_300);
    expect(tries).toBe(7);
    await advance(60_000);
    expect(tries).toBe(11);
    reachable = true;
    await advance(15_000);
    expect(host.link()).toEqual({ state: 'live' });
  });
});
