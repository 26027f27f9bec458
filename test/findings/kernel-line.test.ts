import { expect, test } from 'vitest';
import { entityRef, hostResource } from '../../src/findings/entity-ref.ts';
import { defineFinding, type Found } from '../../src/findings/finding.ts';
import { judge } from '../../src/findings/judge.ts';
import { diskLine, quotingKernelLog } from '../../src/findings/kernel-line.ts';
import { RecordLog, recordsOfDmesg } from '../../src/host/protocols/kernel/record-log.ts';
import { kernelLog } from '../../src/sources/kernel/kernel-log.ts';
import { Timeline } from '../../src/timeline/timeline.ts';

const KILL = '[1000.500000] Memory cgroup out of memory: Killed process 71 (wor\u001B[2Jker)';
const figure = { what: 'kills', value: '1', source: '/proc/vmstat oom_kill' };

const oom: Found = {
  severity: 'crit',
  entity: hostResource('memory'),
  subject: 'oom',
  sentence: '1 OOM kill',
  evidence: [figure],
  next: 'look',
};

/** Evidence of a finding when the kernel log has these lines, at a time of the host's clock. */
function evidenceOf(found: Found, log: string | undefined, at: number, fits = (): RegExp => /Killed process/) {
  const timeline = new Timeline();
  timeline.append(kernelLog.id, {
    sample: kernelLog.parse({
      records: log === undefined ? undefined : new RecordLog().add(recordsOfDmesg(log)).text(),
    }),
    at,
    wallMs: 5000,
    missing: {},
    tookMs: 1,
  });
  const rule = quotingKernelLog(
    defineFinding({ id: 'r', title: 'R', needs: {}, authority: 'test', judge: () => [found] }),
    fits,
  );
  return judge([rule], (needs) => timeline.latestMoment(needs, 7000))[0]?.evidence;
}

test('a finding quotes the newest line that fits first, sanitised, with its age', () => {
  const log = `[900.000000] Out of memory: Killed process 5 (old)\n${KILL}\n[1001.000000] usb 1-1: device descriptor read/64, error -71`;
  expect(evidenceOf(oom, log, 1010.5)).toEqual([
    {
      what: 'kernel log, 12 s ago',
      value: 'Memory cgroup out of memory: Killed process 71 (wor␛[2Jker)',
      source: '/dev/kmsg',
    },
    figure,
  ]);
});

test('a finding has its own evidence alone when no line fits or the log is not readable', () => {
  expect(evidenceOf(oom, '[1.000000] usb error', 2)).toEqual([figure]);
  expect(evidenceOf(oom, undefined, 2)).toEqual([figure]);
});

test('a line of long ago is quoted for a past event, not for a present fault', () => {
  const at = 1000.5 + 3601;
  expect(evidenceOf(oom, KILL, at)).toEqual([figure]);
  expect(evidenceOf({ ...oom, past: { ageSeconds: 3600 } }, KILL, at)).toHaveLength(2);
});

test('the line of a disk names it or its NVMe controller, not another one', () => {
  const line = diskLine({ ...oom, entity: entityRef('disk', 'nvme1n1') });
  expect(line.test('nvme nvme1: I/O 12 QID 3 timeout, aborting')).toBe(true);
  expect(line.test('blk_update_request: I/O error, dev nvme1n1, sector 8')).toBe(true);
  expect(line.test('nvme nvme11: I/O 12 QID 3 timeout')).toBe(false);
  expect(line.test('I/O error, dev nvme1n1p2')).toBe(false);
});
