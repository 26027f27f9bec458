import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeNative } from '../../src/stacks/merge-native.ts';
import { nativeSnapshot, type CodeObject, type NativeSnapshot } from '../../src/stacks/native-snapshot.ts';
import { walkThreads } from '../../src/stacks/native-walk.ts';
import { parseStacks } from '../../src/stacks/parse-stacks.ts';
import type { UnwindTable } from '../../src/symbols/unwind-table.ts';
import { nativeProgram, tablesOf } from '../helpers/native-program.ts';

const program = nativeProgram();
const found = tablesOf(program.tables);
if (typeof found === 'string') throw new Error(found);
const { unwind, symbols } = found;
const given = nativeSnapshot(program.native);
if (given === undefined) throw new Error('no snapshot');
const snapshot: NativeSnapshot = given;
const tableOf = ({ path }: CodeObject): UnwindTable | undefined => (path.endsWith('program') ? unwind : undefined);

function walked(of: NativeSnapshot, number: number, table = tableOf) {
  const thread = of.threads[number];
  if (thread === undefined) throw new Error(`no thread ${number}`);
  const { frames = [], cut } = walkThreads(of, table).get(thread.tid) ?? {};
  return { cut, names: frames.map(({ address, isGuessed }) => `${isGuessed ? '?' : ''}${symbols.at(address)?.name}`) };
}

/** The snapshot without the words of its first thread that a filter rejects. */
function withWords(keeps: (at: number, word: number) => boolean): NativeSnapshot {
  const [first, ...others] = snapshot.threads;
  if (first === undefined) throw new Error('no thread');
  return { ...snapshot, threads: [{ ...first, words: new Map([...first.words].filter(([at, word]) => keeps(at, word))) }, ...others] }; // prettier-ignore
}

const OUTER = ['main', '__libc_start_call_main', '__libc_start_main', '_start'];

describe('walkThread', () => {
  it('unwinds as gdb does when a signal interrupts a frame of variable size', () => {
    expect(walked(snapshot, 0)).toEqual({
      cut: undefined,
      names: [
        'pause',
        '__restore_rt',
        '__pthread_kill_implementation.constprop.0',
        'raise',
        'variable_frame',
        ...OUTER,
      ],
    });
  });

  it('unwinds threads up to their start', () => {
    expect(walked(snapshot, 1).names).toEqual([
      'clock_nanosleep',
      'nanosleep',
      'sleep',
      'holds',
      'start_thread',
      'clone3',
    ]);
    expect(walked(snapshot, 2).names).toEqual([
      '__lll_lock_wait',
      'pthread_mutex_lock',
      'waits',
      'start_thread',
      'clone3',
    ]);
  });

  it('finds the caller by its call of the function when the frame pointer is not known', () => {
    const bias = snapshot.code.find(({ object }) => object.path.endsWith('program'))?.bias ?? 0;
    const [at] = [...(snapshot.threads[0]?.words ?? [])].find(([, word]) => snapshot.calls.has(word) && symbols.at(word - bias)?.name === 'main') ?? [0]; // prettier-ignore
    // variable_frame returns to main: its frame pointer is the address below, which a function that it called has saved.
    const without = withWords((_, word) => word !== at - 8);
    expect(without.threads[0]?.words.size).toBeLessThan(snapshot.threads[0]?.words.size ?? 0);
    expect(walked(without, 0)).toEqual(walked(snapshot, 0));
  });

  it('guesses return addresses when an object has no unwind table', () => {
    const { names } = walked(snapshot, 2, () => undefined);
    expect(names[0]).toBe('__lll_lock_wait');
    expect(names.slice(1)).toEqual(expect.arrayContaining(['?pthread_mutex_lock', '?waits', '?start_thread']));
  });

  it('states why a stack ends early', () => {
    const none = withWords(() => false);
    expect(walked(none, 0)).toEqual({ cut: 'no return address on the stack', names: ['pause'] });
    const running = { ...snapshot, threads: [{ ...snapshot.threads[0]!, registers: undefined, cut: 'running' }] };
    expect(walked(running, 0)).toEqual({ cut: 'running', names: [] });
  });

  it('ends for any words and tables', () => {
    const word = fc.oneof(fc.constantFrom(...snapshot.calls.keys()), fc.constantFrom(...(snapshot.threads[0]?.words.values() ?? [])), fc.maxSafeNat()); // prettier-ignore
    const changes = fc.array(fc.tuple(fc.nat(program.tables.length - 1), fc.nat(255)), { maxLength: 60 });
    fc.assert(
      fc.property(fc.array(word, { minLength: 400, maxLength: 400 }), changes, (words, edits) => {
        const damaged = Uint8Array.from(program.tables);
        for (const [at, byte] of edits) damaged[at] = byte;
        const tables = tablesOf(damaged);
        const first = snapshot.threads[0]!;
        const stack = new Map(words.map((value, index) => [(first.registers?.sp ?? 0) + index * 8, value]));
        const walks = walkThreads({ ...snapshot, threads: [{ ...first, words: stack }] }, () =>
          typeof tables === 'string' ? undefined : tables.unwind,
        );
        expect(walks.get(first.tid)?.frames.length).toBeLessThanOrEqual(256);
      }),
      { seed: 20, numRuns: 40 },
    );
  });
});

describe('mergeNative', () => {
  const walks = walkThreads(snapshot, tableOf);
  const merged = (read: string) =>
    parseStacks(
      mergeNative(read, {
        snapshot: { ...snapshot, costUs: 700 },
        walks,
        notes: [],
        namesOf: ({ address, isGuessed }) => [{ kind: 'native', name: symbols.at(address)?.name, module: 'program', address: BigInt(address), buildId: '00ff', ...(isGuessed ? { guessed: true } : {}) }], // prettier-ignore
      }),
    );

  it('puts native frames after those of the kernel', () => {
    const [, holds] = merged(program.read)?.stacks ?? [];
    expect(holds?.frames.map(({ kind, name }) => `${kind} ${name}`).slice(3, 7)).toEqual(['kernel do_syscall_64', 'kernel entry_SYSCALL_64_after_hwframe', 'native clock_nanosleep', 'native nanosleep']); // prettier-ignore
    expect(holds?.frames.at(-1)).toMatchObject({ name: 'clone3', module: 'program', buildId: '00ff' });
  });

  it('names the thread that holds a lock and where it sleeps', () => {
    const stacks = merged(program.read);
    const [, holder, waiter] = snapshot.threads.map(({ tid }) => tid);
    expect(stacks?.notes).toEqual([`thread ${waiter} waits for a lock held by thread ${holder} (program, S in clock_nanosleep)`]); // prettier-ignore
    expect(stacks?.stacks.map(({ mark }) => mark)).toEqual([undefined, `holds a lock that ${waiter} waits for`, `waits for a lock of ${holder}`]); // prettier-ignore
  });

  it('adds the CPU time of both readings', () => {
    expect(merged(program.read)?.costUs).toBe((parseStacks(program.read)?.costUs ?? 0) + 700);
  });

  it('leaves the frames of a runtime other than CPython alone', () => {
    const go = JSON.stringify({ ...JSON.parse(program.read), runtime: 'go1.22' });
    expect({ ...merged(go), costUs: 0 }).toEqual({ ...parseStacks(go), costUs: 0 });
  });

  it('shows native frames up to the interpreter in front of those of Python', () => {
    const read = JSON.stringify({
      pid: 1,
      runtime: 'CPython 3.11',
      frames: [['kernel', 'futex_wait', null, null], ['python', 'acquire', 'lock.py', 7]],
      traces: [[0, 1]],
      stacks: [[1, 'main', 'S', null, null, 0, null, null]],
    }); // prettier-ignore
    const names = ['sem_wait', '_PyEval_EvalFrameDefault', 'main'];
    const frames = names.map((_, index) => ({ pc: index, address: index, isGuessed: false, mapping: undefined, fde: undefined })); // prettier-ignore
    const stacks = parseStacks(
      mergeNative(read, {
        snapshot: { ...snapshot, threads: [] },
        walks: new Map([[1, { frames, cut: undefined }]]),
        notes: [],
        namesOf: ({ pc }) => [{ kind: 'native', name: names[pc] }],
      }),
    );
    expect(stacks?.stacks[0]?.frames.map(({ name }) => name)).toEqual(['futex_wait', 'sem_wait', 'acquire']);
  });

  it('is bounded for names of any length and any number of frames', () => {
    const read = JSON.stringify({ pid: 1, runtime: null, traces: [[]], stacks: Array.from({ length: 300 }, (_, tid) => [tid, 'x', 'S', null, null, 0, null, null]) }); // prettier-ignore
    const walkOf = (tid: number) => ({ frames: Array.from({ length: 200 }, (_, index) => ({ pc: tid * 200 + index, address: 0, isGuessed: true, mapping: undefined, fde: undefined })), cut: undefined }); // prettier-ignore
    const text = mergeNative(read, {
      snapshot: { ...snapshot, threads: [] },
      walks: new Map(Array.from({ length: 300 }, (_, tid) => [tid, walkOf(tid)])),
      notes: [],
      namesOf: ({ pc }) => [{ kind: 'native', name: `${pc} ${'x'.repeat(4000)}` }],
    });
    expect(text.length).toBeLessThan(50_000 * 600);
    expect(parseStacks(text)?.notes).toEqual(['native stacks: limit of 50000 different frames']);
    expect(parseStacks(text)?.stacks[0]?.frames).toHaveLength(200);
  });
});

describe('nativeSnapshot', () => {
  it('reads any JSON', () => {
    const damaged = fc.jsonValue().map((value) => JSON.stringify({ machine: 62, threads: [value, { tid: 1, words: value, held: value }], objects: [value, { maps: value }], calls: value })); // prettier-ignore
    fc.assert(
      fc.property(damaged, (text) => {
        expect(nativeSnapshot(text)?.machine).toBe('x86-64');
      }),
      { seed: 20, numRuns: 200 },
    );
    expect(nativeSnapshot('{"machine":3}')).toBeUndefined();
  });

  it('takes no fraction and no number beyond 53 bits for an address', () => {
    const threads = [{ tid: 1, sp: 8, pc: 0.5 }, { tid: 2, sp: 8, pc: 1e300 }, { tid: 3, sp: 8, pc: 16 }, { tid: 1.5 }];
    const read = nativeSnapshot(JSON.stringify({ machine: 62, threads }));
    expect(read?.threads.map(({ registers }) => registers)).toEqual([undefined, undefined, { sp: 8, pc: 16 }]);
  });
});
