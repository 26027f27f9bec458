import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { JsonObjects } from '../../../src/host/protocols/json-objects.ts';

test('JsonObjects gives whole objects when the stream is split anywhere', () => {
  fc.assert(
    fc.property(
      fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 5 }),
      fc.constantFrom('', '\n', '  '),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 }),
      (objects, between, sizes) => {
        const bytes = Buffer.from(objects.map((one) => JSON.stringify(one)).join(between));
        const stream = new JsonObjects();
        const got: string[] = [];
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const size = sizes[i % sizes.length] ?? 1;
          got.push(...stream.push(bytes.subarray(at, at + size)));
          at += size;
        }
        expect(got).toEqual(objects.map((one) => JSON.stringify(one)));
        expect(stream.within).toBe(false);
      },
    ),
  );
});

test('JsonObjects ignores braces and quotes within strings', () => {
  const text = '{"a":"}\\"{\\\\","b":{"c":"\\\\\\"}"}}';
  for (let cut = 1; cut < text.length; cut++) {
    const stream = new JsonObjects();
    expect([...stream.push(Buffer.from(text.slice(0, cut))), ...stream.push(Buffer.from(text.slice(cut)))]).toEqual([
      text,
    ]);
  }
});

test('JsonObjects throws for other text and for an endless object', () => {
  expect(() => new JsonObjects().push(Buffer.from('HTTP/1.1 400 Bad Request'))).toThrow('not a JSON object');
  const stream = new JsonObjects();
  stream.push(Buffer.from('{"a":"'));
  const megabyte = Buffer.alloc(1024 * 1024, 'x');
  expect(() => {
    for (let i = 0; i < 70; i++) stream.push(megabyte);
  }).toThrow('64 MiB');
});
