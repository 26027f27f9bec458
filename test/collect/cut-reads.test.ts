import { expect, test } from 'vitest';
import { staleNotes } from '../../src/collect/stale-notes.ts';
import { SourceReader } from '../../src/collect/source-reader.ts';
import { hiddenReason } from '../../src/entities/processes/hidden-processes.ts';
import { answerOf } from '../../src/host/collector/answers.ts';
import { Tables } from '../../src/host/collector/tables.ts';
import type { Host, Reading } from '../../src/host/host.ts';
import { decodeEvent } from '../../src/recording/decode-event.ts';
import { ReadingDecoder, ReadingEncoder } from '../../src/recording/reading-codec.ts';
import { replayEntry, RoundDecoder } from '../../src/recording/replay-entries.ts';
import { processes } from '../../src/sources/processes/processes.ts';
import { nothingWords, stateOf, stateWords } from '../../src/timeline/reading-state.ts';
import { Timeline } from '../../src/timeline/timeline.ts';
import { FakeSession } from '../helpers/fake-session.ts';

const PART = { read: 512, of: 4000 };
const WALK = { kind: 'processes', as: 'root' } as const;

/** Answer of the collector to a walk of all processes that was cut. */
const cutWalk = (): Reading<unknown> =>
  answerOf(WALK, { head: { id: 1, at: 7, ms: 10_000, gone: [], count: 512, unread: [], part: [PART.read, PART.of] }, body: Buffer.alloc(0) }, new Map(), new Tables()); // prettier-ignore

const hostOf = (reading: () => Reading<unknown>): Host => ({
  name: 'node-7',
  kind: 'ssh',
  // The one read of this test.
  read: async () => reading() as never,
  close: async () => undefined,
});

test('a cut walk is a value with its part, from the reply to the moment', async () => {
  const { sample, parts, missing, at = 0 } = await new SourceReader(hostOf(cutWalk)).read(processes);
  expect([parts, missing]).toEqual([{ table: PART }, {}]);
  const timeline = new Timeline();
  timeline.append('processes', { sample, at, wallMs: 1000, missing, parts, tookMs: 1 });
  const seen = timeline.moment({ processes }, 1000).processes;
  expect(seen.now).toBe(sample);
  expect(stateWords(stateOf(seen))).toBe('not readable: 512 of 4000 read before its timeout');
  expect(nothingWords('no processes', stateOf(seen))).not.toBe('no processes');
  // Sudo would not help.
  expect(hiddenReason(seen)).toBeUndefined();
  timeline.append('processes', { sample, at: at + 1, wallMs: 2000, missing: {}, parts: {}, tookMs: 1 });
  expect(stateOf(timeline.moment({ processes }, 2000).processes).state).toBe('read');
});

test('a recording has the part of a cut walk', () => {
  const recorded = new ReadingEncoder().encode(WALK, cutWalk());
  expect(recorded).toMatchObject({ part: PART });
  const event = { e: 'sample', t: 1, source: 'processes', took: 1, reads: { table: recorded } } as const;
  const decoded = decodeEvent(JSON.parse(JSON.stringify(event)));
  expect(decoded).toEqual(event);
  const entry = replayEntry(processes, new RoundDecoder().decode(event));
  expect(entry.parts).toEqual({ table: PART });
  expect(new ReadingDecoder().decode(recorded)).toMatchObject({ ok: true, part: PART });
});

test.each([{ read: -1, of: 2 }, { read: 1 }, 'x', [1, 2], { read: 1e300, of: 1 }])(
  'a recording with the invalid part %j is read without it',
  (part) => {
    const read = { read: WALK, at: 1, took: 1, table: { map: {}, numbers: 1, whole: 1 } };
    const decoded = decodeEvent({ e: 'sample', t: 1, source: 'a', took: 1, reads: { table: { ...read, part } } });
    expect(decoded).toEqual({ e: 'sample', t: 1, source: 'a', took: 1, reads: { table: read } });
  },
);

test('the head of a section has how much of its sources was read', () => {
  const session = new FakeSession();
  const at = { sample: undefined, at: 1, wallMs: session.nowMs, missing: {}, tookMs: 1 };
  session.timeline.append('fake-processes', { ...at, parts: { table: PART } });
  const note = staleNotes(session, session.nowMs)({ sources: ['fake-processes', 'fake-machine'] });
  expect(note).toBe('512 of 4000 read');
  session.timeline.append('fake-processes', { ...at, wallMs: session.nowMs + 1000 });
  expect(staleNotes(session, session.nowMs + 1000)({ sources: ['fake-processes'] })).toBeUndefined();
  session.timeline.append('fake-processes', { ...at, parts: { table: PART } });
  expect(staleNotes(session, session.nowMs + 60_000)({ sources: ['fake-processes'] })).toMatch(/^stale .* · 512 of 4000 read$/); // prettier-ignore
});
