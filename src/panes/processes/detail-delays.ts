import { cut, fit } from '../../lib/text-width.ts';
import { count, ms, NONE, percent } from '../../lib/units.ts';
import { DELAY_KINDS, type DelayKind, type DelaysSample } from '../../sources/processes/delays.ts';
import { stateWords, type ReadingState } from '../../timeline/reading-state.ts';
import type { LinesSection } from '../pane.ts';

/** Delay of a process, and its share of the time between the last two readings, percent of one thread. */
export interface DelayRow {
  readonly kind: DelayKind;
  readonly count: number;
  readonly seconds: number;
  readonly pct: number | undefined;
}

/** Rows of the newest sample with rates against the one before, which it keeps. */
export function delayRates(): (now: DelaysSample | undefined) => readonly DelayRow[] | undefined {
  let now: DelaysSample | undefined;
  let before: DelaysSample | undefined;
  return (sample) => {
    if (sample === undefined) return undefined;
    if (sample !== now) [before, now] = [now, sample];
    const passed =
      before?.uptimeSeconds === undefined || sample.uptimeSeconds === undefined
        ? 0
        : sample.uptimeSeconds - before.uptimeSeconds;
    return (
      sample.delays &&
      DELAY_KINDS.flatMap((kind) => {
        const delay = sample.delays?.[kind];
        const earlier = before?.delays?.[kind];
        if (!delay) return [];
        const spent = earlier && passed > 0 && delay.seconds >= earlier.seconds ? delay.seconds - earlier.seconds : undefined; // prettier-ignore
        return [{ kind, ...delay, pct: spent === undefined ? undefined : (100 * spent) / passed }];
      })
    );
  };
}

const NAMES: Readonly<Record<DelayKind, string>> = {
  runQueue: 'run queue',
  blockIo: 'block I/O',
  swapIn: 'swap-in',
  reclaim: 'reclaim',
  thrashing: 'thrashing',
  compaction: 'compaction',
  writeProtectCopy: 'copy on write',
  irq: 'IRQ',
};

const OFF =
  'kernel.task_delayacct is 0: only the run queue is counted. `sysctl kernel.task_delayacct=1` counts the others of processes that start after it.';

/** How long the threads of a process waited, by kind. */
export function delaysSection(
  rows: readonly DelayRow[] | undefined,
  on: boolean | undefined,
  state: ReadingState,
): LinesSection {
  // Zeros of a kernel that does not count are no figures.
  const counted = rows?.filter(({ kind, count: times }) => on !== false || kind === 'runQueue' || times > 0);
  return {
    kind: 'lines',
    id: 'delays',
    title: 'Delays of all threads',
    note: 'since the start',
    sources: ['process-delays'],
    minColumns: 60,
    wantRows: () => (counted?.length ?? 1) + (on === false ? 1 : 0),
    draw: (columns, most, theme) => {
      if (!counted) return [theme.paint('dim', cut(stateWords(state), columns))];
      const lines = counted.map(({ kind, count: times, seconds, pct }) => {
        const mean = times === 0 ? NONE : ms((seconds / times) * 1000);
        const text = `${fit(ms(seconds * 1000), 7, 'right')} in ${fit(count(times), 6, 'right')}  mean ${fit(mean, 7, 'right')}  now ${fit(percent(pct), 6, 'right')} of a thread`;
        return theme.paint('label', fit(NAMES[kind], 14)) + cut(text, Math.max(0, columns - 14));
      });
      return [...lines, ...(on === false ? [theme.paint('dim', cut(OFF, columns))] : [])].slice(0, most);
    },
  };
}
