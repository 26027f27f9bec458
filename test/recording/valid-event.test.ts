import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { validEvent } from '../../src/recording/valid-event.ts';

test.each([
  '{"e":"marker","t":1,"text":"x"}',
  '{"e":"status","t":1,"link":{"state":"live"},"transport":"ssh2"}',
  '{"e":"of a later version","t":1}',
])('%s is an event', (line) => expect(validEvent(line)).toEqual(JSON.parse(line)));

test.each([
  '{"e":"marker","t":1}',
  '{"e":"marker","t":9e15,"text":"x"}',
  '{"e":"status","t":1,"link":null,"transport":"ssh2"}',
  '{"e":"finding","t":1,"key":"a","state":"stands","severity":"fatal","sentence":"b"}',
  '{"e":"output","t":1,"terminal":"screen","data":7}',
  '{"e":"constructor"}',
  '[]',
  '{"e":',
])('%s is none', (line) => expect(validEvent(line)).toBeUndefined());

test('any line is an event or none', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (line) => void validEvent(line)));
  expect(validEvent('')).toBeUndefined();
});
