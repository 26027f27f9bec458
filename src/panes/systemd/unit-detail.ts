import { label, plain } from '../../lib/plain.ts';
import { NONE, plural } from '../../lib/units.ts';
import { bindDetail, type SampleOf } from '../../sources/source.ts';
import { unitLog, type LogEntry } from '../../sources/systemd/unit-log.ts';
import type { Unit } from '../../sources/systemd/units.ts';
import { nothingWords, stateOfMissing, type ReadingState } from '../../timeline/reading-state.ts';
import { textColumn } from '../../ui/kit/columns.ts';
import type { Column, Detail, TableSection } from '../pane.ts';

const columns: readonly Column<LogEntry>[] = [
  textColumn({ id: 'time', title: 'TIME', about: 'Time of the entry, UTC; of a line of syslog it stands in the text.', width: 14, rank: 0, value: ({ time }) => time }),
  textColumn({ id: 'level', title: 'LEVEL', about: 'Priority: emerg, alert, crit, err, warn, notice, info, debug.', vocabulary: 'fixed', width: 6, rank: 1, value: ({ level }) => label(level ?? NONE) }),
  textColumn({ id: 'by', title: 'BY', about: 'Program and PID that logged it.', width: 14, widest: 24, rank: 2, value: ({ by }) => by && plain(by) }),
  textColumn({ id: 'text', title: 'MESSAGE', about: 'Message.', width: 40, grow: true, rank: 0, value: ({ text }) => plain(text) }),
]; // prettier-ignore

/** Last entries of the journal of a unit, read while the page is open. */
export const unitDetail = (unit: Unit): Detail => ({
  id: 'unit',
  title: `unit ${plain(unit.name)}`,
  sources: { log: bindDetail(unitLog, { unit: unit.name }) },
  everySeconds: 5,
  sections: (samples, missing) => {
    // A sample of unitLog by bindDetail, or undefined before the first read.
    const log = samples['log'] as SampleOf<typeof unitLog> | undefined;
    const gap = missing['log']?.['log'];
    const state: ReadingState =
      log?.entries !== undefined ? { state: 'read' } : gap ? stateOfMissing(gap) : { state: 'not read yet' };
    return [journalTable(log?.entries ?? [], state)];
  },
});

const journalTable = (entries: readonly LogEntry[], state: ReadingState): TableSection<LogEntry> => ({
  kind: 'table',
  id: 'journal',
  title: 'Journal',
  note: `last ${plural(entries.length, 'line')}, / filters by level, time, program, text`,
  sources: ['unit-log'],
  columns,
  // Entries of one second keep their order.
  rows: entries.toReversed(),
  key: ({ key }) => key,
  sort: { column: 'time', descending: true },
  empty: nothingWords('none', state),
  minRows: 10,
});
