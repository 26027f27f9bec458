import { expect, test } from 'vitest';
import { previousBoot } from '../../../src/sources/kernel/previous-boot.ts';

const NONE = { kernel: undefined, end: undefined, file: undefined, older: undefined };
const entry = (text: unknown, facility = '0') => JSON.stringify({ __REALTIME_TIMESTAMP: '1764485126000000', __MONOTONIC_TIMESTAMP: '5617219698', PRIORITY: '3', SYSLOG_FACILITY: facility, _KERNEL_DEVICE: 'b8:1', MESSAGE: text }); // prettier-ignore

test('previousBoot parses lines of the journal, one of a process as such', () => {
  const kernel = `${entry('Buffer I/O error on dev sda1, logical block 0')}\n${entry('BUG: forged', '1')}\n{"cut`;
  expect(previousBoot.parse({ ...NONE, kernel }, {})).toMatchObject({
    from: 'journal',
    kernel: [
      { time: '11-30 06:45:26', record: { at: 5617.219698, level: 'err', byKernel: true, device: 'b8:1' } },
      { record: { byKernel: false } },
    ],
  });
});

const boot = (version: string, ...more: readonly string[]) =>
  [`Linux version ${version}`, ...more].map((text, i) => `2026-11-30T05:26:2${i}.1+00:00 web kernel: [    ${i}.219698] ${text}\n`).join(''); // prettier-ignore

test.each([
  ['one file', { file: boot('6.1', 'a', 'b') + boot('6.2', 'c') }, ['Linux version 6.1', 'a', 'b']],
  ['the file before', { file: boot('6.2', 'c'), older: boot('6.0') + boot('6.1', 'a') }, ['Linux version 6.1', 'a']],
  ['a cut start', { file: `${boot('6.1', 'a').split('\n')[1]}\n${boot('6.2')}` }, ['a']],
  ['no start', { file: boot('6.1', 'a').split('\n')[1] }, []],
])('previousBoot takes the lines between the last two starts of %s', (_, files, texts) => {
  const found = previousBoot.parse({ ...NONE, kernel: '', ...files }, {});
  expect(found.kernel?.map(({ record }) => record.text)).toEqual(texts);
});

test('previousBoot has no lines where neither a journal nor a file was read', () => {
  expect(previousBoot.parse(NONE, {})).toEqual({ kernel: undefined, last: undefined, from: '/var/log/kern.log' });
});
