import { describe, expect, test } from 'vitest';
import { kernelLog } from '../../../src/sources/kernel/kernel-log.ts';

describe('kernelLog', () => {
  const parse = (records: string | undefined) => kernelLog.parse({ records });

  test('kernelLog parses records: level, time, device, and whether the kernel wrote them', () => {
    const text =
      'lost 2\n3,7,5617219698,-;Buffer I/O error\tSUBSYSTEM=block\tDEVICE=b8:1\n11,8,6000000000,-;forged\n-,9,1,-;old';
    expect(parse(text)).toEqual({
      lost: 2,
      records: [
        { sequence: 7, at: 5617.219698, level: 'err', byKernel: true, text: 'Buffer I/O error', device: 'b8:1' },
        { sequence: 8, at: 6000, level: 'err', byKernel: false, text: 'forged', device: undefined },
        { sequence: 9, at: 0.000001, level: undefined, byKernel: true, text: 'old', device: undefined },
      ],
    });
  });

  test('kernelLog shares records of the previous text', () => {
    const before = parse('lost 0\n6,1,10,-;a');
    const after = parse('lost 0\n6,1,10,-;a\n6,2,20,-;b');
    expect(after?.records[0]).toBe(before?.records[0]);
  });

  test('kernelLog is undefined when the log is not readable, and empty when it has no records', () => {
    expect(parse(undefined)).toBeUndefined();
    expect(parse('lost 0')).toEqual({ lost: 0, records: [] });
  });
});
