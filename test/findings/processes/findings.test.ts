import { describe, expect, test } from 'vitest';
import type { AnyFinding } from '../../../src/findings/finding.ts';
import { judge } from '../../../src/findings/judge.ts';
import { processStopped } from '../../../src/findings/processes/stopped.ts';
import { processesBlocked } from '../../../src/findings/processes/processes-blocked.ts';
import { processes } from '../../../src/sources/processes/processes.ts';
import { Timeline } from '../../../src/timeline/timeline.ts';
import { foundOn } from '../../helpers/found-on.ts';

interface One {
  readonly pid: number;
  readonly command: string;
  readonly state: string;
  readonly start?: number;
  readonly cmdline?: string;
}

const texts = ({ pid, command, state, start = 50, cmdline = command }: One) => {
  const fields = Array.from({ length: 50 }, (_, index) => (index === 0 ? state : index === 19 ? start : 0));
  return {
    pid,
    stat: `${pid} (${command}) ${fields.join(' ')}\n`,
    cmdline,
    wchan: state === 'D' ? 'nfs_wait_bit_killable' : undefined,
  };
};

/** What a rule says when each second looked like this. */
const said = (rule: AnyFinding, seconds: readonly (readonly One[])[]) => {
  const timeline = new Timeline();
  for (const [second, all] of seconds.entries()) {
    const sample = processes.parse({ table: new Map(all.map((one) => [one.pid, texts(one)])) });
    timeline.append('processes', { sample, at: 100 + second, wallMs: second * 1000, missing: {}, tookMs: 1 });
  }
  return judge([rule], (needs) => timeline.latestMoment(needs, seconds.length * 1000));
};
const times = (count: number, ...all: readonly One[]) => Array.from({ length: count }, () => all);

test.each([processesBlocked, processStopped])('$id is silent on hosts in order', async (rule) => {
  for (const host of ['cloud-vm', 'numa-guest', 'bare-kernel', 'denied']) expect(await foundOn(rule, host)).toEqual([]);
});

describe('processes-blocked', () => {
  const cp = { pid: 7, command: 'cp', state: 'D' };

  test('names who hangs, how long, and where', () => {
    const [found] = said(
      processesBlocked,
      times(8, cp, { pid: 8, command: 'ls', state: 'D' }, { pid: 9, command: 'sh', state: 'S' }),
    );
    expect(found?.sentence).toBe('2 processes hang in the kernel, the longest for 7s: cp (7), ls (8)');
    expect(found?.evidence[0]?.value).toContain('nfs_wait_bit_killable');
  });

  test('is silent about one that was in between elsewhere, and about another with the same pid', () => {
    expect(said(processesBlocked, [...times(4, cp), [{ ...cp, state: 'S' }], ...times(4, cp)])).toEqual([]);
    expect(said(processesBlocked, [...times(4, cp), ...times(4, { ...cp, start: 99 })])).toEqual([]);
  });

  test('is critical when the kernel would call it hung', () => {
    expect(said(processesBlocked, times(122, cp))[0]?.severity).toBe('crit');
  });
});

describe('process-stopped', () => {
  test.each([
    [{ pid: 7, command: 'ceph-osd', state: 'T' }, /ceph-osd \(7\) stands still: stopped by a signal/],
    [{ pid: 7, command: 'mariadbd', state: 't' }, /held by a debugger/],
    [
      { pid: 7, command: 'CPU 0/KVM', state: 'T', cmdline: '/usr/bin/qemu-system-x86_64\0-name\0guest=web-3' },
      /guest web-3 stands still/,
    ],
  ])('%j', (one, words) => {
    expect(said(processStopped, times(5, one))[0]?.sentence).toMatch(words);
  });

  test('is silent about a short look of a debugger, and about what a user stopped in a shell', () => {
    expect(
      said(processStopped, [
        ...times(5, { pid: 7, command: 'ceph-osd', state: 'S' }),
        ...times(2, { pid: 7, command: 'ceph-osd', state: 't' }),
      ]),
    ).toEqual([]);
    expect(said(processStopped, times(9, { pid: 7, command: 'vim', state: 'T' }))).toEqual([]);
  });
});
