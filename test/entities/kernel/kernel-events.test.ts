import { expect, test } from 'vitest';
import { classOf, kernelEvents } from '../../../src/entities/kernel/kernel-events.ts';
import type { KernelRecord } from '../../../src/sources/kernel/kernel-log.ts';

const record = (at: number, text: string, byKernel = true): KernelRecord => ({
  sequence: at,
  at,
  level: 'err',
  byKernel,
  text,
  device: undefined,
});
const eventsOf = (...records: KernelRecord[]) =>
  kernelEvents({ records, lost: 0 }).map(({ key, count, first, last, ended }) => ({
    key,
    count,
    from: first.at,
    to: last.at,
    ended,
  }));

test('kernelEvents folds lines of one kind and object, with the first and the last', () => {
  expect(
    eventsOf(
      record(1, 'I/O error, dev sda, sector 8 op 0x0:(READ)'),
      record(2, 'I/O error, dev sdb, sector 8 op 0x0:(READ)'),
      record(3, 'usb 1-1: new device'),
      record(4, 'I/O error, dev sda, sector 16 op 0x0:(READ)'),
    ),
  ).toEqual([
    { key: 'io-error disk:sdb', count: 1, from: 2, to: 2, ended: false },
    { key: 'io-error disk:sda', count: 2, from: 1, to: 4, ended: false },
  ]);
});

test('kernelEvents ends a server that is OK again, and begins again with the next line', () => {
  const down = 'nfs: server a not responding, still trying';
  expect(eventsOf(record(1, down), record(5, 'nfs: server b OK'), record(9, 'nfs: server a OK'))[0]).toMatchObject({
    key: 'nfs-unresponsive daemon:a',
    ended: true,
  });
  const again = eventsOf(record(1, down), record(2, down), record(9, 'nfs: server a OK'), record(20, down));
  expect(again.at(-1)).toEqual({ key: 'nfs-unresponsive daemon:a', count: 1, from: 20, to: 20, ended: false });
});

test('classOf takes a line that a process wrote to /dev/kmsg for no fault', () => {
  expect(classOf(record(1, 'BUG: kernel NULL pointer dereference, address: 0', false))).toBeUndefined();
});
