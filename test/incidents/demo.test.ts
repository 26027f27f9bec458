import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StandingFinding } from '../../src/collect/session.ts';
import type { IncidentRow } from '../../src/incidents/incident-rows.ts';
import { Recording } from '../../src/recording/recording.ts';
import { ReplaySession } from '../../src/recording/replay-session.ts';
import { explainer, findings, sources } from '../../src/subsystems/index.ts';

let session: ReplaySession;

beforeAll(async () => {
  const recording = await Recording.open(join(import.meta.dirname, '../../assets/demo.cc.zst'));
  session = await ReplaySession.open({ recording, sources, findings, clock: () => 0 });
  session.player.pause();
});
afterAll(() => session.stop());

/** Incidents so many seconds after the start. */
async function incidentsAt(second: number): Promise<readonly IncidentRow<StandingFinding>[]> {
  const atMs = session.replay.startMs + second * 1000;
  await session.seek(atMs);
  return explainer.rows(session.findings(), (needs) => session.timeline.moment(needs, atMs), atMs);
}

describe('incidents of the demo, 5 s after its start', () => {
  it('name osd.1 first, with what depends on it', async () => {
    const [first] = await incidentsAt(5);
    expect([first?.root.rule, first?.root.subject]).toEqual(['ceph-osd-unresponsive', 'osd.1']);
    expect(first?.victims.map(({ finding: { rule, subject } }) => `${rule} ${subject}`)).toEqual([
      'ceph-health OSD_DOWN',
      'ceph-health PG_DEGRADED',
      'ceph-pings-slow osd.1',
    ]);
  });

  it('are 16 or fewer', async () => {
    expect((await incidentsAt(5)).length).toBeLessThanOrEqual(16);
  });

  it('have the kills of the host below the container that the engine names, before its counter is read again', async () => {
    const row = (await incidentsAt(5)).find(({ victims }) =>
      victims.some(({ finding }) => finding.rule === 'oom-kills'),
    );
    expect(row?.root.rule).toBe('container-oom');
  });
});

it('incidents of the demo of a host name its units, its full accept queue and the crash', async () => {
  const recording = await Recording.open(join(import.meta.dirname, '../../assets/demo-host.cc.zst'));
  const host = await ReplaySession.open({ recording, sources, findings, clock: () => 0, fromMs: Infinity });
  const rules = host.findings().map(({ rule, subject }) => `${rule} ${subject}`);
  await host.stop();
  expect(rules).toEqual(
    expect.arrayContaining([
      'unit-restart-loop lab-loop.service',
      'unit-failed lab-failed.service',
      'listen-overflow accept queue',
    ]),
  );
});

it('incidents of the demo of a cloud have its agents below the alarm of the broker, and the lock of PostgreSQL', async () => {
  const recording = await Recording.open(join(import.meta.dirname, '../../assets/demo-cloud.cc.zst'));
  const cloud = await ReplaySession.open({ recording, sources, findings, clock: () => 0, fromMs: Infinity });
  const atMs = cloud.replay.endMs;
  const rows = explainer.rows(cloud.findings(), (needs) => cloud.timeline.moment(needs, atMs), atMs);
  await cloud.stop();
  const victimsOf = (rule: string) => {
    const row = rows.find(({ root }) => root.rule === rule);
    return row?.victims.map(({ finding }) => `${finding.rule} ${finding.subject}`);
  };
  expect(rows[0]?.root.rule).toBe('rabbitmq-alarm');
  expect(victimsOf('rabbitmq-alarm')).toEqual(
    expect.arrayContaining(['openstack-service-down nova-compute', 'service-log-fault oslo.messaging']),
  );
  expect(victimsOf('postgresql-lock-chain')).toEqual([]);
  expect(victimsOf('haproxy-backend')).toEqual([]);
});
