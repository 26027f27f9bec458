import type { Detail, TableSection } from '../../panes/pane.ts';
import { ownWords } from '../../timeline/reading-state.ts';
import { textColumn } from './columns.ts';

/** Reading that a person starts, and what it costs the host. */
export interface OnDemandRow {
  readonly what: string;
  readonly cost: string;
}

/** Table of one reading that is taken when its page is opened. */
export const onDemandSection = (
  row: OnDemandRow,
  detail: () => Detail,
  id = 'on-demand',
): TableSection<OnDemandRow> => ({
  kind: 'table',
  id,
  title: 'On demand',
  sources: [],
  columns: [
    textColumn({ id: 'what', title: 'READING', about: 'Reading that ↵ starts.', vocabulary: 'fixed', width: 24, rank: 0, value: ({ what }) => what }),
    textColumn({ id: 'cost', title: 'COST', about: 'What it costs the host, or who is asked.', vocabulary: 'fixed', width: 30, grow: true, rank: 0, value: ({ cost }) => cost }),
  ],
  rows: [row],
  key: ({ what }) => what,
  sort: { column: 'what', descending: false },
  detail,
  empty: ownWords('none'),
  minRows: 1,
}); // prettier-ignore
