import { expect, test } from 'vitest';
import { counterRows } from '../../../src/panes/network/counters.ts';

const seen = (...samples: readonly Readonly<Record<string, number>>[]) => {
  const [before, now] = samples.map((sample) => new Map(Object.entries(sample)));
  return { before, now, seconds: 10 };
};

test('counterRows has counters of loss that are not 0, also those of newer kernels, and no others', () => {
  const before = { 'Tcp InSegs': 10, 'TcpExt ListenDrops': 3, 'TcpExt TCPNewDrop': 1, 'Udp RcvbufErrors': 0 };
  const now = { ...before, 'Tcp InSegs': 99, 'TcpExt ListenDrops': 23 };
  expect(counterRows(seen(before, now))).toEqual([
    { name: 'TcpExt ListenDrops', perSec: 2, total: 23 },
    { name: 'TcpExt TCPNewDrop', perSec: 0, total: 1 },
  ]);
});
