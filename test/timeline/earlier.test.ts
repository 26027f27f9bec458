import { describe, expect, test } from 'vitest';
import { sources } from '../../src/subsystems/index.ts';
import { earlierMoment, timeOfMoment } from '../../src/timeline/earlier.ts';
import { hostMoments } from '../helpers/hosts.ts';
import { watched } from '../helpers/moments.ts';
import type { Needs, Seen } from '../../src/timeline/moment.ts';

describe('earlierMoment', () => {
  test('is the moment that the timeline gives at that time', async () => {
    const moments = hostMoments('cloud-vm');
    const { timeline, nowMs } = await watched(sources, moments);
    const needs: Needs = Object.fromEntries(sources.map((source) => [source.id, source]));
    const now = timeline.momentAt(needs, nowMs);
    expect(timeOfMoment(now)).toBe(nowMs);
    const start = timeline.startMs ?? nowMs;
    let differing = 0;
    for (const atMs of [start - 1, start, Math.floor((start + nowMs) / 2), nowMs - 1]) {
      const earlier = earlierMoment(needs, ({ id }) => now[id], atMs);
      const wanted = timeline.momentAt(needs, atMs);
      for (const id of Object.keys(needs)) {
        const { now: sample, before, seconds, history }: Seen<unknown> = earlier[id] as Seen<unknown>;
        const { now: wantedSample, before: wantedBefore, seconds: wantedSeconds, history: wantedHistory } = wanted[id] as Seen<unknown>; // prettier-ignore
        expect([sample, before, seconds], `${id} at ${atMs}`).toEqual([wantedSample, wantedBefore, wantedSeconds]);
        expect(history).toEqual(wantedHistory);
        if (sample !== now[id]?.now) differing++;
      }
    }
    // Proof that the times differ.
    expect(differing).toBeGreaterThan(0);
  });
});
