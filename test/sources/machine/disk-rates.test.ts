import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diskRates } from '../../../src/sources/machine/disk-rates.ts';
import { parseDiskstats } from '../../../src/sources/machine/diskstats.ts';
import { anyText } from '../../helpers/arbitrary.ts';
import { seen } from '../../helpers/seen.ts';

const line = (counts: string) => parseDiskstats(`   7 0 loop0 0 0 0 0 0 0 0 0 0 0 0\n 259 0 nvme0n1 ${counts}\n`);

describe('diskRates, as iostat -x', () => {
  const before = line('1000 0 8000 500 2000 10 16000 4000 0 3000 4500 0 0 0 0 10 100');
  // Over 2 s: 200 reads of 8 sectors in 400 ms, 100 writes of 16 in 1 000 ms, 4 flushes in 40 ms, busy 1 800 ms.
  const now = line('1200 0 9600 900 2100 10 17600 5000 7 4800 24500 0 0 0 0 14 140');

  test('diskRates computes each figure of iostat', () => {
    expect(diskRates(seen(before, now, 2))).toEqual([
      {
        name: 'nvme0n1',
        readsPerSec: 100,
        writesPerSec: 50,
        readBytesPerSec: 409_600,
        writeBytesPerSec: 409_600,
        flushesPerSec: 2,
        readAwaitMs: 2,
        writeAwaitMs: 10,
        flushAwaitMs: 10,
        awaitMs: 1400 / 300,
        queueLength: 10,
        utilPct: 90,
        inFlight: 7,
      },
    ]);
  });

  test('diskRates has no await without requests', () => {
    const [idle] = diskRates(seen(before, before, 2));
    expect(idle).toMatchObject({ readsPerSec: 0, readAwaitMs: undefined, awaitMs: undefined, utilPct: 0 });
  });

  test('diskRates has inFlight only when there is one sample', () => {
    const [first] = diskRates(seen(undefined, now, 2));
    expect(first).toMatchObject({ inFlight: 7, readsPerSec: undefined, utilPct: undefined, queueLength: undefined });
  });

  test('diskRates parses 11 columns of an old kernel', () => {
    const old = line('1000 0 8000 500 2000 10 16000 4000 0 3000 4500');
    expect(old.get('nvme0n1')).toMatchObject({ reads: 1000, discards: undefined, flushes: undefined });
    expect(diskRates(seen(old, old, 1))[0]?.flushesPerSec).toBeUndefined();
  });

  test('diskstats leaves out a device without I/O', () => expect([...now.keys()]).toEqual(['nvme0n1']));

  test('diskstats parses any text', () => {
    fc.assert(
      fc.property(anyText, anyText, (a, b) => {
        for (const rate of diskRates(seen(parseDiskstats(a), parseDiskstats(b), 1)))
          for (const value of Object.values(rate)) expect(value).not.toBeNaN();
      }),
    );
  });
});
