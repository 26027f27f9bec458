import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openDetail } from '../../src/app/detail-page.ts';
import type { Screen } from '../../src/app/screen.ts';
import type { Surface } from '../../src/app/surface.ts';
import { logicalFlowDetail } from '../../src/panes/ovs/logical-flow-detail.ts';
import { ruleDetail } from '../../src/panes/ovs/rule-detail.ts';
import type { Detail } from '../../src/panes/pane.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const source = (id: string, everySeconds?: number) => ({ id, everySeconds, reads: {}, parse: () => undefined });

const detail: Detail = {
  id: 'process',
  title: 'process',
  sources: { threads: source('threads'), numa: source('numa', 30) },
  everySeconds: 2,
  sections: () => [],
};

/** Part of a screen that an open detail uses; `reads` has the ids that were read. */
function screenOf(fails: (id: string) => boolean, opened = detail) {
  const reads: string[] = [];
  let close = (): void => {};
  let surface: Surface | undefined;
  const screen = {
    watch: {
      session: {
        timeline: { cursorMs: undefined },
        readDetail: async ({ id }: { id: string }) => {
          reads.push(id);
          if (fails(id)) throw new Error('the line was lost');
          return { sample: id, missing: {} };
        },
      },
    },
    layers: {
      push: (layer: { onClose: () => void; surface: Surface }) => {
        close = layer.onClose;
        surface = layer.surface;
      },
    },
    changed: () => {},
  };
  // A hand-made double of the few parts that openDetail touches.
  openDetail(screen as unknown as Screen, opened);
  return { reads, close: () => close(), readingOf: (id: string) => surface?.readingOf?.(id) };
}

const times = (reads: readonly string[], id: string): number => reads.filter((each) => each === id).length;

test('detail reads an expensive source at its own period; closing ends all reads', async () => {
  const { reads, close } = screenOf(() => false);
  await vi.advanceTimersByTimeAsync(29_000);
  expect([times(reads, 'threads'), times(reads, 'numa')]).toEqual([15, 1]);
  await vi.advanceTimersByTimeAsync(3000);
  expect(times(reads, 'numa')).toBe(2);
  close();
  const before = reads.length;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(reads.length).toBe(before);
});

test('detail gives the time of the last reading of each source, and its period', async () => {
  let lost = false;
  const { readingOf, close } = screenOf((id) => id === 'threads' && lost);
  const startMs = Date.now();
  await vi.advanceTimersByTimeAsync(5000);
  lost = true;
  await vi.advanceTimersByTimeAsync(20_000);
  expect(readingOf('threads')).toEqual({ wallMs: startMs + 4000, everySeconds: 2 });
  expect(readingOf('numa')).toEqual({ wallMs: startMs, everySeconds: 30 });
  expect(readingOf('other')).toBeUndefined();
  close();
});

test('detail retries a failed read at once', async () => {
  let lost = true;
  const { reads, close } = screenOf((id) => id === 'numa' && lost);
  await vi.advanceTimersByTimeAsync(3000);
  expect(times(reads, 'numa')).toBe(2);
  lost = false;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(times(reads, 'numa')).toBe(3);
  close();
});

const flow = { uuid: 'a2b23bc4-befe-4061-9eb4-19a5eb230571', pipeline: 'egress', table: 4, stage: 'ls_out_acl', priority: 3000, match: 'tcp', actions: 'drop;', hint: '22313559', datapaths: [] }; // prettier-ignore
test.each([
  ['ovn-logical-flow', ruleDetail({ bridge: 'br-int', table: 46, priority: 3000, cookie: '0xa2b23bc4', match: 'tcp', actions: 'drop' })],
  ['ovn-stage-hint', logicalFlowDetail(flow)],
])('detail reads %s, for which a database goes through a whole table, once', async (id, opened) => {
  const { reads, close } = screenOf(() => false, opened);
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(reads).toEqual([id]);
  close();
}); // prettier-ignore
