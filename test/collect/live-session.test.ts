import { afterEach, describe, expect, test, vi } from 'vitest';
import { thisHost } from '../../src/findings/entity-ref.ts';
import { LiveSession } from '../../src/collect/live-session.ts';
import { missing, type Host, type Read, type Reading } from '../../src/host/host.ts';
import { defineFinding, type AnyFinding } from '../../src/findings/finding.ts';
import { defineSource, type AnySource } from '../../src/sources/source.ts';

const words = defineSource({
  id: 'words',
  title: 'Words',
  why: 'test',
  everySeconds: 1,
  reads: { text: { kind: 'file', path: '/proc/words' }, gap: { kind: 'file', path: '/proc/gap' } },
  parse: ({ text }) => ({ length: text?.length }),
});
const hung = defineSource({
  id: 'hung',
  title: 'Hung',
  why: 'test',
  everySeconds: 1,
  reads: { never: { kind: 'file', path: '/proc/never' } },
  parse: () => ({}),
});
const long = defineFinding({
  id: 'long',
  title: 'Long',
  needs: { words },
  authority: 'test',
  judge: ({ words: seen }) =>
    (seen.now?.length ?? 0) > 5
      ? [{ entity: thisHost, severity: 'warn', subject: 'words', sentence: 'long', evidence: [], next: 'read' }]
      : [],
});

let session: LiveSession | undefined;
afterEach(async () => {
  await session?.stop();
  vi.useRealTimers();
});

const watch = (
  answer: (read: Read) => Promise<Reading<unknown>>,
  sources: readonly AnySource[],
  findings: readonly AnyFinding[] = [],
) => {
  vi.useFakeTimers({ now: 1_000_000 });
  const asked: string[] = [];
  const host: Host = {
    name: 'test',
    kind: 'recorded',
    read: (read: Read) => {
      asked.push('path' in read ? read.path : read.kind);
      // Replies of a test match its reads.
      return answer(read) as Promise<Reading<never>>;
    },
    close: () => Promise.resolve(),
  };
  session = new LiveSession({
    host,
    live: undefined,
    audit: undefined,
    sources,
    findings,
    budgetPct: 2,
    nowMs: () => Date.now(),
  });
  return { session, asked };
};

describe('a session', () => {
  let text = 'short';
  let at = 0;
  const answer = (read: Read): Promise<Reading<unknown>> => {
    if ('path' in read && read.path === '/proc/gap') return Promise.resolve(missing('denied', 'not yours'));
    if ('path' in read && read.path === '/proc/never') return new Promise(() => undefined);
    return Promise.resolve({ ok: true, value: text, at: at++, tookMs: 1 });
  };

  test('session keeps samples, reasons of missing reads, and raw texts', async () => {
    const { session } = watch(answer, [words]);
    await vi.advanceTimersByTimeAsync(2500);
    const { words: seen } = session.timeline.moment({ words }, Date.now());
    expect(seen.now).toEqual({ length: 5 });
    expect(seen.before).toEqual({ length: 5 });
    expect(seen.missing).toEqual({ gap: missing('denied', 'not yours') });
    expect(session.raw('words').map((one) => one.text)).toEqual(['short', '(denied: not yours)']);
  });

  test("session puts a sample without any value at the host's time", async () => {
    const failing = (read: Read) =>
      'path' in read && read.path === '/proc/gone'
        ? Promise.resolve(missing('failed', 'gone'))
        : Promise.resolve({ ok: true as const, value: 'text', at: 50 + Date.now() / 1000 - 1000, tookMs: 1 });
    const gone = { ...words, id: 'gone', reads: { text: { kind: 'file', path: '/proc/gone' } } } as AnySource;
    const { session } = watch(failing, [words, gone]);
    await vi.advanceTimersByTimeAsync(3500);
    expect(session.timeline.latest('gone')?.at).toBeCloseTo(session.timeline.latest('words')?.at ?? 0, 1);
  });

  test('session reads other sources while one hangs, and does not repeat it', async () => {
    const { session, asked } = watch(answer, [hung, words]);
    await vi.advanceTimersByTimeAsync(5500);
    expect(asked.filter((path) => path === '/proc/never')).toHaveLength(1);
    expect(asked.filter((path) => path === '/proc/words').length).toBeGreaterThanOrEqual(5);
    expect(session.status().sources.find(({ id }) => id === 'hung')?.waitingSinceMs).toBe(1_000_000);
  });

  test('session shares a read of two sources', async () => {
    const { asked } = watch(answer, [words, { ...words, id: 'words-too' }]);
    await vi.advanceTimersByTimeAsync(50);
    expect(asked.filter((path) => path === '/proc/words')).toHaveLength(1);
  });

  test('finding keeps its start when one reading is in order, and ends when two are', async () => {
    const { session } = watch(answer, [words], [long]);
    text = 'much longer';
    await vi.advanceTimersByTimeAsync(3000);
    const [first] = session.findings();
    expect(first).toMatchObject({ rule: 'long', subject: 'words' });
    text = 'short';
    await vi.advanceTimersByTimeAsync(1000);
    expect(session.findings()).toHaveLength(1);
    text = 'much longer';
    await vi.advanceTimersByTimeAsync(3000);
    expect(session.findings()[0]?.sinceMs).toBe(first?.sinceMs);
    text = 'short';
    await vi.advanceTimersByTimeAsync(3000);
    expect(session.findings()).toEqual([]);
  });

  test('session gives a recorder the kept readings first, and reads the kept sources at full rate', async () => {
    const low = { ...words, value: 'low' } as const;
    text = 'short';
    const { session } = watch(answer, [low]);
    session.keep({ sources: ['words'], forMs: 3000 });
    expect(session.status().sources[0]?.restSeconds).toBe(1);
    session.show([]);
    expect(session.status().sources[0]?.restSeconds).toBe(1);
    await vi.advanceTimersByTimeAsync(10_000);
    const seen: number[] = [];
    session.onRound(({ wallMs }) => seen.push(Date.now() - wallMs))();
    expect(seen.length).toBeGreaterThanOrEqual(3);
    expect(seen).toEqual(seen.toSorted((a, b) => b - a));
    expect(Math.max(...seen)).toBeLessThanOrEqual(4000);
    expect(session.keptSinceMs()).toBe(Date.now() - Math.max(...seen));
    session.keep(undefined);
    seen.length = 0;
    session.onRound(({ wallMs }) => seen.push(wallMs))();
    expect(seen).toHaveLength(1);
    expect(session.status().sources[0]?.restSeconds).toBe(5);
  });

  test('session needs the sources of a CRIT finding while it stands', async () => {
    const low = { ...words, value: 'low' } as const;
    const crit = defineFinding({
      ...long,
      judge: ({ words: seen }) =>
        (seen.now?.length ?? 0) > 5
          ? [{ entity: thisHost, severity: 'crit', subject: 'words', sentence: 'long', evidence: [], next: 'read' }]
          : [],
    });
    text = 'much longer';
    const { session } = watch(answer, [low], [crit]);
    const rest = () => session.status().sources[0]?.restSeconds;
    expect(rest()).toBe(5);
    await vi.advanceTimersByTimeAsync(1500);
    expect(session.findings()).toHaveLength(1);
    expect(rest()).toBe(1);
    text = 'short';
    await vi.advanceTimersByTimeAsync(5000);
    expect(session.findings()).toEqual([]);
    expect(rest()).toBe(5);
  });

  test('finding keeps its start when another object of its set is displayed', async () => {
    const set = defineFinding({
      ...long,
      id: 'set',
      judge: ({ words: seen }) => [
        { entity: thisHost, severity: 'warn', subject: `pod ${seen.now?.length}`, sentence: 'killed', evidence: [], next: 'read' }, // prettier-ignore
      ],
    });
    text = 'one';
    const { session } = watch(answer, [words], [set]);
    await vi.advanceTimersByTimeAsync(3000);
    const [first] = session.findings();
    expect(first).toMatchObject({ key: 'set host:localhost', subject: 'pod 3' });
    text = 'three';
    await vi.advanceTimersByTimeAsync(3000);
    expect(session.findings()).toMatchObject([{ subject: 'pod 5', sinceMs: first?.sinceMs }]);
    expect(session.marks()).toHaveLength(1);
  });

  test('finding restarts with a mark when a past event is present again', async () => {
    const event = defineFinding({
      ...long,
      id: 'event',
      judge: ({ words: seen }) => {
        const over = (seen.now?.length ?? 0) < 6;
        return [{ entity: thisHost, severity: 'crit', subject: 'kill', sentence: 'killed', evidence: [], next: 'read', ...(over && { past: { ageSeconds: 90 } }) }]; // prettier-ignore
      },
    });
    text = 'short';
    const { session } = watch(answer, [words], [event]);
    await vi.advanceTimersByTimeAsync(3000);
    const [first] = session.findings();
    expect(first?.past).toEqual({ ageSeconds: 90 });
    text = 'much longer';
    await vi.advanceTimersByTimeAsync(3000);
    const [again] = session.findings();
    expect(again?.past).toBeUndefined();
    expect(again?.sinceMs).toBeGreaterThan(first?.sinceMs ?? Infinity);
    expect(session.marks()).toHaveLength(2);
  });

  test('session evaluates the last sample of a burst', async () => {
    text = 'short';
    const late = (read: Read): Promise<Reading<unknown>> =>
      'path' in read && read.path === '/proc/late'
        ? new Promise((settle) => {
            setTimeout(() => settle({ ok: true, value: 'much longer', at: 1, tookMs: 300 }), 300);
          })
        : answer(read);
    const slow = {
      ...words,
      id: 'slow',
      everySeconds: 60,
      reads: { text: { kind: 'file', path: '/proc/late' } },
    } as const;
    const quick = { ...words, everySeconds: 60 };
    const { session } = watch(late, [quick, slow], [{ ...long, needs: { words: slow } }]);
    const listener = vi.fn<() => void>();
    await vi.advanceTimersByTimeAsync(350);
    expect(session.findings()).toEqual([]);
    session.subscribe(listener);
    await vi.advanceTimersByTimeAsync(1000);
    expect(session.findings()).toHaveLength(1);
    expect(listener).toHaveBeenCalledTimes(1);
  });
});
