import { spawn, type ChildProcess } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { needsPython } from '../helpers/python.ts';
import { parseStacks } from '../../src/stacks/parse-stacks.ts';
import { stacksHere } from '../helpers/stacks-program.ts';

const folder = mkdtempSync(join(tmpdir(), 'crashcart-native-'));
process.env['XDG_CACHE_HOME'] = folder;
process.env['DEBUGINFOD_URLS'] = '';
const program = stacksHere();
const started: ChildProcess[] = [];

/** Starts a program, and waits until it sleeps. */
async function sleeping(...[command = '', ...argv]: readonly string[]): Promise<number> {
  const child = spawn(command, argv, { stdio: 'ignore' });
  started.push(child);
  const pid = child.pid ?? 0;
  while (!/sleep/.test(readFileSync(`/proc/${pid}/wchan`, 'utf8'))) await setTimeout(20);
  return pid;
}

const stacksOf = async (pid: number) => parseStacks(await program.request(`read ${pid} -`, 15_000));

describe('NativeConnection', () => {
  beforeEach(needsPython);
  let pid = 0;
  beforeAll(async () => {
    pid = await sleeping('sleep', '1000');
  });
  afterAll(() => {
    program.close();
    for (const child of started) child.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  it('names the native frames of a sleeping process without waking it', async () => {
    await stacksOf(pid);
    const before = readFileSync(`/proc/${pid}/schedstat`, 'utf8');
    const stacks = await stacksOf(pid);
    const native = stacks?.stacks[0]?.frames.filter(({ kind }) => kind === 'native') ?? [];
    expect(native.map(({ name }) => name)).toEqual(expect.arrayContaining([expect.stringMatching(/nanosleep/), expect.stringMatching(/libc_start_main/)])); // prettier-ignore
    expect(native.map(({ module }) => module)).toEqual(
      expect.arrayContaining(['sleep', expect.stringMatching(/^libc/)]),
    );
    expect(native.every(({ buildId }) => /^[\da-f]{40}$/.test(buildId ?? ''))).toBe(true);
    expect(stacks?.stacks[0]?.cut).toBeUndefined();
    expect(readFileSync(`/proc/${pid}/schedstat`, 'utf8')).toBe(before);
  });

  it('keeps tables of objects in the cache of the engineer, whole', () => {
    const [host = '', ...others] = readdirSync(join(folder, 'crashcart/objects'));
    const files = readdirSync(join(folder, 'crashcart/objects', host));
    expect(files.length).toBeGreaterThanOrEqual(2);
    expect(files.every((name) => /^[\da-f]{40}\.elf$/.test(name))).toBe(true);
    expect(others).toEqual([]);
  });

  it('names functions of a program whose file was deleted since', async () => {
    const copy = join(folder, 'gone');
    copyFileSync('/bin/sleep', copy);
    const gone = await sleeping(copy, '1000');
    rmSync(copy);
    const stacks = await stacksOf(gone);
    expect(stacks?.stacks[0]?.frames.some(({ module }) => module === 'gone')).toBe(true);
    expect(stacks?.stacks[0]?.cut).toBeUndefined();
    expect(stacks?.notes).toEqual([]);
  });

  it('states that the process has exited when it has', async () => {
    await expect(program.request('read 4194304 -', 5000)).rejects.toThrow('has exited');
  });
});
