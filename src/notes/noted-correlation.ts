import type { Session, StandingFinding } from '../collect/session.ts';
import { Gatherer } from '../correlate/gather.ts';
import { changeText, figureText } from '../correlate/moved-text.ts';
import { rank, type Moved } from '../correlate/rank.ts';
import { sarSeries } from '../correlate/sar-series.ts';
import { incidentWindow } from '../correlate/windows.ts';
import type { IncidentRow } from '../incidents/incident-rows.ts';
import { plain } from '../lib/plain.ts';
import { maskSecrets } from '../lib/secrets.ts';
import { explainer, panes } from '../subsystems/index.ts';
import { mapTexts, type CaseNotes, type NotedCorrelation } from './case-notes.ts';

/** Number of series in the notes. */
const MOST = 10;

/** Series that moved in the window of the first incident; none without an incident or readings over time. */
export function notedCorrelation(session: Session, atMs: number): Pick<CaseNotes, 'correlation'> {
  const [first] = explainer.rows(session.findings(), (needs) => session.timeline.moment(needs, atMs), atMs);
  const correlation = first && correlationOf(session, first, atMs);
  return correlation ? { correlation } : {};
}

function correlationOf(
  session: Session,
  first: IncidentRow<StandingFinding>,
  atMs: number,
): NotedCorrelation | undefined {
  const { sar } = session;
  const coarse = sar !== undefined && sar.series.length > 0;
  const startMs = coarse ? sar.sinceMs : (session.timeline.startMs ?? atMs);
  const endMs = coarse ? Math.min(atMs, sar.untilMs) : atMs;
  const onsetMs = Math.min(...[first.root, ...first.victims.map(({ finding }) => finding)].map(onsetOf));
  const choice = incidentWindow({ startMs, atMs: endMs, coarse }, { object: first.root.subject, onsetMs });
  if (!choice) return undefined;
  const { window } = choice;
  const gatherer = new Gatherer(panes, (needs, wallMs) => session.timeline.momentAt(needs, wallMs), window, startMs);
  if (!coarse) drain(gatherer.passes(() => false));
  const series = coarse ? sarSeries(sar) : drain(gatherer.series());
  const { moved, compared, before } = drain(rank(series, window, startMs));
  return mapTexts(
    {
      incident: first.root.key,
      window: { from: iso(window.fromMs), until: iso(window.toMs) },
      before: { from: iso(before.fromMs), until: iso(before.toMs) },
      compared,
      series: moved.slice(0, MOST).map(notedMoved),
    },
    (text) => maskSecrets(plain(text)),
  );
}

const notedMoved = (row: Moved): NotedCorrelation['series'][number] => {
  const { series, comparison, strength, appeared, others } = row;
  return {
    object: series.object(),
    ...(series.entity && { entity: series.entity }),
    pane: series.pane ?? series.origin,
    section: series.section,
    series: series.title,
    ...(!appeared && { before: figureText(row, comparison.beforeMedian) }),
    during: figureText(row, comparison.duringMedian),
    change: changeText(row),
    strength,
    ...(others.length > 0 && { more: others.map((other) => other.series.object()) }),
  };
};

const onsetOf = ({ onset, sinceMs, seenMs }: StandingFinding): number =>
  onset ? seenMs - onset.secondsAgo * 1000 : sinceMs;

const iso = (wallMs: number): string => new Date(wallMs).toISOString();

function drain<Value>(work: Generator<unknown, Value>): Value {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}
