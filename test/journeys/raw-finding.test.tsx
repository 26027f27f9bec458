import { expect, test } from 'vitest';
import type { StandingFinding } from '../../src/collect/session.ts';
import { hostResource } from '../../src/findings/entity-ref.ts';
import type { Read } from '../../src/host/host.ts';
import { cannedSession, START_MS, type FakeSession } from '../helpers/fake-session.ts';
import { open } from '../helpers/screen.tsx';

const memory: StandingFinding = {
  rule: 'memory-short',
  key: 'memory-short resource:memory',
  severity: 'crit',
  entity: hostResource('memory'),
  subject: 'memory',
  subjectVocabulary: 'fixed',
  sentence: '2.0% available',
  evidence: [
    { what: 'available', value: '20M', source: '/proc/meminfo MemAvailable' },
    { what: 'slab unreclaimable', value: '1M', source: '/proc/meminfo SUnreclaim' },
  ],
  next: 'look',
  pane: 'processes',
  sinceMs: START_MS,
  seenMs: START_MS,
};

const meminfo = (total: number): string =>
  Array.from({ length: total }, (_, i) =>
    i === 40 ? 'MemAvailable:  20480 kB' : i === 45 ? 'SUnreclaim:  1024 kB' : `Other${i}:  ${i} kB`,
  ).join('\n');

/** Session with this finding, in which meminfo is one of many sources. */
function sessionWith(finding: StandingFinding): FakeSession {
  const session = cannedSession();
  session.standing = [finding];
  const file = (path: string): Read => ({ kind: 'file', path });
  return Object.assign(session, {
    raw: (id: string) =>
      id === 'meminfo'
        ? [{ read: file('/proc/meminfo'), text: meminfo(60) }]
        : [{ read: file(`/proc/${id}`), text: `${id} and MemAvailable` }],
  });
}

test('r on the Overview shows the reading behind the finding first, at its marked lines', async () => {
  const screen = await open({ session: sessionWith(memory), columns: 80, rows: 24 });
  await screen.press('r');
  expect(screen.line(1)).toContain('Raw: memory');
  const [first = ''] = screen.lines().filter((line) => line.startsWith('╭'));
  expect(first).toContain('file /proc/meminfo');
  expect(screen.text()).toContain('▸ MemAvailable:  20480 kB');
  expect(screen.text()).toContain('▸ SUnreclaim:  1024 kB');
  expect(screen.text()).toContain('  Other41:  41 kB');
  expect(screen.text()).not.toContain('Other30');
  await screen.quit();
});

test('r shows the other readings below those of the rule, without marks', async () => {
  const screen = await open({ session: sessionWith(memory), columns: 120, rows: 40 });
  await screen.press('r', 'tab');
  expect(screen.text()).toContain('file /proc/fake-processes');
  expect(screen.text()).not.toContain('▸ fake-processes and MemAvailable');
  await screen.quit();
});

test('r in the detail of an incident shows the reading of the selected evidence', async () => {
  const screen = await open({ session: sessionWith(memory), columns: 120, rows: 40 });
  await screen.press('enter', 'tab', 'down', 'r');
  expect(screen.text()).toContain('▸ SUnreclaim:  1024 kB');
  expect(screen.text()).not.toContain('▸ MemAvailable');
  await screen.quit();
});

test('r on the Overview shows all readings when the rule is unknown', async () => {
  const screen = await open({ session: sessionWith({ ...memory, rule: 'of a newer version' }) });
  await screen.press('r');
  expect(screen.line(1)).toContain('Raw: Incidents');
  await screen.quit();
});
