import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { kmsg } from '../../../../src/host/protocols/kernel/kmsg.ts';
import { kernelLog } from '../../../../src/sources/kernel/kernel-log.ts';
import { reach } from '../../../helpers/daemon-reach.ts';

const PATH = '/dev/kmsg';
const isRoot = process.getuid?.() === 0;

/** Whether this machine's kernel log may be read and written: not in most containers. */
let readable = false;
beforeAll(() => {
  try {
    closeSync(openSync(PATH, 'r'));
    readable = isRoot && readFileSync('/proc/sys/kernel/printk_devkmsg', 'utf8').trim() !== 'off';
  } catch {
    readable = false;
  }
});

const write = (line: string): void => {
  const fd = openSync(PATH, 'w');
  writeSync(fd, line);
  closeSync(fd);
};

describe('kmsg', () => {
  test('kmsg reads the log of this machine, and after that what is new', async ({ skip }) => {
    skip(!readable, '/dev/kmsg is not readable here');
    const { lane, daemons } = await reach(kmsg);
    const ask = async () => {
      const reading = await daemons.request(lane, { kind: 'talk', dialect: 'kmsg', to: PATH, request: 'records' });
      if (!reading.ok) throw new Error(reading.detail);
      return kernelLog.parse({ records: reading.value })?.records ?? [];
    };
    const before = await ask();
    expect(before.length).toBeGreaterThan(0);
    const mark = `crashcart test ${process.pid} ${Date.now()}`;
    write(`<11>${mark}\n`);
    const after = await ask();
    expect(after.at(-1)).toMatchObject({ level: 'err', byKernel: false, text: mark });
    expect(after.filter(({ text }) => text === mark)).toHaveLength(1);
    expect((await ask()).filter(({ text }) => text === mark)).toHaveLength(1);
  });

  test('kmsg asks for nothing but the records of the kernel log', () => {
    expect(kmsg.refusal(PATH, 'records')).toBeUndefined();
    expect(kmsg.refusal('/dev/mem', 'records')).toContain('not the kernel log');
    expect(kmsg.refusal(PATH, 'clear')).toContain('not the kernel log');
  });
});
