import { cut, fit } from '../../lib/text-width.ts';
import { count, ms, NONE, percent } from '../../lib/units.ts';
import { DELAY_KINDS, type DelayKind, type DelaysSample } from '../../sources/processes/delays.ts';
import { stateWords, type ReadingState } from '../../timeline/reading-state.ts';
import type { LinesSection } from '../pane.ts';

/**
 * Delay of a process, and its share of the time between the last two readings, percent of one thread; undefined where the kernel did not
 * count throughout.
 */
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
        // A total stands while the kernel does not count it.
        const isCounting = kind === 'runQueue' || (sample.on !== false && before?.on !== false);
        const spent = earlier && isCounting && passed > 0 && delay.seconds >= earlier.seconds ? delay.seconds - earlier.seconds : undefined; // prettier-ignore
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

const NONE_COUNTED =
  'Only the run queue was counted: no other delay, or a process that started before `sysctl kernel.task_delayacct=1`.';

/** Kinds that were counted: of a process without any delay but the run queue it is unknown whether the others are. */
function countedRows(rows: readonly DelayRow[], on: boolean | undefined): readonly DelayRow[] {
  const isCounted = on !== false && rows.some(({ kind, count: times }) => kind !== 'runQueue' && times > 0);
  return isCounted ? rows : rows.filter(({ kind, count: times }) => kind === 'runQueue' || times > 0);
}

/** How long the threads of a process waited, by kind. */
export function delaysSection(
  rows: readonly DelayRow[] | undefined,
  on: boolean | undefined,
  state: ReadingState,
): LinesSection {
  const counted = rows && countedRows(rows, on);
  const isRunQueueAlone = counted !== undefined && counted.every(({ kind }) => kind === 'runQueue');
  const note = on === false ? OFF : isRunQueueAlone ? NONE_COUNTED : undefined;
  return {
    kind: 'lines',
    id: 'delays',
    title: 'Delays of all threads',
    note: 'since the start',
    sources: ['process-delays'],
    minColumns: 60,
    wantRows: () => (counted?.length ?? 1) + (note === undefined ? 0 : 1),
    draw: (columns, most, theme) => {
      if (!counted) return [theme.paint('dim', cut(stateWords(state), columns))];
      const lines = counted.map(({ kind, count: times, seconds, pct }) => {
        const mean = times === 0 ? NONE : ms((seconds / times) * 1000);
        const text = `${fit(ms(seconds * 1000), 7, 'right')} in ${fit(count(times), 6, 'right')}  mean ${fit(mean, 7, 'right')}  now ${fit(percent(pct), 6, 'right')} of a thread`;
        return theme.paint('label', fit(NAMES[kind], 14)) + cut(text, Math.max(0, columns - 14));
      });
      return [...lines, ...(note === undefined ? [] : [theme.paint('dim', cut(note, columns))])].slice(0, most);
    },
  };
}
