import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { needsPython } from '../helpers/python.ts';
import { parseStacks } from '../../src/stacks/parse-stacks.ts';
import { stackGroups } from '../../src/stacks/stack-groups.ts';
import type { Stack } from '../../src/stacks/stack.ts';

/** Recorded memory of programs/threads.py, programs/tasks.py, programs/greenlets.py and programs/goroutines.go, run by each version; see record_memory.py. */
const FOLDER = join(import.meta.dirname, 'memories');
const names = readdirSync(FOLDER).map((file) => file.replace('.json.gz', ''));
const python = (...args: readonly string[]): string =>
  execFileSync('/usr/bin/python3', ['-I', join(import.meta.dirname, 'fake_memory.py'), ...args], { encoding: 'utf8' });

const stacksOf = (name: string): readonly Stack[] => {
  const body = python('walk', join(FOLDER, `${name}.json.gz`));
  const parsed = parseStacks(`{"pid":1,"name":"x",${body.trim().slice(1)}`);
  expect(parsed?.notes).toEqual([]);
  return parsed?.stacks ?? [];
};
/** User frames of a program's own file, innermost first: `deep:3`. */
const own = ({ frames }: Stack): string =>
  frames
    .filter(({ kind, file }) => kind !== 'kernel' && /threads\.py$|goroutines\.go$/.test(file ?? ''))
    .map(({ name, line }) => `${name?.split('.').at(-1)}:${line}`)
    .join(' ');

beforeEach(needsPython);

test.for(names.filter((name) => name.startsWith('cpython')))(
  'crashcart_stacks walks the threads of %s with functions and lines',
  (name) => {
    const stacks = stacksOf(name);
    expect(stacks.slice(0, 3).map(own)).toEqual(['main:21 <module>:22', 'deep:7 deep:3 deep:3 deep:3', 'méthode:10']);
    // The fourth runs: it may be within the generator.
    expect(own(stacks[3] ?? stacks[0]!)).toMatch(/^(?:<genexpr>:13 )?spin:13$/);
    expect(stacks.map(({ mark, cut }) => [mark, cut])).toEqual([...Array.from({ length: 3 }, () => [undefined, undefined]), ['holds the GIL', undefined]]); // prettier-ignore
  },
);

test.for(names.filter((name) => name.startsWith('asyncio') && !name.includes('-3.6.')))(
  'crashcart_stacks walks the tasks of %s with their coroutines and what they await',
  (name) => {
    const tasks = stacksOf(name).filter(({ tid }) => tid === undefined);
    const lines = tasks.map(({ state, mark, frames }) => {
      const inner = frames.map((frame) => `${frame.name?.split('.').at(-1)}:${frame.line}`);
      // Lines of the standard library differ by version.
      const calls = inner.map((call) => (/^(?:acquire|__aenter__|sleep|wait):/.test(call) ? call.split(':')[0] : call));
      // Before 3.8 a task has no name.
      return `${state}, ${mark?.replace(/task 0x[0-9a-f]+/, 'première')}: ${calls.join(' ')}`;
    });
    expect(lines.toSorted()).toEqual([
      ...Array.from({ length: 2 }, () => 'event wait, undefined: wait changes:22 follow:27'),
      ...Array.from({ length: 5 }, () => 'lock wait, undefined: acquire __aenter__ locked:9'),
      ...Array.from({ length: 2 }, () => 'sleep, undefined: sleep fetch:14 parse:18'),
      'task wait, awaits gather: main:60',
      ...Array.from({ length: 2 }, () => 'task wait, awaits première: joined:32'),
    ]);
    const unnamed = Array.from({ length: 12 }, () => 'task');
    const named = [...[1, 10, 11, 12, 3, 4, 5, 6, 7, 8, 9].map((number) => `Task-${number}`), 'première'];
    expect(tasks.map((task) => task.name.replace(/ 0x[0-9a-f]+$/, '')).toSorted()).toEqual(
      name.includes('-3.7.') ? unnamed : named,
    );
  },
);

test('crashcart_stacks states that the tasks of asyncio are not read where their layout is not known', () => {
  const body = python('walk', join(FOLDER, 'asyncio-3.6.15.json.gz'));
  expect(JSON.parse(body)).toMatchObject({
    notes: ['asyncio: tasks not read: unknown layout of CPython 3.6'],
    stacks: [expect.arrayContaining(['hub of asyncio'])],
  });
});

test.for(names.filter((name) => name.startsWith('eventlet')))(
  'crashcart_stacks walks the green threads of %s with what they wait for',
  (name) => {
    const [hub, ...waiting] = stacksOf(name);
    expect(hub?.mark).toBe('hub of eventlet');
    const lines = waiting.map(({ state, mark, frames }) => {
      const inProgram = frames.filter(({ file }) => file?.endsWith('greenlets.py'));
      return `${state}, ${mark}: ${inProgram.map((frame) => `${frame.name}:${frame.line}`).join(' ')}`;
    });
    expect(lines.toSorted()).toEqual([
      'event wait, GreenThread: wait:24',
      ...Array.from({ length: 3 }, () => 'lock wait, GreenThread: locked:11'),
      ...Array.from({ length: 2 }, () => 'sleep, GreenThread: fetch:16 parse:20'),
      'sleep, greenlet.greenlet: <module>:30',
    ]);
    expect(waiting.map(({ cut }) => cut)).toEqual(waiting.map(() => undefined));
  },
);

test.for(names.filter((name) => name.startsWith('go-')))(
  'crashcart_stacks walks the goroutines of stripped %s',
  (name) => {
    const stacks = stacksOf(name);
    const groups = stackGroups(stacks.filter((stack) => own(stack) !== '')).map(
      ({ state, stacks: [first, ...others] }) => [
        1 + others.length,
        state,
        first ? own(first).replaceAll(/(?:func|gowrap)\d:/g, 'go:') : '',
      ],
    );
    const lock = /1\.1[68]/.test(name) ? 'semacquire' : 'sync.Mutex.Lock';
    // Before 1.18 a go statement with a call has no function around it.
    const started = (line: number) => (name.includes('1.16') ? '' : ` go:${line}`);
    expect(groups[0]).toEqual([5, lock, `waitLock:12${started(30)}`]);
    expect(groups).toContainEqual([1, 'chan receive', `recv:13${started(32)}`]);
    expect(groups).toContainEqual([1, 'select', `sel:15${started(33)}`]);
    expect(groups).toContainEqual([1, 'sleep', 'main:38']);
    // The mutex is inlined into its caller; the wait is known since the collection of garbage.
    const waiter = stacks.find((stack) => own(stack).startsWith('waitLock'));
    expect(waiter?.frames.map((frame) => frame.name)).toContain('sync.(*Mutex).Lock');
    expect(stacks.filter(({ tid }) => tid !== undefined).length).toBeGreaterThan(2);
    expect(stacks.find(({ cut }) => cut?.startsWith('on a CPU'))).toMatchObject({ mark: expect.stringMatching(/^goroutine \d+$/) }); // prettier-ignore
  },
);

test.for([
  'cpython-3.6.15',
  'cpython-3.11.7',
  'cpython-3.13.0',
  'asyncio-3.10.13',
  'asyncio-3.12.1',
  'go-1.16.15',
  'go-1.26.8',
])('crashcart_stacks ends within its limits on damaged memory of %s', (name) => {
  const result = JSON.parse(python('fuzz', join(FOLDER, `${name}.json.gz`), /^(?:go|eventlet)/.test(name) ? '25' : '80', '20')) as { slowest: number; reads: number }; // prettier-ignore
  expect(result.slowest).toBeLessThan(2);
  expect(result.reads).toBeLessThan(50_000);
});

/** A heap in which each byte looks like the type of a greenlet. */
const HOSTILE_HEAP = `
import sys
sys.path.insert(0, sys.argv[1])
from crashcart_stacks.budget import Budget
from crashcart_stacks.errors import Exhausted
from crashcart_stacks.greenlets import Greenlets
from crashcart_stacks.maps import Mapping
class Memory:
    budget = Budget()
    def maps(self):
        return [Mapping(1 << 32, (1 << 32) + (48 << 20), "rw-p", 0, "")]
    def read(self, at, size):
        return b"A" * size
search = Greenlets.__new__(Greenlets)
search.python = type("Python", (), {"memory": Memory()})()
try:
    search.search([0x41414141414141], None)
except Exhausted as error:
    print(error)
`;

test('the search for greenlets keeps its CPU time in a hostile heap', () => {
  const programs = join(import.meta.dirname, '../../src/host/protocols/stacks');
  const text = execFileSync('/usr/bin/python3', ['-I', '-c', HOSTILE_HEAP, programs], { encoding: 'utf8' });
  expect(text).toMatch(/^limit of \d+ s of CPU time/);
}, 30_000);

test('crashcart_stacks walks the greenlets behind one that has ended and has a frame in another word', () => {
  const program = join(import.meta.dirname, 'stale_greenlet.py');
  expect(execFileSync('/usr/bin/python3', ['-I', program], { encoding: 'utf8' })).toBe('5 []\n5 []\n');
});
