import { plain } from '../../lib/plain.ts';
import { bindDetail, type SampleOf } from '../../sources/source.ts';
import { unitLog } from '../../sources/systemd/unit-log.ts';
import type { Unit } from '../../sources/systemd/units.ts';
import { journalTable, journalViews } from '../../ui/kit/journal.ts';
import type { Detail } from '../pane.ts';

/** Last entries of the journal of a unit, read while the page is open, and the pages of others. */
export const unitDetail = ({ name }: Unit): Detail => ({
  id: 'unit',
  title: `unit ${plain(name)}`,
  sources: { log: bindDetail(unitLog, { unit: name }) },
  everySeconds: 5,
  sections: (samples, missing) => {
    // A sample of unitLog by bindDetail, or undefined before the first read.
    const log = samples['log'] as SampleOf<typeof unitLog> | undefined;
    return [journalTable(log?.entries, missing['log'], 'unit-log'), journalViews({ unit: name }, name, ['last'])];
  },
});
