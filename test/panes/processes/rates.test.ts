import { describe, expect, test } from 'vitest';
import { missing, type Missing, type ProcessTexts } from '../../../src/host/host.ts';
import { processesModel, processesPane } from '../../../src/panes/processes/pane.ts';
import { delayAccounting } from '../../../src/sources/processes/delays.ts';
import { processes } from '../../../src/sources/processes/processes.ts';
import { Timeline } from '../../../src/timeline/timeline.ts';
import { START_MS } from '../../helpers/moments.ts';

interface Stat {
  readonly pid: number;
  readonly parent?: number;
  readonly startTicks?: number;
  readonly cpuTicks?: number;
  readonly childrenTicks?: number;
  readonly blockIoTicks?: number;
}

/** Fields of proc_pid_stat(5), of a process that sleeps. */
function textsOf({ pid, parent = 1, startTicks = pid, cpuTicks = 0, childrenTicks = 0, blockIoTicks = 0 }: Stat) {
  const fields = Array.from({ length: 52 }, () => '0');
  const set = (number: number, value: number | string) => (fields[number - 1] = String(value));
  set(1, pid);
  set(2, '(x)');
  set(3, 'S');
  set(4, parent);
  set(14, cpuTicks);
  set(16, childrenTicks);
  set(20, 1);
  set(22, startTicks);
  set(42, blockIoTicks);
  return { pid, stat: fields.join(' '), seconds: undefined } satisfies ProcessTexts;
}

type Accounting = { readonly text: string } | { readonly why: Missing };

/** Row of process 10 after samples one second apart. */
function rowAfter(samples: readonly (readonly Stat[])[], accounting: Accounting = { text: '1\n' }) {
  const timeline = new Timeline();
  const at = (seconds: number) => ({ at: seconds, wallMs: START_MS + seconds * 1000, tookMs: 0 });
  const [text, gone] = 'text' in accounting ? [accounting.text, {}] : [undefined, { switch: accounting.why }];
  timeline.append(delayAccounting.id, { ...at(0), sample: delayAccounting.parse({ switch: text }), missing: gone });
  for (const [second, stats] of samples.entries()) {
    const table = new Map(stats.map((stat) => [stat.pid, textsOf(stat)]));
    timeline.append(processes.id, { ...at(second), sample: processes.parse({ table }), missing: {} });
  }
  const model = processesModel(timeline.moment(processesPane.needs, START_MS + samples.length * 1000));
  return model.rows.find(({ process }) => process.pid === 10);
}

describe('BLKIO%', () => {
  const after = (before: number, now: number, accounting?: Accounting) =>
    rowAfter([[{ pid: 10, blockIoTicks: before }], [{ pid: 10, blockIoTicks: now, cpuTicks: 1 }]], accounting)
      ?.blockIoPct;

  test('is a share, 0 too, of a process that the kernel counted', () => {
    expect(after(50, 75)).toBe(25);
    expect(after(50, 50)).toBe(0);
  });

  test('is missing where nothing was counted, as of a process that started before kernel.task_delayacct=1', () => {
    expect(after(0, 0)).toBeUndefined();
  });

  test('is missing where the kernel stopped counting, and where that is not known', () => {
    expect(after(50, 50, { text: '0\n' })).toBeUndefined();
    expect(after(50, 50, { why: missing('timeout', 'timeout after 2 s') })).toBeUndefined();
  });

  test('is a share on a kernel without the switch, which counts always', () => {
    expect(after(50, 75, { why: missing('absent', 'no such file') })).toBe(25);
  });
});

describe('EXITED%', () => {
  test('has of a child what it used since it was read last, with its own exited children', () => {
    const before = [
      { pid: 10, childrenTicks: 1000 },
      { pid: 20, parent: 10, cpuTicks: 6000, childrenTicks: 2000 },
      { pid: 30, parent: 11, cpuTicks: 500 },
    ];
    expect(rowAfter([before, [{ pid: 10, childrenTicks: 9005 }]])?.childrenPct).toBeCloseTo(5);
    // Another process has its PID.
    const reused = { pid: 20, parent: 10, startTicks: 99 };
    expect(rowAfter([before, [{ pid: 10, childrenTicks: 9005 }, reused]])?.childrenPct).toBeCloseTo(5);
  });

  test('has all of children that lived between two readings', () => {
    expect(rowAfter([[{ pid: 10, childrenTicks: 29 }], [{ pid: 10, childrenTicks: 57 }]])?.childrenPct).toBeCloseTo(28);
  });

  test('is 0 for a child that used nothing since, whatever the fractions', () => {
    const before = [
      { pid: 10, childrenTicks: 29 },
      { pid: 20, parent: 10, cpuTicks: 28 },
    ];
    expect(rowAfter([before, [{ pid: 10, childrenTicks: 57 }]])?.childrenPct).toBeCloseTo(0);
  });

  test('is missing where a child was not waited for', () => {
    const before = [{ pid: 10 }, { pid: 20, parent: 10, cpuTicks: 28 }];
    expect(rowAfter([before, [{ pid: 10, cpuTicks: 1 }]])?.childrenPct).toBeUndefined();
  });
});
