import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { HostClock } from '../../../src/host/collector/host-clock.ts';

test('now is undefined before the first frame with a time', () => {
  const clock = new HostClock(() => 5);
  expect(clock.now()).toBeUndefined();
  clock.sample(undefined);
  clock.sample(Number.NaN);
  clock.sample('7');
  expect(clock.now()).toBeUndefined();
});

test('now follows the least delayed frame', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0.01, max: 3, noNaN: true }), { minLength: 1 }), (delays) => {
      let own = 100;
      const clock = new HostClock(() => own);
      // The host is 900 s ahead.
      for (const delay of delays) {
        own += 0.1;
        clock.sample(own - delay + 900);
      }
      expect(clock.now()).toBeCloseTo(own + 900 - Math.min(...delays), 6);
    }),
  );
});

test('forgets samples of minutes ago: a slewed clock drifts', () => {
  let own = 0;
  const clock = new HostClock(() => own);
  clock.sample(1000);
  for (let minute = 1; minute <= 3; minute++) {
    own = minute * 61;
    // It runs slow, 10 ms a minute.
    clock.sample(1000 + own - minute * 0.01);
  }
  expect(clock.now()).toBeCloseTo(1000 + own - 0.02, 6);
});
