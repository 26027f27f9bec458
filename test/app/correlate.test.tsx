import { expect, test } from 'vitest';
import { definePane } from '../../src/panes/pane.ts';
import { percentColumn } from '../../src/ui/kit/columns.ts';
import { fakeAbsent, fakeMachine, fakeProcessSource, type FakeProcess } from '../helpers/fake-panes.ts';
import { cannedFindings, FakeSession, START_MS } from '../helpers/fake-session.ts';
import { open, type TestScreen } from '../helpers/screen.tsx';
import { ownWords } from '../../src/timeline/reading-state.ts';

/** Processes with a measure. */
const processes = definePane({
  id: 'processes',
  title: 'Processes',
  needs: { table: fakeProcessSource },
  model: ({ table }) => table.now ?? [],
  presence: (rows) => (rows.length > 0 ? 'present' : 'unknown'),
  sections: (rows) => [
    {
      kind: 'table',
      id: 'processes',
      title: 'Processes',
      sources: ['fake-processes'],
      columns: [
        { id: 'name', title: 'COMMAND', about: 'Name.', width: 20, value: ({ name }: FakeProcess) => name, rank: 0 },
        percentColumn({ id: 'cpu', title: 'CPU%', about: 'CPU in percent of one CPU.', width: 6, rank: 0, value: ({ cpuPct }: FakeProcess) => cpuPct }), // prettier-ignore
      ],
      rows,
      key: ({ pid }: FakeProcess) => String(pid),
      sort: { column: 'cpu', descending: true },
      process: ({ pid, name }: FakeProcess) => ({ pid, startTicks: 1, name }),
      empty: ownWords('none'),
    },
  ],
  tile: () => ({ figures: [] }),
});

/** Five minutes of processes; burn becomes busy 40 s before the end. */
function busySession(seconds = 300): FakeSession {
  const session = new FakeSession();
  for (let second = 0; second <= seconds; second++) {
    session.nowMs = START_MS + second * 1000;
    const busy = second > seconds - 40 ? 95 : 1;
    session.give('fake-processes', [
      { pid: 7, parent: 1, name: 'burn', state: 'R', cpuPct: busy + (second % 3) / 10 },
      { pid: 8, parent: 1, name: 'calm', state: 'S', cpuPct: 20 + ((second * 7) % 13) / 10 },
    ]);
  }
  return session;
}

const panes = [fakeMachine, processes, fakeAbsent];

async function until(screen: TestScreen, pattern: RegExp): Promise<string> {
  for (let i = 0; i < 100 && !pattern.test(screen.text()); i++) await screen.settle();
  return screen.text();
}

test.each([
  [80, 24],
  [120, 40],
  [200, 60],
] as const)('correlate ranks the process that became busy first at %ix%i', async (columns, rows) => {
  const screen = await open({ session: busySession(), panes, columns, rows });
  await screen.press('M');
  expect(screen.text()).toContain('last 1m00');
  await screen.press('enter');
  await until(screen, /burn\[7\]/);
  await expect(screen.text()).toMatchFileSnapshot(`../screens/correlate@${columns}x${rows}.txt`);
  await screen.press('enter');
  expect(screen.text()).toContain('median 1.1%');
  expect(screen.text()).toMatch(/strong, KS [\d.]+, p < 0\.0001/);
  await screen.press('esc', 'f');
  expect(screen.text()).toMatch(/▸burn +\d+%/);
  await screen.quit();
});

test('correlate begins at the onset of the incident under the pointer', async () => {
  const session = busySession();
  const [first] = cannedFindings();
  if (!first) throw new Error('no finding');
  session.standing = [{ ...first, sinceMs: session.nowMs - 39_000, seenMs: session.nowMs }];
  const screen = await open({ session, panes });
  await screen.press('M');
  expect(screen.text()).toMatch(/incident node1 +from its onset at 12:08:12/);
  await screen.press('enter');
  expect(await until(screen, /burn\[7\]/)).toContain('Correlation: incident node1, 12:08:12 to 12:08:51');
  await screen.quit();
});

test('correlate states that nothing moved clearly, and needs readings', async () => {
  const calm = new FakeSession();
  for (let second = 0; second <= 300; second++) {
    calm.nowMs = START_MS + second * 1000;
    calm.give('fake-processes', [{ pid: 8, parent: 1, name: 'calm', state: 'S', cpuPct: 20 + ((second * 7) % 13) }]);
  }
  const screen = await open({ session: calm, panes });
  await screen.press('M', 'enter');
  expect(await until(screen, /nothing moved clearly/)).toContain('1 series against the 4m00 before');
  await screen.quit();

  const early = await open({ session: busySession(10), panes });
  await early.press('M');
  expect(early.text()).toContain('correlate: needs readings over 24 s');
  await early.quit();
});
