import { expect, test } from 'vitest';
import { kubeStateAt, kubeStateNeeds } from '../../../src/entities/kubernetes/state.ts';
import type { AnySource } from '../../../src/sources/source.ts';
import type { Changes } from '../../helpers/found-on.ts';
import { keyOf, missing, type Host } from '../../../src/host/host.ts';
import { hostMoments } from '../../helpers/hosts.ts';
import { watched } from '../../helpers/moments.ts';
import { overlay } from '../../helpers/overlay.ts';

const BOOT = 1_795_457_000;
const LAST_EVENT = BOOT + 1000;

const pods = (state: string) => JSON.stringify({ node: 'lab1', place: 'kubeadm', state, heardAt: LAST_EVENT });
const node = JSON.stringify({ now: LAST_EVENT, tookMs: 60, node: { metadata: { name: 'lab1' } } });

/** Host with timeouts of the reads in `keys`, which are not absent. */
const timingOut = (host: Host, keys: readonly string[]): Host => ({
  ...host,
  read: (what) =>
    keys.includes(keyOf(what)) ? Promise.resolve(missing('timeout', 'no word in 8 s')) : host.read(what),
});
const NODE = '/etc/kubernetes < node';

/** State of a machine with 1000 s of uptime, then 30 s later, with these replies; undefined is a timeout. */
async function stateOf(first: Changes, second: Changes) {
  const [machine] = hostMoments('cloud-vm');
  if (!machine) throw new Error('no machine');
  const clock = { '/proc/stat': `cpu  9 0 9 99 0 0 0 0 0 0\nbtime ${BOOT}\n` };
  const at = (seconds: number, changes: Changes) => {
    const host = overlay(machine.host, { ...clock, ...changes });
    const unanswered = Object.keys(changes).filter((key) => changes[key] === undefined);
    return { at: seconds, host: timingOut(host, unanswered) };
  };
  const { timeline, nowMs } = await watched(Object.values<AnySource>(kubeStateNeeds), [
    at(1000, first),
    at(1030, second),
  ]);
  return kubeStateAt(timeline.latestMoment(kubeStateNeeds, nowMs));
}
const replies = (table: string, reply: string | undefined): Changes => ({
  '/etc/kubernetes < pods here': table,
  [NODE]: reply,
});

test('kubeStateAt marks pods stale when a request times out, while the watch looks live', async () => {
  const state = await stateOf(replies(pods('live'), node), replies(pods('live'), undefined));
  expect(state).toMatchObject({ api: 'unresponsive', staleSinceEpochSeconds: LAST_EVENT, unresponsiveSeconds: 30 });
});

test('kubeStateAt stays responsive when a request times out and the watch has a recent event', async () => {
  const recent = JSON.stringify({ node: 'lab1', state: 'live', heardAt: LAST_EVENT + 28 });
  const state = await stateOf(replies(pods('live'), node), replies(recent, undefined));
  expect(state).toMatchObject({ api: 'responsive', tookMs: undefined, error: 'no word in 8 s' });
  expect(state.staleSinceEpochSeconds).toBeUndefined();
});

test('kubeStateAt is no access when the session itself fails', async () => {
  const state = await stateOf(replies(pods('live'), node), { '/etc/kubernetes < local': undefined, [NODE]: undefined });
  expect(state).toMatchObject({ api: 'no access', error: 'no word in 8 s' });
});

test('kubeStateAt dates stale pods by the last event when the watch is lost', async () => {
  const state = await stateOf(replies(pods('live'), node), replies(pods('lost'), undefined));
  expect(state).toMatchObject({ api: 'unresponsive', staleSinceEpochSeconds: LAST_EVENT });
});

test('kubeStateAt has no stale pods when the API server responds', async () => {
  const state = await stateOf(replies(pods('live'), node), replies(pods('live'), node));
  expect(state).toMatchObject({ api: 'responsive', tookMs: 60 });
  expect(state.staleSinceEpochSeconds).toBeUndefined();
});
