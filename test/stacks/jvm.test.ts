import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { javaThreads } from '../../src/debugger/java.ts';
import { tools } from '../../src/debugger/tools.ts';
import type { Target } from '../../src/debugger/target.ts';
import { needsPython } from '../helpers/python.ts';

beforeEach(needsPython);
const children: { kill: (signal: 'SIGKILL') => boolean }[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

test('javaThreads sends no signal to a process other than a JVM, nor to another of the same PID', () => {
  const child = spawn('/bin/sleep', ['100'], { stdio: 'ignore' });
  children.push(child);
  const pid = child.pid ?? 0;
  const start = Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19]);
  const dump = (startTicks: number) => {
    // Only these two fields of a target are used.
    const [program = '', ...argv] = javaThreads({ pid, startTicks } as Target);
    return spawnSync(program, argv, { encoding: 'utf8' });
  };
  expect(dump(start)).toMatchObject({ status: 1, stdout: 'not attached: no JVM: libjvm.so is not mapped\n' });
  expect(dump(1)).toMatchObject({
    status: 1,
    stdout: `not attached: process has exited, PID ${pid} is another one now\n`,
  });
  // SIGQUIT would have ended it.
  expect(readFileSync(`/proc/${pid}/stat`, 'utf8')).toContain('(sleep) S');
});

test('the tool for Java is for a JVM alone', () => {
  const tool = tools.find(({ id }) => id === 'java-threads');
  expect([true, false].map((jvm) => tool?.only?.({ jvm } as Target))).toEqual([true, false]);
});
