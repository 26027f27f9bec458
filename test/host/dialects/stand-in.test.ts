import { expect, test } from 'vitest';
import { rados } from '../../../src/host/dialects/rados.ts';
import { StandIns, type Instead } from '../../../src/host/dialects/stand-in.ts';
import { missing, type Reading } from '../../../src/host/host.ts';
import type { HostRead, Lane } from '../../../src/host/lane.ts';

/** A lane that runs what it is told to as `answer` says, and nothing else. */
function laneOf(answer: (argv: readonly string[]) => Promise<Reading<string>>): Lane {
  const read = (what: HostRead) => answer(what.kind === 'run' ? what.argv : []);
  // Stand-ins read only.
  return { read } as unknown as Lane;
}

const said = (value: string): Reading<string> => ({ ok: true, value, at: 7, tookMs: 1 });
const BECAUSE = missing('absent', 'python3-rados is not installed');
const instead = (everySeconds = 30, ...names: readonly string[]): Instead => ({
  commands: (names.length > 0 ? names : ['ceph']).map((name) => [name, 'status']),
  everySeconds,
  text: (printed) => printed.toUpperCase(),
});

test('an answer serves for its time, and is told as of when it was had', async () => {
  const ran: string[] = [];
  const standIns = new StandIns(
    laneOf(async (argv) => said(argv.join(' '))),
    (argv) => ran.push(argv.join(' ')),
  );
  for (let i = 0; i < 5; i++)
    expect(await standIns.ask('status', instead(), 500, BECAUSE)).toEqual({ ...said('CEPH STATUS') });
  expect(ran).toEqual(['ceph status']);
  await standIns.ask('other', instead(0), 500, BECAUSE);
  await standIns.ask('other', instead(0), 500, BECAUSE);
  expect(ran).toHaveLength(3);
});

test('the first command that is there answers; without any the reason stays that of the daemon', async () => {
  const there = new Set(['microceph.ceph']);
  const lane = laneOf(async ([name = '']) => (there.has(name) ? said('{}') : missing('absent', `${name}: not there`)));
  const standIns = new StandIns(lane, () => undefined);
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
    const standIns = new StandIns(lane, ([name = '']) => started.push(name));
    const answer = await standIns.ask('a', instead(30, 'ceph', 'microceph.ceph'), 500, BECAUSE);
    expect(answer.ok).toBe(why === 'failed');
    expect(started).toEqual(ran);
  }
});

test('one that fails says both why, and is not run again before its time', async () => {
  let runs = 0;
  const lane = laneOf(async () => (runs++, missing('failed', 'ceph: exit 1')));
  const standIns = new StandIns(lane, () => undefined);
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
  const standIns = new StandIns(lane, () => undefined);
  const [first, second] = await Promise.all([
    standIns.ask('a', instead(), 500, BECAUSE),
    standIns.ask('b', instead(), 20, BECAUSE),
  ]);
  expect([first.ok, second]).toMatchObject([true, { why: 'timeout', detail: 'ceph: no answer in 0.02 s' }]);
  expect(await standIns.ask('b', instead(), 500, BECAUSE)).toMatchObject({ ok: true, value: 'LATE' });
  expect(most).toBe(1);
});

test('what may be asked of the cluster becomes words of the ceph command', () => {
  const commands = (request: object) => rados.instead?.('/etc/ceph/ceph.conf', JSON.stringify(request));
  const status = commands({ _to: 'mon', prefix: 'status' });
  expect(status?.commands).toEqual([
    ['ceph', '--connect-timeout', '5', '--format', 'json', 'status'],
    ['microceph.ceph', '--connect-timeout', '5', '--format', 'json', 'status'],
  ]);
  // How seldom it is asked stands in the answer.
  expect(status?.text('\n{"health":{}}')).toBe('{"_every":30,"health":{}}');
  expect(status?.text('[]')).toBe('[]');
  expect(commands({ _to: 'mgr', prefix: 'osd df', output_method: 'tree' })?.commands[0]?.slice(5)).toEqual([
    'osd',
    'df',
    'tree',
  ]);
  for (const to of ['osds', '3']) expect(commands({ _to: to, prefix: 'perf dump' })).toBeUndefined();
  expect(commands({})).toBeUndefined();
});
