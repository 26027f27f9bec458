import { execFileSync, spawn } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Target } from '../../src/debugger/target.ts';
import { tools } from '../../src/debugger/tools.ts';
import { attachOver } from '../../src/host/attachment.ts';
import type { Attachment, AttachmentEnd } from '../../src/host/host.ts';
import { localAttach } from '../helpers/attach-pipe.ts';
import { compileVictim, runsFreely, sleep, startTicksOf, startVictim } from '../helpers/victim.ts';

const has = (program: string): boolean => {
  try {
    execFileSync('sh', ['-c', 'command -v "$0"', program]);
    return true;
  } catch {
    return false;
  }
};

/** Output and end of a tool, started with the app's command line; `type` may write to its terminal. */
async function apply(
  id: string,
  target: Target,
  type: (attachment: Attachment, until: (pattern: RegExp) => Promise<void>) => Promise<void> = () => Promise.resolve(),
): Promise<{ readonly text: string; readonly end: AttachmentEnd }> {
  const tool = tools.find((each) => each.id === id);
  if (!tool?.argv) throw new Error(`no tool ${id}`);
  const attach = localAttach('/usr/bin/python3');
  const argv = tool.argv(target);
  const size = { columns: 120, rows: 40 };
  const attachment = await attachOver(attach.pipe, {
    argv,
    as: 'root',
    ...size,
    target,
    keepAll: tool.keepAll,
    reason: '',
  });
  let text = '';
  attachment.onData((bytes) => (text += Buffer.from(bytes).toString()));
  await type(attachment, async (pattern) => {
    for (let tries = 0; !pattern.test(text); tries++) {
      if (tries > 400) throw new Error(`no ${String(pattern)} in the output: ${text.slice(-500)}`);
      await sleep(50);
    }
  });
  const end = await attachment.ended;
  console.log(`${id}: longest stop ${end.longestStopMs?.toFixed(0)} ms, ${end.totalStopMs?.toFixed(0)} ms in total`);
  return { text, end };
}

describe.runIf(process.getuid?.() === 0 && ['gdb', 'strace', 'gcc'].every(has))(
  'tools on a process with four threads',
  () => {
    let program = '';
    beforeAll(() => {
      program = compileVictim(new URL('tracer-target.c', import.meta.url).pathname);
    });

    const onVictim = async (id: string, type?: Parameters<typeof apply>[2]) => {
      const { target, kill } = startVictim(program);
      await sleep(150);
      try {
        return { ...(await apply(id, target, type)), runs: await runsFreely(target.pid) };
      } finally {
        kill();
      }
    };

    test('gdb-stacks prints all four threads, measures the stop, and the process runs afterwards', async () => {
      const { text, end, runs } = await onVictim('gdb-stacks');
      expect(text.match(/^Thread \d+ /gm)).toHaveLength(4);
      expect(text).toMatch(/in work \(thread=/);
      expect(end).toMatchObject({ exitCode: 0, guard: [], droppedLines: 0 });
      expect(end.longestStopMs).toBeGreaterThan(20);
      expect(runs).toBe(true);
    });

    test.runIf(has('eu-stack'))('eu-stack prints all four threads', async () => {
      const { text, runs } = await onVictim('eu-stack');
      expect(text.match(/^TID \d+:/gm)).toHaveLength(4);
      expect(runs).toBe(true);
    });

    test('strace-summary names the call that takes the time', async () => {
      const { text, end, runs } = await onVictim('strace-summary');
      expect(text).toMatch(/clock_nanosleep/);
      expect(end.exitCode).toBe(124);
      expect(runs).toBe(true);
    });

    test('gdb refuses breakpoints, calls and writes when it may only read', async () => {
      const { text, end, runs } = await onVictim('gdb', async (attachment, until) => {
        await until(/\(gdb\) /);
        attachment.write('print getppid()\n');
        await until(/Cannot call functions/);
        attachment.write('set var progress[0]=1\n');
        await until(/Writing to memory is not allowed/);
        attachment.write('print $rip=0\n');
        await until(/Writing to registers is not allowed/);
        attachment.write('break tick\n');
        await until(/Breakpoint 1 at/);
        attachment.write('continue\n');
        await until(/Cannot insert breakpoint 1|May not insert breakpoints\.?\s+Command aborted/);
        attachment.write('quit\n');
        await sleep(300);
        attachment.write('y\n');
      });
      expect(text).toContain('detached');
      expect(end.exitCode).toBe(0);
      expect(runs).toBe(true);
    });

    test('gdb continues and interrupts a program that compiles at run time (node)', async () => {
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 5)'], { stdio: 'ignore', detached: true });
      const pid = child.pid ?? 0;
      try {
        await sleep(300);
        const { target, kill } = startVictim('/bin/true');
        kill();
        const { text, end } = await apply(
          'gdb',
          { ...target, pid, startTicks: startTicksOf(pid) },
          async (attachment, until) => {
            await until(/\(gdb\) /);
            attachment.write('continue\n');
            await until(/Continuing/);
            await sleep(700);
            attachment.write('\u0003');
            await until(/SIGINT/);
            attachment.write('detach\n');
            await until(/detached/);
            attachment.write('quit\n');
          },
        );
        expect(text).toContain('JIT program');
        expect(end).toMatchObject({ exitCode: 0, guard: [] });
        expect(end.targetState).not.toBe('gone');
      } finally {
        child.kill('SIGKILL');
      }
    });
  },
);
