import { expect, test } from 'vitest';
import { coreDetail } from '../../../src/panes/kernel/core-detail.ts';
import { liveKernelText } from '../../../src/panes/kernel/crash-dumps.ts';
import { missing } from '../../../src/host/host.ts';
import { parseCore } from '../../../src/stacks/core-dump.ts';
import { coreText } from '../../../src/stacks/core-text.ts';

const REPLY = JSON.stringify({
  dump: { signal: 11, code: 1, address: '8', pid: 812, uid: 1000, name: 'shop', command: 'shop --password=hunter2', packing: 'zstd', bytes: 21_196, missing: 0, report: { Package: 'shop 1.2' } },
  stacks: {
    pid: 812,
    name: 'shop',
    frames: [['native', 'wait\u001b[2J', 'libc.so.6', 4096, 'aabb', null, null, 0], ['native', 'sum_list', 'shop', 512, 'ccdd', 'shop.c', 7, 0], ['native', null, 'shop', 1024, 'ccdd', null, null, 1]],
    traces: [[0], [1, 2]],
    stacks: [[813, 'shop', '-', null, null, 0, null, null], [812, 'shop', 'crashed', null, null, 1, 'no return address on the stack', null]],
    notes: ['/usr/lib/x.so: no such file here; its frames are guesses'],
  },
}); // prettier-ignore

const textsOf = (sections: ReturnType<ReturnType<typeof coreDetail>['sections']>, id: string) => {
  const table = sections.find((one) => one.id === id);
  if (table?.kind !== 'table') return [];
  return table.rows.map((row) => table.columns.map((column) => column.value(row)));
};

test('coreDetail has the thread that crashed before the others, and no control characters', () => {
  const sections = coreDetail('/var/crash/_usr_bin_shop.0.crash').sections({ core: parseCore(REPLY) }, {});
  expect(sections.map(({ title }) => title)).toEqual(['Crash', 'Thread that crashed', 'Other threads']);
  expect(textsOf(sections, 'crashed')).toEqual([
    [0, 'native', 'sum_list', 'shop.c:7', 'ccdd'],
    [1, 'guess', '[shop+0x400]', 'shop', 'ccdd'],
  ]);
  const threads = JSON.stringify(textsOf(sections, 'core-threads'));
  expect(threads).toContain('813');
  expect(threads).not.toContain(String.raw`\u001b`);
});

test('coreDetail calls no thread crashed where the core has no fatal signal', () => {
  const core = parseCore(REPLY.replace('"crashed"', '"-"').replace('"signal":11', '"signal":19'));
  const sections = coreDetail('/var/crash/core.812').sections({ core }, {});
  expect(sections.map(({ title }) => title)).toEqual(['Core dump', 'First thread', 'Other threads']);
});

test('coreText names a stack without a thread by its goroutine', () => {
  const core = parseCore(REPLY.replace('[813,"shop"', '[null,"goroutine 7"').replace('"crashed"', '"-"'));
  expect(core && coreText(core)).toMatch(/\n\ngoroutine 7\n {2}#0 .*\n\nthread 812\n/s);
});

test('coreDetail has the reason where the dump is not read', () => {
  const gone = { core: { core: missing('denied', 'core: needs root') } };
  const [crashed] = coreDetail('/var/crash/x.crash').sections({}, gone);
  expect(crashed?.kind === 'table' ? crashed.empty : '').toMatch(/^not readable: .*needs root/);
});

test('liveKernelText has the command where drgn can run, else each reason', () => {
  const access = { release: '6.8.0', symbols: '/usr/lib/debug/boot/vmlinux-6.8.0', programs: ['/usr/bin/drgn', '/usr/bin/crash'], hasMemory: true, lockdown: 'none' }; // prettier-ignore
  expect(liveKernelText(access)).toMatch(/^\/usr\/bin\/drgn or \/usr\/bin\/crash \/usr\/lib\/debug\/boot\/vmlinux-6\.8\.0/);
  expect(liveKernelText({ ...access, symbols: undefined, programs: [], lockdown: 'confidentiality' })).toBe(
    'by drgn or crash: /proc/kcore not readable: lockdown confidentiality; debug information of 6.8.0 not present (linux-image-6.8.0-dbgsym or -dbg); drgn and crash not installed',
  );
}); // prettier-ignore
