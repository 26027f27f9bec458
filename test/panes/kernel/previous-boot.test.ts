import { expect, test } from 'vitest';
import { missing } from '../../../src/host/host.ts';
import { unstyled } from '../../../src/lib/text-width.ts';
import { bootsSection } from '../../../src/panes/kernel/previous-boot.ts';
import { previousBoot } from '../../../src/sources/kernel/previous-boot.ts';
import { sectionLines } from '../../helpers/plain-pane.ts';

const entry = (us: number, text: string, facility = '0') => JSON.stringify({ __REALTIME_TIMESTAMP: String(1_764_485_126_000_000 + us), __MONOTONIC_TIMESTAMP: String(us), PRIORITY: '3', SYSLOG_FACILITY: facility, MESSAGE: text }); // prettier-ignore
const KERNEL = [
  entry(100e6, 'Buffer I/O error on dev sda1, logical block 0, async page read'),
  entry(130e6, 'BUG: unable to handle page fault for address: forged', '1'),
  entry(160e6, 'last line'),
].join('\n');
const NONE = { kernel: undefined, end: undefined, file: undefined, older: undefined };

function drawn(values: Partial<typeof NONE> | { readonly kernel: string; readonly end: string }, gone = {}): string {
  const section = bootsSection();
  const detail = section.detail?.({ id: 'previous boot' });
  if (!detail) throw new Error('no detail');
  const boot = previousBoot.parse({ ...NONE, ...values }, {});
  return detail
    .sections({ boot }, { boot: gone })
    .flatMap((one) => [one.title, ...sectionLines(one, 120, 20).map(unstyled)])
    .join('\n');
}

test('page of the previous boot has its events, lines and last entries', () => {
  const text = drawn({ kernel: KERNEL, end: entry(161e6, 'Journal stopped') });
  expect(text).toMatch(/Events\n[\s\S]*1m00 +1 +sda1? .*Buffer I\/O error/);
  expect(text).toMatch(/06:47:36 +err +user +BUG: unable/);
  expect(text).toMatch(/Last entries before the end\n[\s\S]*Journal stopped/);
  // What a process wrote is not taken for the kernel's.
  expect(text).not.toContain('kernel oops');
});

test('page of the previous boot states why it has none', () => {
  const gone = { kernel: missing('denied', 'journalctl: permission denied') };
  expect(drawn({}, gone)).toContain('not readable: permission denied');
  expect(drawn({ kernel: '', end: '' })).toContain('none kept');
});
