import { describe, expect, test } from 'vitest';
import { containerDaemonUnresponsive } from '../../../src/findings/containers/daemon-unresponsive.ts';
import { containerFrozen } from '../../../src/findings/containers/frozen.ts';
import { containerMemoryShort } from '../../../src/findings/containers/memory-short.ts';
import { containerOom } from '../../../src/findings/containers/oom.ts';
import { containerPids } from '../../../src/findings/containers/pids.ts';
import { containerRestartLoop } from '../../../src/findings/containers/restart-loop.ts';
import { containerThrottled } from '../../../src/findings/containers/throttled.ts';
import { containerUnhealthy } from '../../../src/findings/containers/unhealthy.ts';
import type { AnyFinding } from '../../../src/findings/finding.ts';
import { judge } from '../../../src/findings/judge.ts';
import { lxdMemberOffline } from '../../../src/findings/containers/lxd-member-offline.ts';
import { lxdOperationStuck } from '../../../src/findings/containers/lxd-operation-stuck.ts';
import { lxdPoolFull } from '../../../src/findings/containers/lxd-pool-full.ts';
import { lxdWarning } from '../../../src/findings/containers/lxd-warning.ts';
import { oomKills } from '../../../src/findings/machine/oom-kills.ts';
import { processesBlocked } from '../../../src/findings/processes/processes-blocked.ts';
import { statement } from '../../../src/findings/statement.ts';
import { missing, type Missing } from '../../../src/host/host.ts';
import type { AnySource } from '../../../src/sources/source.ts';
import { Timeline } from '../../../src/timeline/timeline.ts';
import { foundOn } from '../../helpers/found-on.ts';
import { LXD } from './faults.ts';

const HOST = 'container-host';
const sentencesOf = async (...all: Parameters<typeof foundOn>) =>
  (await foundOn(...all)).map(({ sentence }) => sentence);
const statementsOf = async (...all: Parameters<typeof foundOn>) => (await foundOn(...all)).map(statement);

const all = [
  containerDaemonUnresponsive,
  containerFrozen,
  containerMemoryShort,
  containerOom,
  containerPids,
  containerRestartLoop,
  containerThrottled,
  containerUnhealthy,
  lxdMemberOffline,
  lxdOperationStuck,
  lxdPoolFull,
  lxdWarning,
];

test.each(all)('$id finds nothing when a host has no containers', async (rule) => {
  for (const host of ['cloud-vm', 'numa-guest', 'bare-kernel', 'denied']) expect(await foundOn(rule, host)).toEqual([]);
});

describe('on a host with LXD and Docker, each broken in many ways', () => {
  test('container-oom counts kills of memory.events when two samples differ', async () => {
    expect(await sentencesOf(containerOom, HOST)).toEqual([
      expect.stringMatching(/^\d+ OOM kills in 30 s, last 0 s ago, limit 32 MiB$/),
      expect.stringMatching(/^\d+ OOM kills in 30 s, last 0 s ago, limit 64 MiB$/),
    ]);
  });

  test('container-oom turns past, with its age, when the kills are over for more than a minute', async () => {
    const now = await foundOn(containerOom, HOST, [{}, {}], 30);
    expect(now.map(({ past }) => past)).toEqual([undefined, undefined]);
    // The third round repeats the second, without new kills.
    const later = await foundOn(containerOom, HOST, [{}, {}, {}], 100);
    expect(later.map(({ subject, past }) => [subject, past?.ageSeconds])).toEqual([
      ['docker lab-leak', 100],
      ['LXD lab-mem', 100],
    ]);
    expect(later[0]?.sentence).toMatch(/^\d+ OOM kills in 3m20s, last 1m40s ago, limit 32 MiB$/);
  });

  test('oom-kills names the container whose memory.events counted the newest kill', async () => {
    const vmstat = (kills: number) => ({ '/proc/vmstat': `oom_kill ${kills}\n` });
    const [found] = await foundOn(oomKills, HOST, [vmstat(70), vmstat(81)]);
    expect(found?.sentence).toMatch(
      /^11 OOM kills in 30 s, last 0 s ago, in (docker lab-leak, limit 32 MiB|LXD lab-mem, limit 64 MiB)$/,
    );
    expect(found?.evidence.map(({ what }) => what)).toEqual(expect.arrayContaining(['docker lab-leak', 'LXD lab-mem']));
    // New kills are not attributed to a container with kills three minutes ago.
    const [other] = await foundOn(oomKills, HOST, [vmstat(70), vmstat(70), vmstat(71)], 180);
    expect(other?.sentence).toBe('1 OOM kill 0 s ago');
  });

  test('container-throttled names periods, quota and idle host when a quota is used up', async () => {
    const [first, ...rest] = await statementsOf(containerThrottled, HOST);
    expect(first).toMatch(
      /^(docker shop|LXD) lab-worker: throttled in 9\d% of periods, CPU \d+(\.\d)?%, quota 5\.0%, host \d+(\.\d)?% idle$/,
    );
    expect(rest).toHaveLength(1);
  });

  test('rules name pids limit, restart loop and health check when each is broken', async () => {
    expect(await statementsOf(containerPids, HOST)).toEqual([
      'docker lab-forks: pids limit reached (20 of 20), fork fails',
      'LXD lab-web: pids limit reached (12 of 12), fork fails',
    ]);
    expect(await sentencesOf(containerRestartLoop, HOST)).toEqual([
      expect.stringMatching(/^restart loop, \d+ restarts in 10 min, exit code 3$/),
    ]);
    expect(await statementsOf(containerUnhealthy, HOST)).toEqual([
      'docker shop lab-web: unhealthy, health check fails',
    ]);
  });

  test('container-frozen is silent about a paused container before 5 minutes, and its processes are not blocked', async () => {
    expect(await foundOn(containerFrozen, HOST, [{}, {}], 120)).toEqual([]);
    expect(await foundOn(processesBlocked, HOST, [{}, {}], 10)).toEqual([]);
  });

  test('lxd-pool-full finds the full pool, other rules nothing, when a lone server works', async () => {
    expect(await statementsOf(lxdPoolFull, HOST)).toEqual([
      expect.stringMatching(/^pool lab space: 98% used, \d+ MiB of 64 MiB \(dir\)$/),
    ]);
    expect(await foundOn(lxdWarning, HOST)).toEqual([]);
    expect(await foundOn(lxdMemberOffline, HOST)).toEqual([]);
    expect(await foundOn(lxdOperationStuck, HOST)).toEqual([]);
    expect(await foundOn(containerDaemonUnresponsive, HOST)).toEqual([]);
    expect(await foundOn(containerMemoryShort, HOST)).toEqual([]);
  });

  test('lxd-pool-full finds nothing when the pool has no figures', async () => {
    const lifted = {
      [`${LXD} < EACH /1.0/storage-pools resources`]: '{"list":[{"name":"lab"}],"each":{"lab":{"error":"gone"}}}',
    };
    expect(await foundOn(lxdPoolFull, HOST, [lifted, lifted])).toEqual([]);
  });
});

test('container-restart-loop turns past when the last restart is over for more than a minute', async () => {
  const id = 'd'.repeat(64);
  const event = (action: string, epochSeconds: number) => ({ id, action, detail: undefined, name: 'job', exitCode: 1, epochSeconds }); // prettier-ignore
  const found = (runSeconds: number) => {
    const events = [0, 1, 2].flatMap((i) => [event('die', 10_000 + i), event('start', 10_000.5 + i)]);
    const timeline = new Timeline();
    const common = { wallMs: 0, missing: {}, tookMs: 0 };
    const at = 10_002.5 + runSeconds;
    timeline.append('docker-events', { ...common, at, sample: { events, listening: true } });
    const stat = { cpus: new Map(), bootEpochSeconds: 0 };
    timeline.append('cpu-stat', { ...common, at, sample: stat });
    timeline.append('docker', { ...common, at, sample: { containers: [{ id, name: 'job', state: 'running' }] } });
    return judge([containerRestartLoop], (needs) => timeline.latestMoment(needs, 0));
  };
  expect(found(30)[0]?.past).toBeUndefined();
  expect(found(300)).toMatchObject([
    { sentence: 'restart loop, 3 restarts in 10 min, last 5m00s ago', past: { ageSeconds: 300 } },
  ]);
});

describe('container-daemon-unresponsive', () => {
  interface Look {
    readonly answered: boolean;
    readonly why?: Missing['why'];
    readonly tookMs?: number;
  }
  const after = (rule: AnyFinding, looks: readonly Look[]) => {
    const timeline = new Timeline();
    for (const [i, { answered, why, tookMs = 3 }] of looks.entries())
      timeline.append('docker-ping', {
        sample: { answered },
        at: 100 + i * 10,
        wallMs: i * 10_000,
        missing: why === undefined ? {} : { ping: missing(why, `/run/docker.sock: ${why}`) },
        tookMs,
      });
    timeline.append('processes', { sample: { processes: new Map() }, at: 100, wallMs: 0, missing: {}, tookMs: 0 });
    const sources: readonly AnySource[] = Object.values<AnySource>(rule.needs);
    expect(sources.some(({ id }) => id === 'docker-ping')).toBe(true);
    return judge([rule], (needs) => timeline.latestMoment(needs, (looks.length - 1) * 10_000));
  };
  const up = { answered: true };

  test('finds a daemon when it is frozen, gone or slow', () => {
    expect(after(containerDaemonUnresponsive, [up, { answered: false, why: 'timeout' }])[0]).toMatchObject({
      severity: 'crit',
      sentence: 'daemon accepts connections, does not respond for 10 s, no process found',
    });
    expect(after(containerDaemonUnresponsive, [up, up, { answered: false, why: 'absent' }])[0]?.sentence).toBe(
      'daemon gone for 10 s',
    );
    const slow = { answered: true, tookMs: 2400 };
    expect(after(containerDaemonUnresponsive, [up, slow, slow])[0]).toMatchObject({
      severity: 'warn',
      sentence: 'daemon slow, 2.4s per ping',
    });
  });

  test('finds nothing when one reply is slow, as while the session begins on a busy host', () => {
    const slow = { answered: true, tookMs: 3600 };
    expect(after(containerDaemonUnresponsive, [slow])).toEqual([]);
    expect(after(containerDaemonUnresponsive, [slow, up])).toEqual([]);
    expect(after(containerDaemonUnresponsive, [up, slow])).toEqual([]);
  });

  test('finds nothing when no daemon ever replied: absent, denied or timeout', () => {
    for (const why of ['absent', 'denied', 'timeout'] as const)
      expect(
        after(containerDaemonUnresponsive, [
          { answered: false, why },
          { answered: false, why },
        ]),
      ).toEqual([]);
  });
});

test('container-unhealthy names five and counts the rest when 30 are unhealthy', async () => {
  const changes: Record<string, string> = {};
  const list = Array.from({ length: 30 }, (_, i) => ({
    Id: `id${i}`,
    Names: [`/web-${i}`],
    State: 'running',
    Status: 'Up 1 hour (unhealthy)',
  }));
  changes['/run/docker.sock < GET /containers/json?all=1'] = JSON.stringify(list);
  const found = await foundOn(containerUnhealthy, 'bare-kernel', [changes, changes]);
  expect(found.length).toBe(6);
  expect(found.at(-1)?.sentence).toBe('25 unhealthy');
});
