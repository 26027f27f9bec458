/**
 * node scripts/judge-demo.ts [FILE]
 *
 * Replaces the findings in a recording (default: assets/demo.cc.zst) by those of the current rules, judged once for each second of it.
 * Run it when sentences or ids of rules change: its marks and case notes use the current words.
 */
import '../bench/lib/raw-text.ts';
import { rename } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { FindingEvent, RecordingEvent } from '../src/recording/events.ts';

const { findings, sources } = await import('../src/subsystems/index.ts');
const { Recording } = await import('../src/recording/recording.ts');
const { ReplaySession } = await import('../src/recording/replay-session.ts');
const { rewriteRecording } = await import('../src/recording/rewrite.ts');

const path = resolve(process.argv[2] ?? join(import.meta.dirname, '../assets/demo.cc.zst'));
const STEP_MS = 1000;

/** Events of the findings of each second: a start, a changed sentence, an end. */
async function judged(): Promise<FindingEvent[]> {
  const recording = await Recording.open(path);
  const session = await ReplaySession.open({ recording, sources, findings, clock: Date.now });
  const events: FindingEvent[] = [];
  const active = new Map<string, FindingEvent>();
  try {
    session.player.pause();
    for (let t = session.replay.startMs + STEP_MS; t <= session.replay.endMs; t += STEP_MS) {
      await session.seek(t);
      const now = session.findings();
      for (const [key, event] of active)
        if (!now.some((finding) => finding.key === key)) {
          events.push({ ...event, t, state: 'ended', severity: 'info' });
          active.delete(key);
        }
      for (const { key, subject, severity, sentence } of now) {
        const before = active.get(key);
        if (before?.sentence === sentence && before.subject === subject) continue;
        const event: FindingEvent = { e: 'finding', t, key, subject, state: 'stands', severity, sentence };
        active.set(key, event);
        events.push(event);
      }
    }
  } finally {
    await session.stop();
  }
  return events;
}

const found = await judged();
const recording = await Recording.open(path);
const made = `${path}.${process.pid}.tmp`;
try {
  let from = -Infinity;
  await rewriteRecording(recording, made, (events, isLast) => {
    const rest = events.filter(({ e }) => e !== 'finding');
    const to = isLast ? Infinity : (rest.at(-1)?.t ?? from);
    const own = found.filter(({ t }) => t > from && t <= to);
    from = to;
    return inOrder(rest, own);
  });
} finally {
  await recording.close();
}
await rename(made, path);
console.log(`${path}  ${found.length} events of findings`);

/** Findings among the events of a segment: behind the last event that is not later. */
function inOrder(events: readonly RecordingEvent[], own: readonly FindingEvent[]): RecordingEvent[] {
  const out = [...events];
  for (const event of own) {
    const place = out.findLastIndex(({ t, e }) => t <= event.t && e !== 'recorder');
    out.splice(place + 1, 0, event);
  }
  return out;
}
