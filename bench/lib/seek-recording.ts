/** Measures opening, seeking and fast playback of a recording. `node seek-recording.ts FILE` */
import './raw-text.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { figure, percentile, printTable } from './figures.ts';

const { findings, panes, sources } = await import('../../src/subsystems/index.ts');
const { leanHeap } = await import('../../src/v8-heap.ts');
const { Recording } = await import('../../src/recording/recording.ts');
const { ReplaySession } = await import('../../src/recording/replay-session.ts');

// Same heap limits as the program.
leanHeap();
const SEEKS = 60;
const rss = () => {
  gc?.();
  return process.memoryUsage.rss() / 2 ** 20;
};
const path = process.argv[2] ?? '';
const idle = rss();
const clock = { nowMs: 0 };
const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const beganMs = performance.now();
const beganCpuMs = cpuMs();
const recording = await Recording.open(path);
const foundMs = performance.now() - beganMs;
const session = await ReplaySession.open({ recording, sources, findings, clock: () => clock.nowMs });
/** Builds the sections of the pane in view, like a frame of the screen. */
const draw = () => {
  const pane = panes[0];
  if (!pane) throw new Error('no pane');
  pane.sections(pane.model(session.timeline.moment(pane.needs, session.player.positionMs())) as never);
};
draw();
const openMs = performance.now() - beganMs;
const openCpuMs = cpuMs() - beganCpuMs;
const opened = rss();
const { startMs, endMs } = session.player;
const seekMs: number[] = [];
const seekCpuMs: number[] = [];
let seed = 7;
for (let i = 0; i < SEEKS; i++) {
  seed = (seed * 48_271) % 2_147_483_647;
  const from = performance.now();
  const fromCpuMs = cpuMs();
  // The session notifies when there is something to draw; findings follow.
  const drawable = Promise.withResolvers<void>();
  const stop = session.subscribe(drawable.resolve);
  const judged = session.seek(startMs + (seed / 2_147_483_647) * (endMs - startMs));
  await drawable.promise;
  stop();
  draw();
  seekMs.push(performance.now() - from);
  seekCpuMs.push(cpuMs() - fromCpuMs);
  await judged;
  await sleep(50);
}
await sleep(3000);
const sought = rss();
// The last hour at the highest speed.
await session.seek(endMs - 3_600_000);
session.player.setSpeed(60);
session.player.play();
for (let i = 0; i < 60; i++) {
  clock.nowMs += 1000;
  await sleep(250);
  draw();
}
const played = rss();
await session.stop();
printTable(
  ['what', 'value'],
  [
    ['segments', String(recording.segments.length)],
    ['segments found, ms', figure(foundMs)],
    ['open to the first picture, ms', figure(openMs)],
    ['the same, CPU ms', figure(openCpuMs)],
    ['seek, CPU p50 ms', figure(percentile(seekCpuMs, 0.5))],
    ['seek, CPU p99 ms', figure(percentile(seekCpuMs, 0.99))],
    ['seek, p50 ms', figure(percentile(seekMs, 0.5))],
    ['seek, p99 ms', figure(percentile(seekMs, 0.99))],
    ['resident: nothing open, MiB', figure(idle)],
    ['resident: opened, MiB', figure(opened)],
    [`resident: after ${SEEKS} seeks, MiB`, figure(sought)],
    ['resident: after an hour at 60x, MiB', figure(played)],
  ],
);
