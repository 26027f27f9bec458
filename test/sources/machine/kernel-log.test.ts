import { expect, test } from 'vitest';
import { kernelLog } from '../../../src/sources/machine/kernel-log.ts';

const parse = (errors: string | undefined) => kernelLog.parse({ errors });

test('kernelLog takes the stamp of each line of dmesg and keeps the line', () => {
  // dmesg --kernel --level=emerg,alert,crit,err of Debian 12, util-linux 2.38.1.
  const text =
    '[23457.101223] Memory cgroup out of memory: Killed process 16492 (awk) total-vm:111840kB, anon-rss:64116kB\n' +
    '[    3.512004] blk_update_request: I/O error, dev fd0, sector 0 op 0x0:(READ)\n';
  expect(parse(text)).toEqual([
    { at: 23_457.101223, text: text.split('\n')[0] },
    { at: 3.512004, text: text.split('\n')[1] },
  ]);
});

test('kernelLog is undefined when the log is not readable, and empty when it has no errors', () => {
  expect(parse(undefined)).toBeUndefined();
  expect(parse('')).toEqual([]);
});

test('kernelLog leaves out lines without a stamp and cuts long ones', () => {
  expect(parse('dmesg: something else\n')).toEqual([]);
  expect(parse(`[1.5] ${'x'.repeat(9999)}`)?.[0]?.text).toHaveLength(400);
});

test('kernelLog keeps the newest lines of many', () => {
  const many = Array.from({ length: 5000 }, (_, i) => `[${i}.0] line`).join('\n');
  expect(parse(many)?.map(({ at }) => at)).toEqual(Array.from({ length: 300 }, (_, i) => 4700 + i));
});
