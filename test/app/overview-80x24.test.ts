import { join } from 'node:path';
import { expect, test } from 'vitest';
import { INCIDENTS, type IncidentRow } from '../../src/app/incident-table.ts';
import { Watch } from '../../src/app/watch.ts';
import type { Session } from '../../src/collect/session.ts';
import { findingKey } from '../../src/findings/finding-key.ts';
import { judge } from '../../src/findings/judge.ts';
import { unstyled } from '../../src/lib/text-width.ts';
import { Recording } from '../../src/recording/recording.ts';
import { ReplaySession } from '../../src/recording/replay-session.ts';
import { explainer, findings, panes, sources } from '../../src/subsystems/index.ts';
import { makeTheme } from '../../src/theme.ts';
import { withTable } from '../../src/ui/pane-view.ts';
import { FakeSession } from '../helpers/fake-session.ts';
import { hostMoments, hostNames } from '../helpers/hosts.ts';
import { watched } from '../helpers/moments.ts';

const theme = makeTheme({ colour: false, ascii: false });

/** Body of 80x24 with two lines of head, the time bar and the keys. */
const BODY = { columns: 80, rows: 20 };

const squeezed = (text: string): string => text.replaceAll(/[\s│]+/g, '');

/** Incidents of a session whose root sentence is not whole on the Overview while it is selected. */
function cutSentences(session: Session, nowMs: number): readonly string[] {
  const watch = new Watch({ session, panes, theme, clock: () => nowMs, explainer });
  const { surface } = watch;
  const table = surface.sections().find(({ id }) => id === INCIDENTS);
  if (table?.kind !== 'table') return [];
  return (table.rows as readonly IncidentRow[]).flatMap((row, index) => {
    surface.view = withTable(surface.view, INCIDENTS, { selectedKey: row.root.key, selectedIndex: index });
    const { lines } = surface.draw(BODY, theme, { stale: false, nextKey: 'tab' });
    return squeezed(lines.map(unstyled).join('\n')).includes(squeezed(row.root.sentence)) ? [] : row.root.sentence;
  });
}

test.each(hostNames)('Overview at 80x24 shows each root sentence of %s whole when it is selected', async (host) => {
  const { timeline, nowMs } = await watched(sources, hostMoments(host));
  const standing = judge(findings, (needs) => timeline.latestMoment(needs, nowMs)).map((one) => ({
    ...one,
    key: findingKey(one),
    sinceMs: nowMs,
    seenMs: nowMs,
  }));
  const session = Object.assign(new FakeSession(), { timeline, standing, nowMs });
  expect(cutSentences(session, nowMs)).toEqual([]);
});

test('Overview at 80x24 shows each root sentence of the demo whole when it is selected', async () => {
  const recording = await Recording.open(join(import.meta.dirname, '../../assets/demo.cc.zst'));
  const session = await ReplaySession.open({ recording, sources, findings, clock: () => 0 });
  try {
    session.player.pause();
    for (const seconds of [6, 12, 25]) {
      const atMs = session.replay.startMs + seconds * 1000;
      await session.seek(atMs);
      expect(session.findings().length).toBeGreaterThan(10);
      expect(cutSentences(session, atMs)).toEqual([]);
    }
  } finally {
    await session.stop();
  }
});
