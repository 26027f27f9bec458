import { describe, expect, test } from 'vitest';
import { rados } from '../../../src/host/protocols/ceph/rados.ts';
import { firstOutput, FallbackCommands, type Fallback, type Run } from '../../../src/host/protocols/cli-fallback.ts';
import { DaemonError } from '../../../src/host/protocols/protocol.ts';
import { missing, type Reading } from '../../../src/host/host.ts';
import type { HostRead, Lane } from '../../../src/host/lane.ts';

/** Lane whose commands get their result from `answer`. */
function laneOf(answer: (argv: readonly string[]) => Promise<Reading<string>>, uid = 0): Lane {
  const read = (what: HostRead) => answer(what.kind === 'run' ? what.argv : []);
  // FallbackCommands uses these only.
  return { read, uid } as unknown as Lane;
}

const printed = (value: string): Reading<string> => ({ ok: true, value, at: 7, tookMs: 1 });
const BECAUSE = missing('absent', 'python3-rados is not installed');
const fallback = (everySeconds = 30, ...names: readonly string[]): Fallback => ({
  by: 'ceph',
  everySeconds,
  reply: async (run) => {
    const commands = (names.length > 0 ? names : ['ceph']).map((name) => [name, 'status']);
    return (await firstOutput(run, commands)).toUpperCase();
  },
});

test('request reuses a reply, with its time, during the period', async () => {
  const ran: string[] = [];
  const commands = new FallbackCommands(
    laneOf(async (argv) => printed(argv.join(' '))),
    (argv) => ran.push(argv.join(' ')),
  );
  for (let i = 0; i < 5; i++)
    expect(await commands.request('status', fallback(), 500, BECAUSE)).toMatchObject({
      value: 'CEPH STATUS',
      at: 7,
      instead: { by: 'ceph', everySeconds: 30 },
    });
  expect(ran).toEqual(['ceph status']);
  await commands.request('other', fallback(0), 500, BECAUSE);
  await commands.request('other', fallback(0), 500, BECAUSE);
  expect(ran).toHaveLength(3);
});

test('request uses the first present command, and gives the reason of the daemon without any', async () => {
  const there = new Set(['microceph.ceph']);
  const lane = laneOf(async ([name = '']) =>
    there.has(name) ? printed('{}') : missing('absent', `${name}: command not found`),
  );
  const commands = new FallbackCommands(lane, () => undefined);
  expect(await commands.request('a', fallback(30, 'ceph', 'microceph.ceph'), 500, BECAUSE)).toMatchObject({ ok: true });
  there.clear();
  expect(await commands.request('b', fallback(30, 'ceph', 'microceph.ceph'), 500, BECAUSE)).toEqual(BECAUSE);
});

test('request tries the next command when one fails, but not when one hangs', async () => {
  for (const [why, ran] of [
    ['failed', ['ceph', 'microceph.ceph']],
    ['timeout', ['ceph']],
  ] as const) {
    const started: string[] = [];
    const lane = laneOf(async ([name = '']) => (name === 'ceph' ? missing(why, 'ceph: no') : printed('{}')));
    const commands = new FallbackCommands(lane, ([name = '']) => started.push(name));
    const answer = await commands.request('a', fallback(30, 'ceph', 'microceph.ceph'), 500, BECAUSE);
    expect(answer.ok).toBe(why === 'failed');
    expect(started).toEqual(ran);
  }
});

test('request gives both reasons when a command fails, and does not repeat it in the period', async () => {
  let runs = 0;
  const lane = laneOf(async () => (runs++, missing('failed', 'ceph: exit 1')));
  const commands = new FallbackCommands(lane, () => undefined);
  for (let i = 0; i < 3; i++)
    expect(await commands.request('a', fallback(), 500, BECAUSE)).toMatchObject({
      why: 'failed',
      detail: 'python3-rados is not installed; ceph: exit 1',
    });
  expect(runs).toBe(1);
});

test('request runs one command at a time, and reuses a late reply after a timeout', async () => {
  let running = 0;
  let most = 0;
  const lane = laneOf(async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 40));
    running--;
    return printed('late');
  });
  const commands = new FallbackCommands(lane, () => undefined);
  const [first, second] = await Promise.all([
    commands.request('a', fallback(), 500, BECAUSE),
    commands.request('b', fallback(), 20, BECAUSE),
  ]);
  expect([first.ok, second]).toMatchObject([true, { why: 'timeout', detail: 'ceph: timeout after 0.02 s' }]);
  expect(await commands.request('b', fallback(), 500, BECAUSE)).toMatchObject({ ok: true, value: 'LATE' });
  expect(most).toBe(1);
});

test('rados fallback translates a request to a ceph command', async () => {
  const to = (request: object) => rados.fallback?.('/etc/ceph/ceph.conf', JSON.stringify(request));
  const ran: (readonly string[])[] = [];
  const printing =
    (text: string): Run =>
    async (argv) => (ran.push(argv), argv[0] === 'ceph' ? missing('absent', 'ceph: command not found') : printed(text));
  // The period is part of the reply.
  expect(await to({ _to: 'mon', prefix: 'status' })?.reply(printing('\n{"health":{}}'))).toBe(
    '{"_every":30,"health":{}}',
  );
  expect(ran).toEqual([
    ['ceph', '--connect-timeout', '5', '--format', 'json', 'status'],
    ['microceph.ceph', '--connect-timeout', '5', '--format', 'json', 'status'],
  ]);
  const df = { _to: 'mgr', prefix: 'osd df', output_method: 'tree' };
  expect(await to(df)?.reply(printing('[]'))).toBe('[]');
  expect(ran.at(-1)?.slice(5)).toEqual(['osd', 'df', 'tree']);
  for (const target of ['osds', '3']) expect(to({ _to: target, prefix: 'perf dump' })).toBeUndefined();
  expect(to({})).toBeUndefined();
});

test('request pauses a daemon after a timeout, and no other', async () => {
  const ran: string[] = [];
  const lane = laneOf(
    async ([name = '']) => (ran.push(name), name === 'a' ? missing('timeout', 'a: hung') : printed('x')),
  );
  const commands = new FallbackCommands(lane, () => undefined);
  const ofDaemon = (name: string): Fallback => ({
    by: name,
    everySeconds: 0,
    daemon: name,
    reply: (run) => firstOutput(run, [[name]]),
  });
  expect(await commands.request('1', ofDaemon('a'), 500, BECAUSE)).toMatchObject({ why: 'timeout' });
  expect(await commands.request('2', ofDaemon('a'), 500, BECAUSE)).toMatchObject({
    why: 'timeout',
    detail: 'not sent: a: hung',
  });
  expect(await commands.request('3', ofDaemon('b'), 500, BECAUSE)).toMatchObject({ ok: true });
  expect(ran).toEqual(['a', 'b']);
});

describe('by sudo', () => {
  const onHost = (mayRun: boolean, uid = 1000) => {
    const ran: string[] = [];
    const lane = laneOf(async (argv) => {
      const words = argv.join(' ');
      ran.push(words);
      if (!words.startsWith('sudo')) return missing('failed', `${words}: exit 1`);
      if (words.includes(' -l ')) return mayRun ? printed('/usr/bin/ceph') : missing('failed', 'sudo: exit 1');
      return printed('by root');
    }, uid);
    return { ran, commands: new FallbackCommands(lane, () => undefined) };
  };

  test('request uses sudo when sudo -l permits it, checked once', async () => {
    const { ran, commands } = onHost(true);
    for (let i = 0; i < 2; i++)
      expect(await commands.request(`${i}`, fallback(), 500, BECAUSE)).toMatchObject({ value: 'BY ROOT' });
    expect(ran).toEqual([
      'ceph status',
      'sudo -n -l -- ceph status',
      'sudo -n -- ceph status',
      'sudo -n -- ceph status',
    ]);
  });

  test('request never uses sudo when sudo -l refuses, checked once', async () => {
    const { ran, commands } = onHost(false);
    for (let i = 0; i < 3; i++)
      expect(await commands.request(`${i}`, fallback(), 500, BECAUSE)).toMatchObject({ why: 'failed' });
    expect(ran.filter((words) => words.startsWith('sudo'))).toEqual(['sudo -n -l -- ceph status']);
  });

  test('request runs commands by sudo only when the login user may not connect', async () => {
    const may = onHost(true);
    expect(await may.commands.request('a', fallback(), 500, BECAUSE, true)).toMatchObject({ value: 'BY ROOT' });
    expect(may.ran).toEqual(['sudo -n -l -- ceph status', 'sudo -n -- ceph status']);
    const mayNot = onHost(false);
    for (let i = 0; i < 3; i++)
      expect(await mayNot.commands.request(`${i}`, fallback(), 500, BECAUSE, true)).toEqual(BECAUSE);
    expect(mayNot.ran).toEqual(['sudo -n -l -- ceph status']);
  });

  test('request uses no sudo when the lane is root', async () => {
    const { ran, commands } = onHost(true, 0);
    await commands.request('a', fallback(), 500, BECAUSE);
    expect(ran).toEqual(['ceph status']);
  });
});

test('firstOutput gives the last reason when no command succeeds', async () => {
  const missingAll: Run = async ([name = '']) => missing('absent', `${name}: command not found`);
  await expect(firstOutput(missingAll, [['a'], ['b']])).rejects.toMatchObject({ why: 'absent' });
  const failing: Run = async ([name = '']) => missing(name === 'a' ? 'denied' : 'absent', `${name}: no`);
  await expect(firstOutput(failing, [['a'], ['b']])).rejects.toEqual(new DaemonError('denied', 'a: no'));
});
