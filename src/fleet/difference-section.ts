import { foldNames } from '../lib/fold-names.ts';
import { plain } from '../lib/plain.ts';
import { NONE } from '../lib/units.ts';
import type { TableSection } from '../panes/pane.ts';
import { ownWords } from '../timeline/reading-state.ts';
import { textColumn, totalColumn } from '../ui/kit/columns.ts';
import { othersOf, type Difference } from './differences.ts';

const shown = (names: readonly string[]): string => foldNames(names.map((name) => plain(name)));

/** `3.1 (node[07,19]), not there (db-1)` */
const othersText = ({ values: [, ...others] }: Difference): string =>
  others
    .map(({ value, hosts }) => `${value === undefined ? 'not there' : plain(value) || NONE} (${shown(hosts)})`)
    .join(', ');

/** Versions, mounts and drivers on which hosts differ. */
export const differenceTable = (differences: readonly Difference[]): TableSection<Difference> => ({
  kind: 'table',
  id: 'differences',
  title: 'Differences',
  sources: ['fleet'],
  columns: [
    { id: 'what', title: 'WHAT', about: 'Kernel, distribution, package, mount, driver, firmware.', width: 16, widest: 40, rank: 0, value: ({ what }) => plain(what) },
    { id: 'most', title: 'MOST', about: 'Value of most hosts.', width: 14, widest: 36, rank: 0, value: ({ values: [most] }) => (most?.value === undefined ? 'not there' : plain(most.value) || NONE) },
    totalColumn({ id: 'alike', title: 'ALIKE', about: 'Hosts with that value.', width: 5, rank: 1, value: ({ values: [most] }) => most?.hosts.length }),
    totalColumn({ id: 'differ', title: 'DIFFER', about: 'Hosts with another value, or without one.', width: 6, rank: 1, value: othersOf }),
    textColumn({ id: 'others', title: 'OTHERS', about: 'Other values with their hosts.', width: 20, wants: 60, grow: true, rank: 0, value: othersText }),
  ],
  rows: differences,
  key: ({ what }) => what,
  sort: { column: 'differ', descending: false },
  empty: ownWords('none'),
  minRows: 2,
}); // prettier-ignore
