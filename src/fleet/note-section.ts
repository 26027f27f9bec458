import { utcText } from '../lib/iso-time.ts';
import { plain } from '../lib/plain.ts';
import { NONE } from '../lib/units.ts';
import type { TableSection } from '../panes/pane.ts';
import { ownWords } from '../timeline/reading-state.ts';
import type { FleetNote } from './host-row.ts';

/** Markers and notes of a fleet and of its hosts, the newest last. */
export const noteTable = (notes: readonly FleetNote[]): TableSection<FleetNote> => ({
  kind: 'table',
  id: 'notes',
  title: 'Notes',
  sources: ['fleet'],
  columns: [
    { id: 'at', title: 'TIME', about: 'Time of the note, UTC; in a recording its position.', width: 14, rank: 0, value: ({ atMs }) => atMs, text: ({ atMs }) => utcText(atMs / 1000) ?? NONE },
    { id: 'host', title: 'HOST', about: 'Host that the note is about; blank: all of them.', width: 14, widest: 30, rank: 0, value: ({ host = '' }) => plain(host) },
    { id: 'text', title: 'NOTE', about: 'Text of the note.', width: 20, grow: true, rank: 0, value: ({ text }) => plain(text), text: ({ text }) => (text === '' ? 'marker' : plain(text)) },
  ],
  rows: notes,
  key: ({ atMs, host = '', text }) => `${atMs} ${host} ${text}`,
  sort: { column: 'at', descending: false },
  empty: ownWords('none'),
  minRows: 2,
}); // prettier-ignore
