import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { missing, type Read, type Reading } from '../../src/host/host.ts';
import { ReadingDecoder, ReadingEncoder } from '../../src/recording/reading-codec.ts';
import { applyDelta, deltaOf } from '../../src/recording/value-delta.ts';
import { anyText } from '../helpers/arbitrary.ts';

const name = fc.oneof(anyText, fc.constantFrom('__proto__', 'constructor', 'gone', 'map', 'whole'));
const leaf = fc.oneof(anyText, fc.integer(), fc.boolean());
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    fc.array(fc.tuple(name, tie('value')), { maxLength: 4 }).map((entries) => new Map(entries)),
    fc.array(fc.tuple(fc.nat(), tie('value')), { maxLength: 4 }).map((entries) => new Map(entries)),
    fc.array(tie('value'), { maxLength: 3 }),
  ),
}));
const overJson = (of: unknown): unknown => JSON.parse(JSON.stringify(of));

test('applyDelta restores any value, whatever was before', () => {
  fc.assert(
    fc.property(value, value, (before, now) => {
      expect(applyDelta(overJson(deltaOf(now, undefined)), undefined)).toEqual(now);
      expect(applyDelta(overJson(deltaOf(now, before)), before)).toEqual(now);
    }),
  );
});

test('deltaOf holds the changed process alone, and applyDelta keeps the identity of the others', () => {
  const one = { pid: 1, stat: '1 (init) S', cmdline: 'init' };
  const two = { pid: 2, stat: '2 (a) S', cmdline: 'a' };
  const before = new Map([
    [1, one],
    [2, two],
  ]);
  const delta = deltaOf(new Map([[1, one], [2, { ...two, stat: '2 (a) R' }]]), before); // prettier-ignore
  expect(delta).toEqual({ map: { 2: { object: { stat: '2 (a) R' } } }, numbers: 1 });
  const again = applyDelta(overJson(delta), before) as typeof before;
  expect(again.get(1)).toBe(one);
  expect(again.get(2)).toEqual({ pid: 2, stat: '2 (a) R', cmdline: 'a' });
});

test('applyDelta does not throw on any JSON', () => {
  fc.assert(fc.property(fc.jsonValue(), value, (delta, before) => void applyDelta(delta, before)));
  let deep: unknown = 'x';
  for (let i = 0; i < 5000; i++) deep = { object: { a: deep }, whole: 1 };
  expect(() => applyDelta(deep, undefined)).not.toThrow();
});

describe('ReadingDecoder', () => {
  const files: readonly Read[] = [
    { kind: 'file', path: '/proc/a' },
    { kind: 'file', path: '/proc/a', as: 'root' },
    { kind: 'processes' },
  ];
  const got = (read: Read, text: string): Reading<unknown> => ({
    ok: true,
    value: read.kind === 'processes' ? new Map([[text.length, { stat: text }]]) : text,
    at: 1,
    tookMs: 2,
  });

  test('restores a series of readings', () => {
    const step = fc.record({
      read: fc.constantFrom(...files),
      text: fc.constantFrom('', 'a', 'b', 'bb'),
      fails: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const encoder = new ReadingEncoder();
        const decoder = new ReadingDecoder();
        for (const { read, text, fails } of steps) {
          const reading = fails ? missing('denied', text) : got(read, text);
          expect(decoder.decode(overJson(encoder.encode(read, reading)) as never)).toMatchObject(reading);
        }
      }),
    );
  });

  test('restores tables in any order of access, and keeps the identity of unchanged entries', () => {
    const row = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.record({ stat: fc.constantFrom('x', 'y') }));
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 12 }),
        fc.array(fc.nat(), { maxLength: 12 }),
        (rows, asked) => {
          const read: Read = { kind: 'cgroups' };
          const stays = { stat: 'stays' };
          const values = rows.map((entries) => ({ layout: 'v2', groups: new Map([...Object.entries(entries), ['z', stays]]), left: 0 })); // prettier-ignore
          const encoder = new ReadingEncoder();
          const decoder = new ReadingDecoder();
          const decoded = values.map((value) => decoder.decode(overJson(encoder.encode(read, { ok: true, value, at: 1, tookMs: 0 })) as never)); // prettier-ignore
          const same = new Set<unknown>();
          for (const at of [...asked.map((n) => n % rows.length), ...rows.keys()]) {
            const one = decoded[at];
            expect(one).toMatchObject({ ok: true, value: values[at], places: values[at]?.groups.size });
            if (one?.ok) same.add((one.value as (typeof values)[number]).groups.get('z'));
          }
          expect(same.size).toBe(1);
        },
      ),
    );
  });

  test('gets no second copy when a reading is unchanged', () => {
    const encoder = new ReadingEncoder();
    const [read] = files as [Read];
    encoder.encode(read, got(read, 'as it was'));
    expect(encoder.encode(read, got(read, 'as it was'))).toEqual({ read, at: 1, took: 2, same: true });
  });

  test('gives a missing reading when the one before is lost', () => {
    const [read] = files as [Read];
    expect(new ReadingDecoder().decode({ read, same: true })).toEqual(
      missing('failed', '/proc/a: delta to a reading that is not in the recording'),
    );
  });
});
