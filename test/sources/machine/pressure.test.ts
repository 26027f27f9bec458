import { expect, test } from 'vitest';
import { pressure } from '../../../src/sources/machine/pressure.ts';
import { sampleOf } from '../../helpers/sample.ts';

test('pressure parses some and full of each resource', async () => {
  const sample = await sampleOf(pressure, 'numa-guest');
  expect(sample.cpu.some).toEqual({ avg10Pct: 31.6, avg60Pct: 11.72, avg300Pct: 3.44, totalUs: 12_572_972 });
  expect(sample.io.full?.totalUs).toBe(209_990);
  expect(sample.irq).toEqual({ some: undefined, full: undefined });
});

test('pressure has no cpu full when the kernel is old, and only full for irq', () => {
  const sample = pressure.parse({
    cpu: 'some avg10=0.00 avg60=0.00 avg300=0.00 total=1\n',
    memory: 'full avg10=oops total\n',
    io: undefined,
    irq: 'full avg10=1.50 avg60=0.00 avg300=0.00 total=9\n',
  });
  expect(sample.cpu.full).toBeUndefined();
  expect(sample.memory.full).toEqual({
    avg10Pct: undefined,
    avg60Pct: undefined,
    avg300Pct: undefined,
    totalUs: undefined,
  });
  expect(sample.irq).toMatchObject({ some: undefined, full: { avg10Pct: 1.5, totalUs: 9 } });
});
