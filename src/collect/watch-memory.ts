import { favourMemory } from '../v8-heap.ts';
import type { Timeline } from '../timeline/timeline.ts';

const PERIOD_MS = 5000;

/** Reports the resident memory of the program to a timeline; the result stops it. */
export function watchMemory(timeline: Timeline, changed: () => void = () => undefined): () => void {
  const timer = setInterval(() => {
    const room = timeline.fit(process.memoryUsage.rss() / 1024);
    if (room) favourMemory(room === 'near');
    changed();
  }, PERIOD_MS);
  timer.unref();
  return () => clearInterval(timer);
}
