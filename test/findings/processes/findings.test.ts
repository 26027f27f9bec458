import { describe, expect, test } from 'vitest';
import type { AnyFinding } from '../../../src/findings/finding.ts';
import { judge } from '../../../src/findings/judge.ts';
import { processStopped } from '../../../src/findings/processes/stopped.ts';
import { processesBlocked } from '../../../src/findings/processes/processes-blocked.ts';
import { processes } from '../../../src/sources/processes/processes.ts';
import { Timeline } from '../../../src/timeline/timeline.ts';
import { processTexts } from '../../helpers/answers.ts';
import { foundOn } from '../../helpers/found-on.ts';

type One = Parameters<typeof processTexts>[0];

/** Findings of a rule after these seconds. */
const judged = (rule: AnyFinding, seconds: readonly (readonly One[])[]) => {
  const timeline = new Timeline();
  for (const [second, all] of seconds.entries()) {
    const sample = processes.parse({ table: new Map(all.map((one) => [one.pid, processTexts(one)])) });
    timeline.append('processes', { sample, at: 100 + second, wallMs: second * 1000, missing: {}, tookMs: 1 });
  }
  return judge([rule], (needs) => timeline.latestMoment(needs, seconds.length * 1000));
};
const times = (count: number, ...all: readonly One[]) => Array.from({ length: count }, () => all);

test.each([processesBlocked, processStopped])('$id finds nothing on healthy hosts', async (rule) => {
  for (const host of ['cloud-vm', 'numa-guest', 'bare-kernel', 'denied']) expect(await foundOn(rule, host)).toEqual([]);
});

describe('processes-blocked', () => {
  const cp = { pid: 7, command: 'cp', state: 'D' };

  test('processes-blocked names the processes, how long, and the wchan', () => {
    const [found] = judged(
      processesBlocked,
      times(8, cp, { pid: 8, command: 'ls', state: 'D' }, { pid: 9, command: 'sh', state: 'S' }),
    );
    expect(found?.sentence).toBe('2 processes blocked, longest 7 s: cp[7], ls[8]');
    expect(found?.evidence[0]?.value).toContain('nfs_wait_bit_killable');
  });

  test('processes-blocked finds nothing when the process ran in between or the pid was reused', () => {
    expect(judged(processesBlocked, [...times(4, cp), [{ ...cp, state: 'S' }], ...times(4, cp)])).toEqual([]);
    expect(judged(processesBlocked, [...times(4, cp), ...times(4, { ...cp, start: 99 })])).toEqual([]);
  });

  test('processes-blocked is critical at the hung task timeout', () => {
    expect(judged(processesBlocked, times(122, cp))[0]?.severity).toBe('crit');
  });
});

describe('process-stopped', () => {
  test.each([
    [{ pid: 7, command: 'ceph-osd', state: 'T' }, 'ceph-osd[7]', 'stopped (SIGSTOP) for ≥ 4 s'],
    [
      {
        pid: 7,
        command: 'python3',
        state: 'T',
        cmdline: '/usr/bin/python3\0/usr/bin/nova-conductor\0--config-file=/etc/nova/nova.conf',
      },
      'nova-conductor[7]',
      'stopped (SIGSTOP) for ≥ 4 s',
    ],
    [{ pid: 7, command: 'mariadbd', state: 't' }, 'mariadbd[7]', 'stopped by a tracer (ptrace) for ≥ 4 s'],
    [
      { pid: 7, command: 'CPU 0/KVM', state: 'T', cmdline: '/usr/bin/qemu-system-x86_64\0-name\0guest=web-3' },
      'CPU 0/KVM[7]',
      'stopped (SIGSTOP) for ≥ 4 s, guest web-3',
    ],
    [
      { pid: 7, command: 'java', state: 'T', cgroup: '0::/system.slice/zookeeper.service\n' },
      'java[7]',
      'stopped (SIGSTOP) for ≥ 4 s, service zookeeper',
    ],
  ])('process-stopped is critical for %j', (one, subject, sentence) => {
    expect(judged(processStopped, times(5, one))).toMatchObject([{ severity: 'crit', subject, sentence }]);
  });

  test('process-stopped finds nothing for a short trace, and for a job stopped in a shell', () => {
    expect(
      judged(processStopped, [
        ...times(5, { pid: 7, command: 'ceph-osd', state: 'S' }),
        ...times(2, { pid: 7, command: 'ceph-osd', state: 't' }),
      ]),
    ).toEqual([]);
    expect(judged(processStopped, times(9, { pid: 7, command: 'vim', state: 'T' }))).toEqual([]);
    const session = '0::/user.slice/user-1000.slice/user@1000.service/app.slice/app-idea.scope\n';
    expect(judged(processStopped, times(9, { pid: 7, command: 'java', state: 'T', cgroup: session }))).toEqual([]);
  });
});
