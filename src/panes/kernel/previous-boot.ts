import type { LogEntry } from '../../sources/systemd/journal.ts';
import { label, plain } from '../../lib/plain.ts';
import { NONE, plural, span } from '../../lib/units.ts';
import { previousBoot, type PreviousLine } from '../../sources/kernel/previous-boot.ts';
import { bindDetail, type SampleOf } from '../../sources/source.ts';
import { nothingWords, ownWords, stateOfDetail } from '../../timeline/reading-state.ts';
import { ageColumn, countColumn, textColumn } from '../../ui/kit/columns.ts';
import { journalTable } from '../../ui/kit/journal.ts';
import type { Column, Detail, Section, TableSection } from '../pane.ts';
import { lineDetail } from './line-detail.ts';
import { eventRows, levelRole, type EventRow } from './rows.ts';

interface BootRow {
  readonly id: string;
}

const bootColumns: readonly Column<BootRow>[] = [
  textColumn({ id: 'boot', title: 'BOOT', about: 'Log of another boot, which ↵ reads where it was kept.', vocabulary: 'fixed', width: 14, rank: 0, value: ({ id }) => label(id) }),
  textColumn({ id: 'shows', title: 'SHOWS', about: 'Which lines.', vocabulary: 'fixed', width: 40, grow: true, rank: 0, value: () => label('events, kernel lines, last entries') }),
]; // prettier-ignore

/** Log of the boot before, read when its page is opened. */
export const bootsSection = (): TableSection<BootRow> => ({
  kind: 'table',
  id: 'boots',
  title: 'Other boots',
  sources: ['previous-boot'],
  columns: bootColumns,
  rows: [{ id: 'previous boot' }],
  key: ({ id }) => id,
  sort: { column: '', descending: false },
  detail: previousBootDetail,
  empty: ownWords('none'),
  minRows: 1,
});

const eventColumns: readonly Column<EventRow>[] = [
  ageColumn({ id: 'last', title: 'LAST', about: 'Time from its last line to the end of that log.', width: 6, rank: 0, value: (row) => row.lastSeconds }),
  countColumn({ id: 'count', title: 'COUNT', about: 'Lines of this kind about this object.', width: 5, rank: 1, value: (row) => row.count }),
  textColumn({ id: 'object', title: 'OBJECT', about: 'Disk, process, interface, CPU or server that the line names.', width: 12, widest: 32, rank: 0, value: (row) => row.object }),
  textColumn({ id: 'event', title: 'EVENT', about: 'What happened, in the words of the kernel.', width: 26, widest: 50, rank: 0, value: (row) => row.what }),
  textColumn({ id: 'line', title: 'LAST LINE', about: 'Its last line.', width: 30, grow: true, rank: 3, value: (row) => row.text }),
]; // prettier-ignore

const lineColumns: readonly Column<PreviousLine>[] = [
  textColumn({ id: 'time', title: 'TIME', about: 'Time of the line, UTC; of a log file without year in the zone of the host.', width: 15, rank: 0, value: ({ time }) => time && plain(time) }),
  { id: 'level', title: 'LEVEL', about: 'Level: emerg, alert, crit, err, warn, notice, info, debug.', vocabulary: 'fixed', width: 6, rank: 1, value: ({ record }) => record.level, text: ({ record }) => record.level ?? NONE, role: ({ record }) => levelRole(record.level) },
  { id: 'by', title: 'BY', about: 'kernel, or user: a process wrote the line to /dev/kmsg.', vocabulary: 'fixed', width: 6, rank: 0, value: ({ record }) => (record.byKernel ? 'kernel' : 'user') },
  textColumn({ id: 'text', title: 'LINE', about: 'Line of the kernel.', width: 40, wants: 90, grow: true, rank: 0, value: ({ record }) => plain(record.text), role: ({ record }) => levelRole(record.level) }),
]; // prettier-ignore

function previousBootDetail(): Detail {
  return {
    id: 'previous-boot',
    title: 'kernel log of the previous boot',
    sources: { boot: bindDetail(previousBoot, {}) },
    everySeconds: 3600,
    sections: (samples, missing): readonly Section[] => {
      // A sample of previousBoot by bindDetail, or undefined before the first read.
      const boot = samples['boot'] as SampleOf<typeof previousBoot> | undefined;
      const lines = boot?.kernel ?? [];
      const records = lines.map(({ record }) => record);
      const endAt = records.at(-1)?.at ?? 0;
      const beforeEnd = (at: number): number => Math.max(0, endAt - at);
      const empty = nothingWords('none kept', stateOfDetail(boot?.kernel, missing['boot'], 'kernel', 'file', 'older'));
      const opened = (record: PreviousLine['record']) =>
        lineDetail(records, record, `previous boot, ${span(beforeEnd(record.at))} before its end`);
      return [
        {
          kind: 'table',
          id: 'previous-events',
          title: 'Events',
          sources: ['previous-boot'],
          columns: eventColumns,
          // Device numbers of an earlier boot may belong to other devices now.
          rows: eventRows({ records, lost: 0 }, beforeEnd, undefined),
          key: ({ key }) => key,
          sort: { column: 'last', descending: false },
          detail: ({ event }) => opened(event.last),
          empty,
        } satisfies TableSection<EventRow>,
        {
          kind: 'table',
          id: 'previous-lines',
          title: 'Lines of the kernel',
          note: lines.length === 0 ? '' : `last ${plural(lines.length, 'line')}, ${label(boot?.from ?? '')}`,
          sources: ['previous-boot'],
          columns: lineColumns,
          rows: lines.toReversed(),
          key: ({ record }) => String(record.sequence),
          sort: { column: '', descending: false },
          detail: ({ record }) => opened(record),
          empty,
          minRows: 8,
        } satisfies TableSection<PreviousLine>,
        endSection(boot?.last, missing['boot']),
      ];
    },
  };
}

/** Last entries of all programs: how that boot ended. */
const endSection = (
  entries: readonly LogEntry[] | undefined,
  missing: Parameters<typeof journalTable>[1],
): TableSection<LogEntry> => ({
  ...journalTable(entries, missing?.['end'] && { log: missing['end'] }, 'previous-boot'),
  title: 'Last entries before the end',
});
