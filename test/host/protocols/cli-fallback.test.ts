import { describe, expect, test } from 'vitest';
import { rados } from '../../../src/host/protocols/ceph/rados.ts';
import {
  firstThatAnswers,
  FallbackCommands,
  type Fallback,
  type Run,
} from '../../../src/host/protocols/cli-fallback.ts';
import { TalkError } from '../../../src/host/protocols/protocol.ts';
import { missing, type Reading } from '../../../src/host/host.ts';
import type { HostRead, Lane } from '../../../src/host/lane.ts';

/** A lane that runs what it is told to as `answer` says, and nothing else. */
function laneOf(answer: (argv: readonly string[]) => Promise<Reading<string>>, uid = 0): Lane {
  const read = (what: HostRead) => answer(what.kind === 'run' ? what.argv : []);
  // Stand-ins read only.
  return { read, uid } as unknown as Lane;
}

const said = (value: string): Reading<string> => ({ ok: true, value, at: 7, tookMs: 1 });
const BECAUSE = missing('absent', 'python3-rados is not installed');
const instead = (everySeconds = 30, ...names: readonly string[]): Fallback => ({
  by: 'ceph',
  everySeconds,
  answer: async (run) => {
    const commands = (names.length > 0 ? names : ['ceph']).map((name) => [name, 'status']);
    return (await firstThatAnswers(run, commands)).toUpperCase();
  },
});

test('an answer serves for its time, and is told as of when it was had', async () => {
  const ran: string[] = [];
  const standIns = new FallbackCommands(
    laneOf(async (argv) => said(argv.join(' '))),
    (argv) => ran.push(argv.join(' ')),
  );
  for (let i = 0; i < 5; i++)
    expect(await standIns.ask('status', instead(), 500, BECAUSE)).toMatchObject({
      value: 'CEPH STATUS',
      at: 7,
      instead: { by: 'ceph', everySeconds: 30 },
    });
  expect(ran).toEqual(['ceph status']);
  await standIns.ask('other', instead(0), 500, BECAUSE);
  await standIns.ask('other', instead(0), 500, BECAUSE);
  expect(ran).toHaveLength(3);
});

test('the first command that is there answers; without any the reason stays that of the daemon', async () => {
  const there = new Set(['microceph.ceph']);
  const lane = laneOf(async ([name = '']) => (there.has(name) ? said('{}') : missing('absent', `${name}: not there`)));
  const standIns = new FallbackCommands(lane, () => undefined);
  expect(await standIns.ask('a', instead(30, 'ceph', 'microceph.ceph'), 500, BECAUSE)).toMatchObject({ ok: true });
  there.clear();
  expect(await standIns.ask('b', instead(30, 'ceph', 'microceph.ceph'), 500, BECAUSE)).toEqual(BECAUSE);
});

test('one that fails, of no cluster that is here, does not keep the next from answering; one that hangs does', async () => {
  for (const [why, ran] of [
    ['failed', ['ceph', 'microceph.ceph']],
    ['timeout', ['ceph']],
  ] as const) {
    const started: string[] = [];
    const lane = laneOf(async ([name = '']) => (name === 'ceph' ? missing(why, 'ceph: no') : said('{}')));
    const standIns = new FallbackCommands(lane, ([name = '']) => started.push(name));
    const answer = await standIns.ask('a', instead(30, 'ceph', 'microceph.ceph'), 500, BECAUSE);
    expect(answer.ok).toBe(why === 'failed');
    expect(started).toEqual(ran);
  }
});

test('one that fails says both why, and is not run again before its time', async () => {
  let runs = 0;
  const lane = laneOf(async () => (runs++, missing('failed', 'ceph: exit 1')));
  const standIns = new FallbackCommands(lane, () => undefined);
  for (let i = 0; i < 3; i++)
    expect(await standIns.ask('a', instead(), 500, BECAUSE)).toMatchObject({
      why: 'failed',
      detail: 'python3-rados is not installed; ceph: exit 1',
    });
  expect(runs).toBe(1);
});

test('one at a time; who waits too long is told so, and the answer serves the next', async () => {
  let running = 0;
  let most = 0;
  const lane = laneOf(async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 40));
    running--;
    return said('late');
  });
  const standIns = new FallbackCommands(lane, () => undefined);
  const [first, second] = await Promise.all([
    standIns.ask('a', instead(), 500, BECAUSE),
    standIns.ask('b', instead(), 20, BECAUSE),
  ]);
  expect([first.ok, second]).toMatchObject([true, { why: 'timeout', detail: 'ceph: no answer in 0.02 s' }]);
  expect(await standIns.ask('b', instead(), 500, BECAUSE)).toMatchObject({ ok: true, value: 'LATE' });
  expect(most).toBe(1);
});

test('what may be asked of the cluster becomes words of the ceph command', async () => {
  const to = (request: object) => rados.instead?.('/etc/ceph/ceph.conf', JSON.stringify(request));
  const ran: (readonly string[])[] = [];
  const printing =
    (text: string): Run =>
    async (argv) => (ran.push(argv), argv[0] === 'ceph' ? missing('absent', 'ceph: not there') : said(text));
  // How seldom it is asked stands in the answer.
  expect(await to({ _to: 'mon', prefix: 'status' })?.answer(printing('\n{"health":{}}'))).toBe(
    '{"_every":30,"health":{}}',
  );
  expect(ran).toEqual([
    ['ceph', '--connect-timeout', '5', '--format', 'json', 'status'],
    ['microceph.ceph', '--connect-timeout', '5', '--format', 'json', 'status'],
  ]);
  const df = { _to: 'mgr', prefix: 'osd df', output_method: 'tree' };
  expect(await to(df)?.answer(printing('[]'))).toBe('[]');
  expect(ran.at(-1)?.slice(5)).toEqual(['osd', 'df', 'tree']);
  for (const whom of ['osds', '3']) expect(to({ _to: whom, prefix: 'perf dump' })).toBeUndefined();
  expect(to({})).toBeUndefined();
});

test('who let one question time out is not asked another for a while, whoever else is', async () => {
  const ran: string[] = [];
  const lane = laneOf(
    async ([name = '']) => (ran.push(name), name === 'a' ? missing('timeout', 'a: hung') : said('x')),
  );
  const standIns = new FallbackCommands(lane, () => undefined);
  const asks = (name: string): Fallback => ({
    by: name,
    everySeconds: 0,
    whom: name,
    answer: (run) => firstThatAnswers(run, [[name]]),
  });
  expect(await standIns.ask('1', asks('a'), 500, BECAUSE)).toMatchObject({ why: 'timeout' });
  expect(await standIns.ask('2', asks('a'), 500, BECAUSE)).toMatchObject({
    why: 'timeout',
    detail: 'not asked: a: hung',
  });
  expect(await standIns.ask('3', asks('b'), 500, BECAUSE)).toMatchObject({ ok: true });
  expect(ran).toEqual(['a', 'b']);
});

describe('by sudo', () => {
  const onHost = (mayRun: boolean, uid = 1000) => {
    const ran: string[] = [];
    const lane = laneOf(async (argv) => {
      const words = argv.join(' ');
      ran.push(words);
      if (!words.startsWith('sudo')) return missing('failed', `${words}: exit 1`);
      if (words.includes(' -l ')) return mayRun ? said('/usr/bin/ceph') : missing('failed', 'sudo: exit 1');
      return said('by root');
    }, uid);
    return { ran, standIns: new FallbackCommands(lane, () => undefined) };
  };

  test('where sudo says beforehand that it may; from then on at once', async () => {
    const { ran, standIns } = onHost(true);
    for (let i = 0; i < 2; i++)
      expect(await standIns.ask(`${i}`, instead(), 500, BECAUSE)).toMatchObject({ value: 'BY ROOT' });
    expect(ran).toEqual([
      'ceph status',
      'sudo -n -l -- ceph status',
      'sudo -n -- ceph status',
      'sudo -n -- ceph status',
    ]);
  });

  test('never where it may not, and it is asked once', async () => {
    const { ran, standIns } = onHost(false);
    for (let i = 0; i < 3; i++)
      expect(await standIns.ask(`${i}`, instead(), 500, BECAUSE)).toMatchObject({ why: 'failed' });
    expect(ran.filter((words) => words.startsWith('sudo'))).toEqual(['sudo -n -l -- ceph status']);
  });

  test('who may not connect runs no command of his own: by sudo at once, or not at all', async () => {
    const may = onHost(true);
    expect(await may.standIns.ask('a', instead(), 500, BECAUSE, true)).toMatchObject({ value: 'BY ROOT' });
    expect(may.ran).toEqual(['sudo -n -l -- ceph status', 'sudo -n -- ceph status']);
    const mayNot = onHost(false);
    for (let i = 0; i < 3; i++)
      expect(await mayNot.standIns.ask(`${i}`, instead(), 500, BECAUSE, true)).toEqual(BECAUSE);
    expect(mayNot.ran).toEqual(['sudo -n -l -- ceph status']);
  });

  test('root needs none', async () => {
    const { ran, standIns } = onHost(true, 0);
    await standIns.ask('a', instead(), 500, BECAUSE);
    expect(ran).toEqual(['ceph status']);
  });
});

test('the first command that is not there leaves the question to the next; the last word is why', async () => {
  const nobody: Run = async ([name = '']) => missing('absent', `${name}: not there`);
  await expect(firstThatAnswers(nobody, [['a'], ['b']])).rejects.toMatchObject({ why: 'absent' });
  const failing: Run = async ([name = '']) => missing(name === 'a' ? 'denied' : 'absent', `${name}: no`);
  await expect(firstThatAnswers(failing, [['a'], ['b']])).rejects.toEqual(new TalkError('denied', 'a: no'));
});
