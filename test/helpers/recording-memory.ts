/**
 * Child process: opens a recording as the screen and the notes do, and prints the largest resident memory and the sentences about it.
 * `node test/helpers/recording-memory.ts FILE`
 */
import { readFileSync } from 'node:fs';
import { recordedEvents } from '../../src/notes/recorded-events.ts';
import { Recording } from '../../src/recording/recording.ts';
import { ReplaySession } from '../../src/recording/replay-session.ts';
import { chartNeeds } from '../../src/notes/series.ts';
import { leanHeap } from '../../src/v8-heap.ts';

leanHeap();
const [path = ''] = process.argv.slice(2);
const startMs = performance.now();
const problems = new Set<string>();
let refusal: string | undefined;
try {
  const recording = await Recording.open(path);
  const events = await recordedEvents(recording);
  for (const problem of events.problems) problems.add(problem);
  const session = await ReplaySession.open({
    recording,
    sources: Object.values(chartNeeds),
    findings: [],
    clock: () => 0,
  });
  await session.seek(session.player.endMs);
  await session.replay.loadBack(0);
  for (const source of Object.keys(chartNeeds)) void session.timeline.latest(source)?.sample;
  for (const problem of session.problems()) problems.add(problem);
  await session.stop();
} catch (error) {
  refusal = error instanceof Error ? error.message : String(error);
}
// Not `maxRSS`, which counts the parent's memory before the exec.
const residentKiB = Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
const residentMb = Math.round((residentKiB * 1024) / 1e6);
const seconds = Math.round((performance.now() - startMs) / 100) / 10;
process.stdout.write(`${JSON.stringify({ residentMb, seconds, refusal, problems: [...problems] })}\n`);
