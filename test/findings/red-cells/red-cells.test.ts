import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { judge, type Judged } from '../../../src/findings/judge.ts';
import { Recording } from '../../../src/recording/recording.ts';
import { ReplaySession } from '../../../src/recording/replay-session.ts';
import { findings, panes, sources } from '../../../src/subsystems/index.ts';
import type { Timeline } from '../../../src/timeline/timeline.ts';
import { timelineOn } from '../../helpers/found-on.ts';
import { hostMoments, hostNames } from '../../helpers/hosts.ts';
import { watched } from '../../helpers/moments.ts';
import { faults } from '../faults.ts';
import { isAccounted, judgedCells, keyOfCell, repeatedKeys } from './judged-cells.ts';
import { redCells, type RedCell } from './red-cells.ts';

interface Moment {
  readonly name: string;
  readonly cells: readonly RedCell[];
  readonly found: readonly Judged[];
}

const momentAt = (name: string, timeline: Timeline, nowMs: number): Moment => ({
  name,
  cells: panes.flatMap((pane) => redCells(pane, pane.model(timeline.moment(pane.needs, nowMs)))),
  found: judge(findings, (needs) => timeline.latestMoment(needs, nowMs)),
});

/** Moments of the demo, evenly over its 30 s. */
const DEMO_MOMENTS = 8;

async function momentsOfDemo(): Promise<readonly Moment[]> {
  const recording = await Recording.open(join(import.meta.dirname, '../../../assets/demo.cc.zst'));
  const session = await ReplaySession.open({ recording, sources, findings, clock: Date.now });
  session.player.pause();
  const { startMs, endMs } = session.replay;
  const moments: Moment[] = [];
  try {
    for (let i = 1; i <= DEMO_MOMENTS; i++) {
      const t = startMs + ((endMs - startMs) * i) / DEMO_MOMENTS;
      await session.seek(t);
      moments.push(momentAt(`demo at ${Math.round((t - startMs) / 1000)} s`, session.timeline, t));
    }
  } finally {
    await session.stop();
  }
  return moments;
}

const moments: Moment[] = [];

beforeAll(async () => {
  for (const name of hostNames) {
    const { timeline, nowMs } = await watched(sources, hostMoments(name));
    moments.push(momentAt(name, timeline, nowMs));
  }
  for (const [i, fault] of faults.entries()) {
    const { timeline, nowMs } = await timelineOn(sources, fault.host, fault.moments, fault.secondsApart);
    moments.push(momentAt(`fault ${i}, ${fault.rule.id} on ${fault.host}`, timeline, nowMs));
  }
  moments.push(...(await momentsOfDemo()));
}, 120_000);

/** Red cells without a finding, one line per place with its first example. */
function unjudged(pane: string): readonly string[] {
  const lines = new Map<string, string>();
  for (const { name, cells, found } of moments)
    for (const cell of cells) {
      if (cell.pane !== pane || isAccounted(cell, found)) continue;
      const place = `${cell.pane}/${cell.section}/${cell.column}`;
      const line = `${place}: ${cell.role} "${cell.text}" on ${name}, row ${cell.row ?? '-'}: ${cell.name.replaceAll(/\s+/g, ' ').slice(0, 100)}`;
      if (!lines.has(place)) lines.set(place, line);
    }
  return [...lines.values()];
}

describe('pane marks warn or crit only what a rule finds', () => {
  test.each(panes.map(({ id }) => id))('%s', (pane) => {
    expect(unjudged(pane)).toEqual([]);
  });
});

test('table of judged cells names rules that exist, each place once, and no place that is never red', () => {
  const rules = new Set(findings.map(({ id }) => id));
  const named = Object.values(judgedCells).flatMap((judged) => ('rules' in judged ? judged.rules : []));
  expect(named.filter((rule) => !rules.has(rule.split('/')[0] ?? ''))).toEqual([]);
  expect(repeatedKeys()).toEqual([]);
  const red = new Set(moments.flatMap(({ cells }) => cells.map(keyOfCell)));
  expect(Object.keys(judgedCells).filter((key) => !red.has(key))).toEqual([]);
});
