import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Guest } from '../../../src/entities/kvm/guest.ts';
import { otherThreads, type LiveThread } from '../../../src/panes/kvm/guest-threads-live.ts';
import { parseDefinitions } from '../../../src/sources/kvm/libvirt-xml.ts';
import { ownWords } from '../../../src/timeline/reading-state.ts';

const XML = readFileSync(new URL('../../lab/kvm/domains/lab-db.xml', import.meta.url), 'utf8');
const UUID = '5f0c0a52-7f5c-4f0e-9d2b-1c2d3e4f5a6b';
const definition = parseDefinitions(JSON.stringify({ domains: [{ uuid: UUID, xml: XML }] }))?.get(UUID);

const thread = (tid: number, name: string, vcpu?: number): LiveThread =>
  ({ tid, name, state: 'S', runPct: 1, delayPct: 0, vcpu }) as LiveThread;
const THREADS = [
  thread(10, 'qemu-system-x86'),
  thread(11, 'IO iothread1'),
  thread(12, 'IO iothread2'),
  thread(13, 'CPU 0/KVM', 0),
];

/** Text of each row in a column. */
const columnTexts = (guest: Partial<Guest>, id: string): readonly string[] => {
  const table = otherThreads({ others: [], ...guest } as Guest, THREADS, ownWords('none'));
  const column = table.columns.find((one) => one.id === id);
  return column ? table.rows.map((row) => column.text?.(row) ?? String(column.value(row))) : [];
};

test('otherThreads shows disks and affinity of I/O threads when the guest has some', () => {
  expect(definition).toBeDefined();
  const others = [{ tid: 10, cpusAllowed: '0-1' }] as unknown as Guest['others'];
  expect(columnTexts({ definition, others }, 'name')).toEqual(['qemu-system-x86', 'IO iothread1', 'IO iothread2']);
  expect(columnTexts({ definition, others }, 'serves')).toEqual(['', 'vda', 'no disk']);
  expect(columnTexts({ definition, others }, 'on')).toEqual(['0-1', 'pinned 0', '']);
});

test('otherThreads leaves out their columns when the guest has no I/O threads', () => {
  expect(columnTexts({ definition: undefined }, 'serves')).toEqual([]);
});
