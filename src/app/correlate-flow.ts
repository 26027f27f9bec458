import { setImmediate as immediate } from 'node:timers/promises';
import type { StandingFinding } from '../collect/session.ts';
import { Gatherer } from '../correlate/gather.ts';
import { rank, type Correlation } from '../correlate/rank.ts';
import { sarSeries } from '../correlate/sar-series.ts';
import { BEFORE_TIMES, windowBefore, type Series, type Window } from '../correlate/series.ts';
import { windowChoices, type ReadingTimes, type WindowIncident } from '../correlate/windows.ts';
import { plain } from '../lib/plain.ts';
import type { Section } from '../panes/pane.ts';
import { choose } from './choose.ts';
import { correlationTable, correlationTitle, type CorrelationState } from './correlate-page.ts';
import type { IncidentRow } from './incident-table.ts';
import { shownMarks } from './recorded-screen.ts';
import type { Screen } from './screen.ts';
import { Surface } from './surface.ts';
import type { Watch } from './watch.ts';

/** Work between two keys, where a pane's model takes no longer. */
const SLICE_MS = 30;
/** Time between two frames that show the progress: drawing takes time from the work. */
const PROGRESS_MS = 300;
/** Time after which no denser pass begins. */
const ENOUGH_MS = 1200;

/** Asks for a window and opens the page of the series that moved in it. */
export async function correlateSeries(screen: Screen): Promise<void> {
  const { watch } = screen;
  if (!watch) return;
  const times = readingTimes(watch);
  const choices = windowChoices(times, shownMarks(screen, watch.session.marks()), selectedIncident(screen));
  if (choices.length === 0) {
    screen.notify(`correlate: ${plain(watch.session.sar?.problems[0] ?? 'needs readings over 24 s')}`);
    return;
  }
  const chosen = await choose(
    screen.layers,
    {
      title: `Correlate a time with the ${BEFORE_TIMES} times as long before`,
      choices: choices.map((choice) => ({ value: choice, title: choice.title, about: choice.about })),
    },
    screen.changed,
  );
  if (chosen) openCorrelation(screen, watch, chosen.window, { name: plain(chosen.title), startMs: times.startMs });
}

/** Times of the readings: of a sosreport those of sar, where it has some. */
function readingTimes({ session, time }: Watch): ReadingTimes {
  const { sar } = session;
  if (sar && sar.series.length > 0)
    return { startMs: sar.sinceMs, atMs: Math.min(time.atMs, sar.untilMs), coarse: true };
  return { startMs: time.startMs ?? time.atMs, atMs: time.atMs, coarse: false };
}

/** Incident under the pointer of the Overview, with the earliest onset of its findings. */
function selectedIncident({ surface, theme }: Screen): WindowIncident | undefined {
  const selected = surface?.selected(theme);
  if (selected?.section.id !== 'incidents') return undefined;
  // Rows of that table are incidents.
  const { root, victims } = selected.row as IncidentRow;
  return { object: root.subject, onsetMs: Math.min(...[root, ...victims.map(({ finding }) => finding)].map(onsetOf)) };
}

const onsetOf = ({ onset, sinceMs, seenMs }: StandingFinding): number =>
  onset ? seenMs - onset.secondsAgo * 1000 : sinceMs;

function openCorrelation(
  screen: Screen,
  watch: Watch,
  window: Window,
  { name, startMs }: { readonly name: string; readonly startMs: number },
): void {
  const { theme } = screen;
  let open = true;
  let state: CorrelationState = { done: false, share: 0 };
  let made: { readonly state: CorrelationState; readonly sections: readonly Section[] } | undefined;
  const notes = watch.session.sar?.problems ?? [];
  const set = (next: CorrelationState) => {
    state = next;
    screen.changed();
  };
  screen.layers.push({
    kind: 'page',
    surface: new Surface({
      id: 'correlation',
      title: correlationTitle(window, name),
      sections: () => {
        if (made?.state !== state) made = { state, sections: [correlationTable(state, theme, notes)] };
        return made.sections;
      },
    }),
    onClose: () => {
      open = false;
    },
  });
  const run = async () => {
    const result = await correlated(watch, window, startMs, {
      isOpen: () => open,
      progress: (share) => set({ done: false, share }),
    });
    if (result) set({ done: true, result });
  };
  run().catch((error: unknown) => {
    screen.notify(`correlate: ${error instanceof Error ? error.message : String(error)}`);
  });
}

interface Steering {
  readonly isOpen: () => boolean;
  readonly progress: (share: number) => void;
}

/** Result for a window, computed in slices; undefined when the page was closed. */
export async function correlated(
  watch: Pick<Watch, 'session' | 'panes'>,
  window: Window,
  startMs: number,
  steering: Steering,
): Promise<Correlation | undefined> {
  const { sar } = watch.session;
  const usesSar = sar !== undefined && sar.series.length > 0;
  const all = usesSar ? sarSeries(sar) : await gathered(watch, window, startMs, steering);
  return all && inSlices(rank(all, window, startMs), (done) => 0.9 + (0.1 * done) / all.length, steering);
}

/** Series of all panes; undefined when the page was closed. */
async function gathered(
  { session, panes }: Pick<Watch, 'session' | 'panes'>,
  window: Window,
  startMs: number,
  steering: Steering,
): Promise<readonly Series[] | undefined> {
  const { timeline, replay } = session;
  await replay?.loadBack(windowBefore(window, startMs).fromMs);
  const gatherer = new Gatherer(panes, (needs, wallMs) => timeline.momentAt(needs, wallMs), window, startMs);
  const endMs = performance.now() + ENOUGH_MS;
  const passes = (function* () {
    yield* gatherer.passes(() => performance.now() < endMs);
    return true;
  })();
  if (!(await inSlices(passes, (share) => share * 0.8, steering))) return undefined;
  return inSlices(gatherer.series(), () => 0.85, steering);
}

/** Value of a generator that runs in slices, so that keys and frames have precedence; undefined when the page was closed. */
async function inSlices<Value>(
  work: Generator<number, Value>,
  shareOf: (step: number) => number,
  { isOpen, progress }: Steering,
): Promise<Value | undefined> {
  let sliceMs = performance.now();
  let shownMs = sliceMs;
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    if (performance.now() - sliceMs < SLICE_MS) continue;
    if (performance.now() - shownMs >= PROGRESS_MS) {
      progress(shareOf(step.value));
      shownMs = performance.now();
    }
    await immediate();
    if (!isOpen()) return undefined;
    sliceMs = performance.now();
  }
}
