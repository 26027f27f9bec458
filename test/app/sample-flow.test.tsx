import { expect, test } from 'vitest';
import type { ToolBox } from '../../src/app/tools-flow.ts';
import { cannedSession } from '../helpers/fake-session.ts';
import { open } from '../helpers/screen.tsx';
import { novaStacks } from '../helpers/stacks.ts';

const tools: ToolBox = {
  list: async () => [{ id: 'sample-10', title: 'sample stacks', cost: 'no stop', fits: 'uses 99% of a CPU' }],
  open: async () => ({ sampleMs: 1000 }),
};

/** Session whose stacks are those of one reading, at fixed times. */
function sampledSession(reading: () => number = () => 1) {
  const session = cannedSession();
  let readings = 0;
  session.details = {
    'process-user-stacks': () => ({ ...novaStacks(reading(), 1_700_000_000_000 + 250 * readings++), costUs: 100 }),
    'process-threads': () => ({ threads: [], uptimeSeconds: undefined }),
  };
  return session;
}

async function sampled(columns: number, rows: number) {
  const screen = await open({ session: sampledSession(), tools, columns, rows, tab: 'processes' });
  await screen.press('t', 'enter');
  for (let i = 0; i < 100 && !/sampled: /.test(screen.text()); i++) await screen.settle();
  return screen;
}

test.each([
  [80, 24],
  [120, 40],
  [200, 60],
] as const)('sampling shows its call tree and flame graph at %ix%i', async (columns, rows) => {
  const screen = await sampled(columns, rows);
  expect(screen.text()).toMatch(/sampled: \d+ readings in [\d.]+ s/);
  // The number of readings is that of the machine.
  const text = screen.text().replaceAll(/\d+ readings in [\d.]+ s, [\d.]+\/s|[\d.]+ % of a CPU/g, (found) => '#'.repeat(found.length > 20 ? 20 : 5)); // prettier-ignore
  await expect(text).toMatchFileSnapshot(`../stacks/screens/stack-sample@${columns}x${rows}.txt`);
  await screen.quit();
});

test('sampling folds idle threads, zooms by enter and goes back by esc', async () => {
  const screen = await sampled(120, 40);
  expect(screen.text()).toMatch(/\+idle, off CPU/);
  await screen.press('/', ...Array.from('virMutexLock'), 'enter', 'down', 'down', 'enter');
  expect(screen.text()).toContain('virMutexLock: 14% of nova-compute (1200)');
  expect(screen.text()).not.toContain('spawn');
  await screen.press('esc');
  expect(screen.text()).toMatch(/sampled: /);
  await screen.quit();
});

test('sampling offers its forms as files', async () => {
  const screen = await sampled(120, 40);
  await screen.press('c');
  for (const title of ['Flame graph as SVG', 'Folded stacks', 'speedscope', 'pprof', 'Stacks as text'])
    expect(screen.text()).toContain(title);
  await screen.press('esc');
  await screen.quit();
});

test('a second sampling of a process shows what grew and shrank since the first, and offers it as files', async () => {
  // The main thread is idle in the first sampling and runs in the second.
  let samplings = 0;
  const screen = await open({ session: sampledSession(() => samplings), tools, columns: 120, rows: 40, tab: 'processes' }); // prettier-ignore
  await screen.press('t', 'enter');
  for (let i = 0; i < 100 && !/sampled: /.test(screen.text()); i++) await screen.settle();
  expect(screen.text()).not.toContain('Changes since');
  samplings = 1;
  await screen.press('esc');
  await screen.press('t', 'enter');
  for (let i = 0; i < 100 && !/sampled: /.test(screen.text()); i++) await screen.settle();
  expect(screen.text()).toMatch(/Changes since \d\d:\d\d:\d\d/);
  expect(screen.text()).toMatch(/1 +\+14\.3 +0\.0% +14% +\+14\.3 _get_guest_xml/);
  expect(screen.text()).toMatch(/-14\.3 +14% +0\.0% +-14\.3 ep_poll_\[k\]/);
  await screen.press('c');
  for (const title of ['Changes as text', 'Changes as folded stacks']) expect(screen.text()).toContain(title);
  await screen.press('esc');
  await screen.quit();
});
