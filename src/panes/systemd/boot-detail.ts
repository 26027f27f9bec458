import { criticalChain, slowestUnits, type BootStep } from '../../entities/systemd/boot.ts';
import { entityRef } from '../../findings/entity-ref.ts';
import { plain } from '../../lib/plain.ts';
import { count } from '../../lib/units.ts';
import { bindDetail, type SampleOf } from '../../sources/source.ts';
import { bootUnits } from '../../sources/systemd/boot-units.ts';
import { nothingWords, stateOfMissing, type ReadingState } from '../../timeline/reading-state.ts';
import { secondsColumn, textColumn } from '../../ui/kit/columns.ts';
import type { Column, Detail, TableSection } from '../pane.ts';

const columns: readonly Column<BootStep>[] = [
  textColumn({ id: 'unit', title: 'UNIT', about: 'Name of the unit.', width: 24, grow: true, rank: 0, value: ({ name }) => plain(name) }),
  secondsColumn({ id: 'took', title: 'TOOK', about: 'Time from its start until it was active.', width: 8, rank: 0, value: ({ seconds }) => seconds }),
  secondsColumn({ id: 'at', title: 'AT', about: 'When it was active, since the start of userspace.', width: 8, rank: 0, value: ({ atSeconds }) => atSeconds }),
]; // prettier-ignore

const table = (
  id: string,
  title: string,
  rows: readonly BootStep[],
  sort: TableSection<BootStep>['sort'],
  state: ReadingState,
): TableSection<BootStep> => ({
  kind: 'table',
  id,
  title,
  note: count(rows.length),
  sources: ['boot-units'],
  columns,
  rows,
  key: ({ name }) => name,
  sort,
  entity: ({ name }) => entityRef('unit', name),
  empty: nothingWords('none', state),
  minRows: 6,
});

/** Slowest units of the boot and the chain that it waited for, read when the page is opened. */
export const bootDetail = (): Detail => ({
  id: 'boot',
  title: 'boot',
  sources: { boot: bindDetail(bootUnits, {}) },
  everySeconds: 3600,
  sections: (samples, missing) => {
    // A sample of bootUnits by bindDetail, or undefined before the first read.
    const boot = samples['boot'] as SampleOf<typeof bootUnits> | undefined;
    const gap = missing['boot']?.['boot'];
    const state: ReadingState = boot ? { state: 'read' } : gap ? stateOfMissing(gap) : { state: 'not read yet' };
    return [
      table('chain', 'Critical chain', boot ? criticalChain(boot) : [], { column: 'at', descending: true }, state),
      table('blame', 'Slowest units', boot ? slowestUnits(boot) : [], { column: 'took', descending: true }, state),
    ];
  },
});
