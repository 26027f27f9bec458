import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { countOf, fields, flagOf, items, json, numberOf, textOf, textsOf } from '../../src/lib/json.ts';
import { anyText } from '../helpers/arbitrary.ts';

test('helpers return the wanted type, and undefined for others', () => {
  const value = json('{"a":{"b":[1,"x",null]},"n":-3,"t":"","f":true,"l":{"k":"v","i":7}}');
  expect(items(fields(fields(value)['a'])['b'])).toEqual([1, 'x', null]);
  expect(numberOf(fields(value)['n'])).toBe(-3);
  expect(countOf(fields(value)['n'])).toBeUndefined();
  expect(textOf(fields(value)['t'])).toBeUndefined();
  expect(flagOf(fields(value)['f'])).toBe(true);
  expect(textsOf(fields(value)['l'])).toEqual(new Map([['k', 'v']]));
  expect(items(fields(value)['a'])).toEqual([]);
  expect(fields([1])).toEqual({});
});

test('helpers take any value without an error', () => {
  expect(json('{')).toBeUndefined();
  fc.assert(
    fc.property(fc.oneof(anyText, fc.json()), (text) => {
      const value = json(text);
      for (const look of [fields, items, textOf, numberOf, countOf, flagOf, textsOf]) look(value);
    }),
  );
});
