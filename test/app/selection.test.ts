import * as fc from 'fast-check';
import { noInfluence } from '../helpers/no-influence.ts';
import { expect, test } from 'vitest';
import { drawFrame } from '../../src/app/frame-lines.ts';
import { Screen } from '../../src/app/screen.ts';
import type { ToolBox } from '../../src/app/tools-flow.ts';
import { Watch } from '../../src/app/watch.ts';
import { resolveKeymap } from '../../src/keymap.ts';
import { unstyled } from '../../src/lib/text-width.ts';
import { definePane, type TableSection } from '../../src/panes/pane.ts';
import { makeTheme } from '../../src/theme.ts';
import { tableViewOf } from '../../src/ui/pane-view.ts';
import { fakeProcessSource, type FakeProcess } from '../helpers/fake-panes.ts';
import { cannedFindings, FakeSession } from '../helpers/fake-session.ts';
import { ownWords } from '../../src/timeline/reading-state.ts';

const theme = makeTheme({ colour: false, ascii: false });
const SIZE = { columns: 90, rows: 26 };

/** Actions of keys, by the name of the row. */
interface Acts {
  readonly opened: string[];
  readonly tied: string[];
  readonly tools: string[];
  readonly copied: string[];
}

/** Processes as `a<pid>` in a tree and as `b<pid>` in groups `h0` to `h2`, which are not processes. */
function paneOf(acts: Acts) {
  const table = (letter: string, rows: readonly FakeProcess[]): TableSection<FakeProcess> => ({
    kind: 'table',
    id: letter,
    title: letter.toUpperCase(),
    sources: [],
    columns: [
      { id: 'name', title: 'NAME', about: 'Name.', width: 16, value: ({ name }) => name, rank: 0 },
      { id: 'cpu', title: 'CPU', about: 'CPU.', width: 6, align: 'right', value: ({ cpuPct }) => cpuPct, rank: 0 },
    ],
    rows,
    key: ({ name }) => name,
    sort: { column: 'cpu', descending: true },
    process: ({ pid, name }) => (pid === 0 ? undefined : { pid, startTicks: pid, name }),
    links: ({ name }) => {
      acts.tied.push(name);
      return [];
    },
    detail: ({ name }) => {
      acts.opened.push(name);
      return { id: name, title: name, sources: {}, everySeconds: 0, sections: () => [] };
    },
    empty: ownWords('none'),
  });
  return definePane({
    id: 'pane',
    title: 'Pane',
    needs: { table: fakeProcessSource },
    model: ({ table: processes }) => processes.now ?? [],
    presence: () => 'present' as const,
    tile: () => ({ figures: [] }),
    sections: (rows) => [
      { ...table('a', rows), parent: ({ parent }) => `a${parent}` },
      {
        ...table(
          'b',
          rows.map((row) => ({ ...row, name: `b${row.pid}` })),
        ),
        groups: [
          {
            id: 'third',
            title: 'third',
            of: ({ pid }) => `h${pid % 3}`,
            sum: (name) => ({ pid: 0, parent: 0, name, state: 'S', cpuPct: 0 }),
          },
        ],
      },
    ],
  });
}

const named = (row: Omit<FakeProcess, 'name' | 'state'>): FakeProcess => ({ ...row, name: `a${row.pid}`, state: 'S' });

class Desk {
  readonly acts: Acts = { opened: [], tied: [], tools: [], copied: [] };
  readonly session = new FakeSession();
  readonly screen: Screen;
  body: readonly string[] = [];
  /** Promise that `tools.list` awaits. */
  listing: Promise<void> = Promise.resolve();

  constructor(rows: readonly FakeProcess[]) {
    const { acts, session } = this;
    const tools: ToolBox = {
      list: async (_, { name }) => {
        acts.tools.push(name);
        await this.listing;
        return [{ id: 'gdb', title: 'gdb', cost: 'stops it', confirm: { lines: [] } }];
      },
      open: async (_, { name }) => {
        acts.tools.push(`started on ${name}`);
        throw new Error('started');
      },
    };
    this.screen = new Screen({
      theme,
      keymap: resolveKeymap().keymap,
      clock: () => session.nowMs,
      tools,
      terminal: {
        copy: (text) => acts.copied.push(/^NAME: (\S+)/.exec(text)?.[1] ?? text),
        save: () => '',
        redraw: () => undefined,
        quit: () => undefined,
        capture: () => undefined,
        release: () => undefined,
      },
    });
    this.read(rows);
    this.screen.watch = new Watch({
      session,
      panes: [paneOf(acts)],
      theme,
      clock: () => session.nowMs,
      explainer: noInfluence,
      tab: 'pane',
    });
    this.draw();
  }

  /** New readings, not drawn yet. */
  read(rows: readonly FakeProcess[]): void {
    this.session.nowMs += 1000;
    this.session.give(fakeProcessSource.id, rows);
  }

  draw(): void {
    this.body = drawFrame(this.screen, SIZE).body;
  }

  press(...keys: readonly string[]): void {
    for (const name of keys) this.screen.handle({ kind: 'key', name, text: name.length === 1 ? name : '' });
  }

  /** Waits for the dialog of a key. */
  async settle(): Promise<void> {
    for (let i = 0; i < 20; i++) await Promise.resolve();
  }

  /** The name of the row behind the pointer on the screen; a frame in focus has one in its title, too. */
  pointed(): string | undefined {
    return this.body.flatMap((line) => /[│┃║]▸\W*([abh]\d+)/.exec(unstyled(line))?.[1] ?? []).at(0);
  }

  text(): string {
    this.draw();
    return this.body.join('\n');
  }

  collapsed(section: string): ReadonlySet<string> {
    const { surface } = this.screen;
    return surface ? tableViewOf(surface.view, section).collapsed : new Set();
  }

  exists(name: string): boolean {
    const rows = this.session.timeline.moment({ table: fakeProcessSource }, this.session.nowMs).table.now ?? [];
    const id = Number(name.slice(1));
    return rows.some(({ pid }) => (name.startsWith('h') ? pid % 3 === id : pid === id));
  }
}

const letters = (text: string): readonly string[] => Array.from(text);

const anyRows: fc.Arbitrary<readonly FakeProcess[]> = fc.uniqueArray(
  fc.record({ pid: fc.integer({ min: 1, max: 40 }), parent: fc.nat(40), cpuPct: fc.nat(99) }).map(named),
  { selector: ({ pid }) => pid, maxLength: 30 },
);

type Step =
  | { readonly kind: 'keys'; readonly keys: readonly string[] }
  | { readonly kind: 'read'; readonly rows: readonly FakeProcess[] }
  | { readonly kind: 'click' | 'wheel'; readonly y: number };

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc
    .constantFrom(
      ['j'],
      ['k'],
      ['pgdn'],
      ['end'],
      ['home'],
      ['>'],
      ['i'],
      ['T'],
      ['-'],
      ['tab'],
      ['z'],
      ['esc'],
      ['space'],
      [','],
      ['.'],
      ['['],
      [']'],
      ['left'],
      ['right'],
      ['tab', 'T'],
      ['tab', 'T', 'home'],
      ['/', '1', 'enter'],
      ['/', '!', '2', 'enter'],
      ['/', 'x', 'enter'],
      ['/', 'esc'],
      ['j', 'j', '/', '3', 'enter', 'k'],
    )
    .map((keys) => ({ kind: 'keys' as const, keys })),
  anyRows.map((rows) => ({ kind: 'read' as const, rows })),
  fc.record({ kind: fc.constantFrom('click', 'wheel'), y: fc.integer({ min: 2, max: SIZE.rows - 3 }) }),
);

function take(desk: Desk, step: Step): void {
  if (step.kind === 'keys') desk.press(...step.keys);
  else if (step.kind === 'read') desk.read(step.rows);
  else if (step.kind === 'click') desk.screen.handle({ kind: 'click', x: 3, y: step.y });
  else desk.screen.handle({ kind: 'wheel', rows: 1, x: 3, y: step.y });
  // A second click would open a page.
  while (desk.screen.layers.page) desk.screen.layers.remove(desk.screen.layers.page);
}

const KEYS = { enter: 'opened', t: 'tools', f: 'tied', c: 'copied' } as const;

async function actsOf(desk: Desk, key: keyof typeof KEYS): Promise<readonly string[]> {
  const done = desk.acts[KEYS[key]];
  done.length = 0;
  desk.press(key);
  await desk.settle();
  if (key === 'c') {
    desk.press(...letters('Selected row'), 'enter');
    await desk.settle();
  }
  return [...done];
}

test('key acts on the row behind the pointer after any presses, clicks and readings', async () => {
  const seen = { acted: 0, gone: 0, none: 0, heads: 0 };
  await fc.assert(
    fc.asyncProperty(
      anyRows,
      fc.array(anyStep, { maxLength: 14 }),
      fc.constantFrom(...(Object.keys(KEYS) as (keyof typeof KEYS)[])),
      // Events between drawing and key.
      fc.option(fc.oneof(anyRows, fc.constantFrom(',', '.')), { nil: undefined }),
      async (rows, steps, key, unseen) => {
        const desk = new Desk(rows);
        for (const step of steps) {
          take(desk, step);
          desk.draw();
        }
        if (desk.screen.watch?.tab !== 'pane') {
          desk.press(']');
          desk.draw();
        }
        const pointed = desk.pointed();
        if (typeof unseen === 'string') desk.press(unseen);
        else if (unseen) desk.read(unseen);
        const acted = await actsOf(desk, key);
        const alive = pointed !== undefined && desk.exists(pointed);
        // A group is not a process.
        const useful = alive && !(key === 't' && pointed.startsWith('h'));
        const outcome = useful ? 'acted' : pointed === undefined || alive ? 'none' : 'gone';
        seen[outcome]++;
        if (useful && pointed.startsWith('h')) seen.heads++;
        const why = { acted: '', gone: 'selected row gone', none: 'needs a selected' }[outcome];
        const notice = key === 'c' || useful ? '' : desk.screen.notice?.text;
        expect({ acted, notice }).toEqual({
          acted: useful ? [pointed] : [],
          notice: expect.stringContaining(key === 'c' ? '' : why),
        });
      },
    ),
    { numRuns: 1500 },
  );
  // Every outcome occurred: the property would hold for a screen without rows too.
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(5);
}, 60_000);

test('fold acts on the row behind the pointer when a filter hides the one chosen before', () => {
  const desk = new Desk([
    named({ pid: 1, parent: 0, cpuPct: 50 }),
    named({ pid: 21, parent: 1, cpuPct: 40 }),
    named({ pid: 7, parent: 0, cpuPct: 30 }),
  ]);
  desk.press('j', 'j', '/', '1', 'enter');
  desk.draw();
  const pointed = desk.pointed();
  expect(pointed).toBe('a21');
  desk.press('-');
  desk.draw();
  expect([...desk.collapsed('a')]).toEqual([pointed]);
  expect(desk.pointed()).toBe(pointed);
});

const three = [
  named({ pid: 5, parent: 0, cpuPct: 50 }),
  named({ pid: 6, parent: 0, cpuPct: 40 }),
  named({ pid: 7, parent: 0, cpuPct: 30 }),
];

test('tools offers nothing when another row was selected during the check', async () => {
  const desk = new Desk(three);
  const { promise, resolve } = Promise.withResolvers<void>();
  desk.listing = promise;
  desk.press('t', 'j');
  desk.draw();
  resolve();
  await desk.settle();
  expect(desk.screen.layers.top).toBeUndefined();
  expect(desk.screen.notice?.text).toBe('run tool: selection changed from a5 (5)');
});

test.each([
  { dialog: 'list of tools', before: [], after: 'enter' },
  { dialog: 'confirmation', before: ['enter'], after: 'y' },
])('tools starts nothing when its process goes while the $dialog is open', async ({ before, after }) => {
  const desk = new Desk(three);
  desk.press('t');
  await desk.settle();
  expect(desk.text()).toContain('Tools on a5 (5)');
  desk.press(...before);
  await desk.settle();
  desk.read(three.slice(1));
  desk.draw();
  desk.press(after);
  await desk.settle();
  expect(desk.acts.tools).toEqual(['a5']);
  expect(desk.text()).toContain('Not started: selection changed from a5 (5).');
});

test('tools starts nothing when the confirmation is declined', async () => {
  const desk = new Desk(three);
  for (const key of ['t', 'enter', 'n']) {
    desk.press(key);
    await desk.settle();
  }
  expect(desk.acts.tools).toEqual(['a5']);
  expect(desk.screen.layers.top).toBeUndefined();
});

test('tools starts on the row of its dialog when readings put another on top meanwhile', async () => {
  const desk = new Desk(three);
  desk.press('t');
  await desk.settle();
  desk.read([...three, named({ pid: 9, parent: 0, cpuPct: 99 })]);
  desk.draw();
  desk.press('enter');
  await desk.settle();
  desk.press('y');
  await desk.settle();
  expect(desk.acts.tools).toEqual(['a5', 'started on a5']);
});

test('palette does not act when its row is gone', async () => {
  const desk = new Desk(three);
  desk.press(':');
  await desk.settle();
  desk.read(three.slice(1));
  desk.draw();
  desk.press(...letters('detail'), 'enter');
  await desk.settle();
  expect(desk.acts.opened).toEqual([]);
  expect(desk.screen.notice?.text).toBe('open: selected row gone');
});

test('copy takes the row behind the pointer when readings move rows while the formats are shown', async () => {
  const desk = new Desk(three);
  desk.press('c');
  await desk.settle();
  desk.read([...three, named({ pid: 9, parent: 0, cpuPct: 99 })]);
  desk.draw();
  desk.press(...letters('Selected row'), 'enter');
  await desk.settle();
  expect(desk.acts.copied).toEqual(['a5']);
});

test('overview explains the finding behind the pointer when a filter hides the one chosen before', () => {
  const desk = new Desk(three);
  desk.session.standing = cannedFindings();
  desk.press('1');
  desk.draw();
  desk.press('end', 'home', 'j', 'k', '/', ...letters('nfsd'), 'enter');
  const text = unstyled(desk.text());
  expect(text).toMatch(/▸\W*WARN +900/);
  expect(text).toContain('Look at its kernel stack.');
  expect(text).not.toContain('See which process holds memory');
});
