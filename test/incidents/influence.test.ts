import { expect, test } from 'vitest';
import { isOf } from '../../src/incidents/influence.ts';

test.each([
  ['rabbitmq-queue/grows', true],
  ['rabbitmq-queue/grows:orders', true],
  ['rabbitmq-queue', true],
  ['rabbitmq-queue/no-consumers', false],
])('isOf matches %s with a condition about one object: %s', (pattern, matches) => {
  expect(isOf({ rule: 'rabbitmq-queue', condition: 'grows:orders' }, pattern)).toBe(matches);
});
