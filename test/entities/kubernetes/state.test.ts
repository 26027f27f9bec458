import { expect, test } from 'vitest';
import { kubeStateAt, kubeStateNeeds } from '../../../src/entities/kubernetes/state.ts';
import type { AnySource } from '../../../src/sources/source.ts';
import type { Changes } from '../../helpers/found-on.ts';
import { keyOf, missing, type Host } from '../../../src/host/host.ts';
import { hostMoments } from '../../helpers/hosts.ts';
import { watched } from '../../helpers/moments.ts';
import { overlay } from '../../helpers/overlay.ts';

const BOOT = 1_795_457_000;
const HEARD = BOOT + 1000;

const pods = (state: string) => JSON.stringify({ node: 'lab1', place: 'kubeadm', state, heardAt: HEARD });
const node = JSON.stringify({ now: HEARD, tookMs: 60, node: { metadata: { name: 'lab1' } } });

/** What is not answered is not absent. */
const silent = (host: Host, keys: readonly string[]): Host => ({
  ...host,
  read: (what) =>
    keys.includes(keyOf(what)) ? Promise.resolve(missing('timeout', 'no word in 8 s')) : host.read(what),
});
const NODE = '/etc/kubernetes < node';

/** On a machine that has been up for 1000 s, then 30 s later: what was answered; undefined: it was not. */
async function stateOf(first: Changes, second: Changes) {
  const [machine] = hostMoments('cloud-vm');
  if (!machine) throw new Error('no machine');
  const clock = { '/proc/stat': `cpu  9 0 9 99 0 0 0 0 0 0\nbtime ${BOOT}\n` };
  const at = (seconds: number, changes: Changes) => {
    const host = overlay(machine.host, { ...clock, ...changes });
    const unanswered = Object.keys(changes).filter((key) => changes[key] === undefined);
    return { at: seconds, host: silent(host, unanswered) };
  };
  const { timeline, nowMs } = await watched(Object.values<AnySource>(kubeStateNeeds), [
    at(1000, first),
    at(1030, second),
  ]);
  return kubeStateAt(timeline.latestMoment(kubeStateNeeds, nowMs));
}
const said = (table: string, asked: string | undefined): Changes => ({
  '/etc/kubernetes < pods here': table,
  [NODE]: asked,
});

test('a server that hangs: pods are old as soon as a question is not answered, however alive their watch looks', async () => {
  const state = await stateOf(said(pods('live'), node), said(pods('live'), undefined));
  expect(state).toMatchObject({ api: 'unresponsive', staleSinceEpochSeconds: HEARD, unresponsiveSeconds: 30 });
});

test('a question that is not answered while the watch goes on: it is slow, not silent', async () => {
  const lively = JSON.stringify({ node: 'lab1', state: 'live', heardAt: HEARD + 28 });
  const state = await stateOf(said(pods('live'), node), said(lively, undefined));
  expect(state).toMatchObject({ api: 'responsive', tookMs: undefined, error: 'no word in 8 s' });
  expect(state.staleSinceEpochSeconds).toBeUndefined();
});

test('nothing can be asked at all: not the fault of the API server', async () => {
  const state = await stateOf(said(pods('live'), node), { '/etc/kubernetes < local': undefined, [NODE]: undefined });
  expect(state).toMatchObject({ api: 'no access', error: 'no word in 8 s' });
});

test('a watch that has ended: pods are as of when it was last heard of', async () => {
  const state = await stateOf(said(pods('live'), node), said(pods('lost'), undefined));
  expect(state).toMatchObject({ api: 'unresponsive', staleSinceEpochSeconds: HEARD });
});

test('nothing is old while it answers', async () => {
  const state = await stateOf(said(pods('live'), node), said(pods('live'), node));
  expect(state).toMatchObject({ api: 'responsive', tookMs: 60 });
  expect(state.staleSinceEpochSeconds).toBeUndefined();
});
