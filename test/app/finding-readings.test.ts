import { describe, expect, test } from 'vitest';
import { rawBehind, readingsBehind, type FindingReadings } from '../../src/app/finding-readings.ts';
import type { Session, StandingFinding } from '../../src/collect/session.ts';
import { cephCluster, entityRef, processRef, type EntityRef } from '../../src/findings/entity-ref.ts';
import type { Read } from '../../src/host/host.ts';
import { findings } from '../../src/subsystems/index.ts';

const found = (rule: string, entity: EntityRef, more: Partial<StandingFinding> = {}): StandingFinding => ({
  rule,
  key: rule,
  severity: 'crit',
  entity,
  subject: entity.id,
  sentence: '',
  evidence: [],
  next: '',
  sinceMs: 0,
  seenMs: 0,
  ...more,
});

const file = (path: string): Read => ({ kind: 'file', path });

function behind(finding: StandingFinding): FindingReadings {
  const readings = readingsBehind(finding, findings);
  if (!readings) throw new Error('no such rule');
  return readings;
}

describe('readingsBehind marks', () => {
  const netdev = file('/proc/net/dev');

  test('the line of an object by its whole name', () => {
    const { marks } = behind(found('nic-drops', entityRef('nic', 'eth0')));
    expect(marks(netdev, '  eth0: 12 0 0')).toBe(true);
    expect(marks(netdev, ' eth01: 12 0 0')).toBe(false);
    expect(marks(netdev, ' veth0: 12 0 0')).toBe(false);
    expect(marks(netdev, ' eth0-1: 12 0 0')).toBe(false);
  });

  test('a counter in its own file only', () => {
    const evidence = [{ what: 'kills', value: '3', source: '/proc/vmstat oom_kill' }];
    const { marks } = behind(found('oom-kills', { kind: 'resource', id: 'memory' }, { evidence }));
    expect(marks(file('/proc/vmstat'), 'oom_kill 3')).toBe(true);
    expect(marks(file('/proc/vmstat'), 'oom_kill_other 3')).toBe(false);
    expect(marks(file('/proc/other'), 'oom_kill 3')).toBe(false);
  });

  test('a quoted line of a log', () => {
    const line = '2026-11-23 23:41:03 Out of memory: Killed process 71 (worker)';
    const evidence = [{ what: 'log', value: line, source: 'kernel log' }];
    const { marks } = behind(found('oom-kills', { kind: 'resource', id: 'memory' }, { evidence }));
    expect(marks(file('/x'), line)).toBe(true);
    expect(marks(file('/x'), 'another line')).toBe(false);
  });

  test('the code of a health check', () => {
    const { marks } = behind(
      found('ceph-health', cephCluster, { condition: 'OSD_DOWN', subject: 'OSD_DOWN', subjectVocabulary: 'fixed' }),
    );
    expect(marks(file('/x'), '"OSD_DOWN":{"severity":"HEALTH_WARN"')).toBe(true);
  });

  test('no number as if it were a name', () => {
    const { marks } = behind(found('process-stopped', processRef({ pid: 100, startTicks: 1 }), { subject: 'x[100]' }));
    expect(marks(file('/proc/stat'), 'cpu 100 200')).toBe(false);
  });
});

test('rawBehind puts the source first that the evidence names, then those with the name', () => {
  const finding = found(
    'oom-kills',
    { kind: 'resource', id: 'memory' },
    {
      evidence: [{ what: 'kills', value: '3', source: '/proc/vmstat oom_kill' }],
    },
  );
  const readings = { ...behind(finding), sources: ['unit-memory', 'cgroups', 'vmstat'] };
  const raw = (id: string) => [{ read: file(id === 'vmstat' ? '/proc/vmstat' : `/${id}`), text: 'x' }];
  // Only raw is used.
  expect(rawBehind({ raw } as unknown as Session, readings)).toEqual(['vmstat', 'unit-memory', 'cgroups']);
});

describe('readingsBehind ranks', () => {
  const cgroups: Read = { kind: 'cgroups', as: 'root' };

  test('a file of a pattern before files that name the object, and those before others', () => {
    const { rank } = behind(
      found('nic-flaps', entityRef('nic', 'eth0'), {
        evidence: [{ what: 'changes', value: '3', source: '/sys/class/net/eth0/carrier_changes' }],
      }),
    );
    const glob = (name: string, text: string) => rank('', { kind: 'glob', pattern: `/sys/class/net/*/${name}` }, text);
    const ranks = [glob('carrier_changes', ''), glob('mtu', '/sys/class/net/eth0/mtu: 1500'), glob('mtu', 'none')];
    expect(ranks).toEqual([0, 3, 4]);
  });

  test('cgroups first for a file of a control group, though the process table names the container', () => {
    const id = 'ab'.repeat(32);
    const { rank } = behind(
      found('container-oom', entityRef('container', `id:${id}`), {
        subject: 'docker lab-leak',
        evidence: [{ what: 'kills', value: '3', source: 'memory.events oom_kill' }],
      }),
    );
    expect(rank('cgroups', cgroups, `/docker/${id}`)).toBeLessThan(
      rank('process table', { kind: 'processes', as: 'root' }, `shim -id ${id}`),
    );
  });

  test('a socket that exists before one that is absent', () => {
    const { rank } = behind(
      found('ceph-osd-unresponsive', entityRef('osd', 'osd.1'), {
        evidence: [{ what: 'perf dump', value: 'gone', source: 'perf dump (admin socket)' }],
      }),
    );
    const read: Read = { kind: 'talks', dialect: 'asok', pattern: '/x', request: 'perf dump' };
    expect(rank('asok perf dump', read, '/x/ceph-osd.1.asok: (failed: gone)')).toBeLessThan(
      rank('asok perf dump', read, '(absent: no such socket)'),
    );
  });
});
