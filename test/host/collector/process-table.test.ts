import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../../../src/host/collector/frames.ts';
import { ProcessTableKeeper } from '../../../src/host/collector/process-table.ts';

const record = (pid: number, mask: number, ...texts: readonly string[]) => recordAfter(1000, pid, mask, ...texts);
const recordAfter = (sinceMs: number, pid: number, mask: number, ...texts: readonly string[]) => {
  const head = Buffer.alloc(9);
  head.writeUInt32LE(sinceMs, 5);
  head.writeUInt32LE(pid, 0);
  head.writeUInt8(mask, 4);
  return Buffer.concat([
    head,
    ...texts.flatMap((text) => {
      const size = Buffer.alloc(4);
      size.writeUInt32LE(Buffer.byteLength(text));
      return [size, Buffer.from(text)];
    }),
  ]);
};
const mistakeOf = (run: () => unknown): unknown => {
  try {
    run();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.constructor : error;
  }
};

describe('the process table', () => {
  test('keeps the identity of unchanged processes', () => {
    const keeper = new ProcessTableKeeper();
    const first = keeper.apply(Buffer.concat([record(1, 15, 'one', 'init', '0::/', 'Uid:'), record(2, 1, 'two')]), []);
    const second = keeper.apply(record(2, 1 | 16, 'two!', 'read_bytes: 5'), []);
    expect(second.get(1)).toBe(first.get(1));
    expect(second.get(2)).toMatchObject({ stat: 'two!', io: 'read_bytes: 5' });
    expect(first.get(2)?.stat).toBe('two');
  });

  test('drops old texts when a pid is reused', () => {
    const keeper = new ProcessTableKeeper();
    keeper.apply(record(7, 1 | 2 | 4, 'old', 'old --flag', '0::/docker/x'), []);
    expect(keeper.apply(record(7, 128 | 1, 'new'), []).get(7)).toMatchObject({ stat: 'new', pid: 7 });
    expect(keeper.table.get(7)?.cmdline).toBeUndefined();
  });

  test('drops processes that are gone, and wchan of those that run', () => {
    const keeper = new ProcessTableKeeper();
    keeper.apply(Buffer.concat([record(7, 1 | 64, 'a D', 'io_schedule'), record(8, 1, 'b')]), []);
    const table = keeper.apply(record(7, 1, 'a R'), [8]);
    expect(table.get(7)?.wchan).toBeUndefined();
    expect(table.has(8)).toBe(false);
  });

  test('gives the time since a process was read before, and none for its first read', () => {
    const keeper = new ProcessTableKeeper();
    const first = keeper.apply(Buffer.concat([recordAfter(0, 7, 128 | 1, 'a'), recordAfter(0, 8, 128 | 1, 'b')]), []);
    expect(first.get(7)?.seconds).toBeUndefined();
    const next = keeper.apply(Buffer.concat([recordAfter(56_250, 7, 1, 'a2'), recordAfter(980, 8, 1, 'b2')]), []);
    expect([next.get(7)?.seconds, next.get(8)?.seconds]).toEqual([56.25, 0.98]);
  });

  test('applies any bytes, or throws a ProtocolError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(mistakeOf(() => new ProcessTableKeeper().apply(Buffer.from(bytes), []))).toBeOneOf([
          undefined,
          ProtocolError,
        ]);
      }),
    );
  });
});
