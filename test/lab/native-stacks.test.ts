import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseStacks } from '../../src/stacks/parse-stacks.ts';
import type { StackFrame } from '../../src/stacks/stack.ts';
import { fields, items, json } from '../../src/lib/json.ts';
import { stacksHere } from '../helpers/stacks-program.ts';
import { labDir } from './lib/lab.ts';

/** Native stacks of real daemons, read without a stop, beside those of gdb. With `CRASHCART_LAB_ALL=1` only: it starts 11 daemons. */
const ALL = Boolean(process.env['CRASHCART_LAB_ALL']);
const SLOW = { timeout: 300_000 };
const HERE = resolve(import.meta.dirname, 'native');
const DIR = join(labDir, 'native');
const run = promisify(execFile);
const INLINE = 2;
const TAIL_CALL = 3;

/** Frames of a thread: addresses in the object's file are not gdb's, so that names stand for them. */
interface Compared {
  readonly daemon: string;
  readonly threads: number;
  readonly frames: number;
  readonly named: number;
  /** Frames that gdb names and that have a name here, at the same depth of as deep a stack. */
  readonly namedHere: number;
  readonly differ: readonly string[];
}

// What is read of objects is not for the cache of the engineer.
process.env['XDG_CACHE_HOME'] = join(DIR, 'cache');
const program = stacksHere();
const daemons: { readonly name: string; readonly pid: number }[] = [];

async function stacksOf(pid: number) {
  const stacks = parseStacks(await program.request(`read ${pid} -`, 20_000));
  if (stacks === undefined) throw new Error(`no stacks of ${pid}`);
  return stacks;
}

/** Frames of functions that are not inlined, by thread; undefined for a thread that ran meanwhile. */
async function nativeFrames(pid: number): Promise<ReadonlyMap<number, readonly StackFrame[]>> {
  const { stacks } = await stacksOf(pid);
  return new Map(stacks.flatMap(({ tid, frames }) => (tid === undefined ? [] : [[tid, frames.filter(({ kind, inlined }) => kind === 'native' && !inlined)] as const]))); // prettier-ignore
}

async function gdbFrames(pid: number): Promise<ReadonlyMap<number, readonly (string | undefined)[]>> {
  const argv = ['-nx', '-batch', '-iex', 'set debuginfod enabled off', '-iex', 'set auto-load off', '-iex', 'set backtrace past-main on', '-p', String(pid), '-x', join(HERE, 'gdb-frames.py')]; // prettier-ignore
  const { stdout } = await run('gdb', argv, { timeout: 120_000, maxBuffer: 64 << 20 });
  const reply = fields(json(/^FRAMES (.*)$/m.exec(stdout)?.[1]));
  return new Map(Object.entries(reply).map(([tid, frames]) => [Number(tid), items(frames).flatMap((frame) => {
    const [, name, kind] = items(frame);
    return kind === INLINE || kind === TAIL_CALL ? [] : [typeof name === 'string' ? name : undefined];
  })])); // prettier-ignore
}

const key = (frames: readonly StackFrame[] | undefined): string =>
  (frames ?? []).map(({ module, address }) => `${module}+${address}`).join(' ');

async function compared(daemon: string, pid: number): Promise<Compared> {
  const before = await nativeFrames(pid);
  const gdb = await gdbFrames(pid);
  const after = await nativeFrames(pid);
  const idle = [...gdb].filter(([tid]) => before.has(tid) && key(before.get(tid)) !== '' && key(before.get(tid)) === key(after.get(tid))); // prettier-ignore
  let [frames, named, namedHere] = [0, 0, 0];
  const differ: string[] = [];
  for (const [tid, theirs] of idle) {
    const ours = before.get(tid) ?? [];
    frames += theirs.length;
    named += theirs.filter((name) => name !== undefined).length;
    if (ours.length === theirs.length)
      namedHere += theirs.filter((name, index) => name !== undefined && ours[index]?.name !== undefined).length; // prettier-ignore
    else
      differ.push(
        `${daemon} ${tid}: ${theirs.join(' < ')} | ${ours.map(({ name, module }) => name ?? module).join(' < ')}`,
      );
  }
  return { daemon, threads: idle.length, frames, named, namedHere, differ };
}

const schedstats = (pid: number): string =>
  readdirSync(`/proc/${pid}/task`).map((tid) => `${tid} ${readFileSync(`/proc/${pid}/task/${tid}/schedstat`, 'utf8')}`).join(''); // prettier-ignore

describe.skipIf(!ALL)('native stacks of daemons', () => {
  beforeAll(async () => {
    mkdirSync(labDir, { recursive: true });
    const { stdout } = await run(join(HERE, 'daemons.sh'), ['up', DIR], { timeout: 280_000 });
    daemons.push(...stdout.trim().split('\n').map((line) => ({ name: line.split(' ')[0] ?? '', pid: Number(line.split(' ')[1]) }))); // prettier-ignore
  });
  afterAll(async () => {
    program.close();
    await run(join(HERE, 'daemons.sh'), ['down', DIR]);
    rmSync(DIR, { recursive: true, force: true });
  });

  it('names at least 95 % of the frames that gdb names', SLOW, async () => {
    const all: Compared[] = [];
    for (const { name, pid } of daemons) all.push(await compared(name, pid));
    console.log(all.map(({ daemon, threads, frames, named, namedHere }) => `${daemon.padEnd(12)} ${threads} threads, ${frames} frames, gdb names ${named}, of these ${namedHere} here`).join('\n')); // prettier-ignore
    const sum = (of: (one: Compared) => number) => all.reduce((total, one) => total + of(one), 0);
    expect(all.length).toBeGreaterThanOrEqual(10);
    expect(sum(({ named }) => named)).toBeGreaterThan(100);
    console.log(all.flatMap(({ differ }) => differ).join('\n'));
    expect(sum(({ namedHere }) => namedHere) / sum(({ named }) => named)).toBeGreaterThanOrEqual(0.95);
  });

  it('leaves every thread of an idle daemon asleep, which gdb wakes', SLOW, async () => {
    const pid = daemons.find(({ name }) => name === 'sshd')?.pid ?? 0;
    await stacksOf(pid);
    const before = schedstats(pid);
    const { stacks } = await stacksOf(pid);
    expect(stacks[0]?.frames.some(({ kind }) => kind === 'native')).toBe(true);
    expect(schedstats(pid)).toBe(before);
    await gdbFrames(pid);
    expect(schedstats(pid)).not.toBe(before);
  });
});
