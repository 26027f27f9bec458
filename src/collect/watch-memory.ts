import { favourMemory } from '../v8-heap.ts';
import type { Timeline } from '../timeline/timeline.ts';

const LOOK_MS = 5000;

/** Tells a timeline what the whole program takes, as the system counts it (resident); the result stops it. */
export function watchMemory(timeline: Timeline, changed: () => void = () => undefined): () => void {
  const timer = setInterval(() => {
    const room = timeline.fit(process.memoryUsage.rss() / 1024);
    if (room) favourMemory(room === 'near');
    changed();
  }, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}
