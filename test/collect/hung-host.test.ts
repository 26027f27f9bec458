import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LiveSession } from '../../src/collect/live-session.ts';
import { Audit } from '../../src/host/audit.ts';
import { ReachedHost } from '../../src/host/live-host.ts';
import { readPolicy, sources } from '../../src/subsystems/index.ts';
import { hangingTransport, needsFuse } from '../helpers/hung-files.ts';
import { needsPython } from '../helpers/python.ts';

/** Files that sources of the first screen read. */
const HUNG = 'meminfo vmstat pressure/cpu pressure/memory pressure/io diskstats softirqs interrupts buddyinfo cmdline'
  .split(' ')
  .map((name) => `/proc/${name}`);
const SECONDS = 12;

const folder = mkdtempSync(join(tmpdir(), 'hung-host-'));
let session: LiveSession | undefined;
beforeEach(needsPython);
beforeEach(needsFuse);
afterEach(async () => {
  await session?.stop();
  rmSync(folder, { recursive: true });
});

test('sources keep their period in both lanes while 10 files hang', async () => {
  const host = await ReachedHost.reach({
    policy: readPolicy,
    name: 'test host',
    kind: 'ssh',
    audit: new Audit('test host', 0, join(folder, 'audit')),
    nowMs: () => Date.now(),
    connect: () => Promise.resolve(hangingTransport(HUNG, 'user')),
  });
  await expect.poll(() => host.root().state, { timeout: 20_000 }).toBe('root');
  // A budget that is never exceeded: periods are stretched by nothing but hung reads.
  session = new LiveSession({
    host,
    live: host,
    audit: undefined,
    sources,
    findings: [],
    budgetPct: 100,
    nowMs: () => Date.now(),
  });
  await sleep(4000);
  const readsOf = () => new Map(session?.status().sources.map(({ id, reads }) => [id, reads]));
  const before = readsOf();
  await sleep(SECONDS * 1000);
  const after = readsOf();
  const every = sources.filter(({ everySeconds, value }) => everySeconds === 1 && value !== 'low').map(({ id }) => id);
  expect(every.length).toBeGreaterThan(3);
  for (const id of every)
    expect([id, (after.get(id) ?? 0) - (before.get(id) ?? 0)]).toEqual([
      id,
      expect.toSatisfy((reads: number) => reads >= Math.floor(SECONDS / 1.2), `${SECONDS} s at 1.2 s or less`),
    ]);
  const hung = session.status().hung.map(({ name }) => name.replace(' (as root)', ''));
  expect(hung.filter((name) => !HUNG.includes(name))).toEqual([]);
  expect(new Set(hung).size).toBeGreaterThanOrEqual(8);
  const timeouts = session
    .status()
    .sources.flatMap(({ missing }) => Object.values(missing))
    .filter(({ why, detail }) => why === 'timeout' && detail.startsWith('/proc/'));
  for (const { detail } of timeouts) expect(HUNG).toContain(detail.split(':')[0]);
  expect(timeouts.length).toBeGreaterThanOrEqual(8);
}, 60_000);
