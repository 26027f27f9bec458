import { definePane } from '../../src/panes/pane.ts';
import { defineSource } from '../../src/sources/source.ts';
import { ownWords } from '../../src/timeline/reading-state.ts';
import { msColumn } from '../../src/ui/kit/columns.ts';

interface Osd {
  readonly name: string;
  readonly commitMs: number | undefined;
}

/** Source of the pane below. */
export const osdsOf = defineSource({
  id: 'test-osds',
  title: 'OSDs',
  why: 'Stands for a source in tests.',
  everySeconds: 1,
  reads: { text: { kind: 'file', path: '/proc/osds' } },
  parse: (): readonly Osd[] => [],
});

/** Pane of OSDs with a measured column and a process, from a source like the one above. */
export const commitPaneOf = (osds: typeof osdsOf) =>
  definePane({
    id: 'ceph',
    title: 'Ceph',
    needs: { osds },
    model: ({ osds: seen }) => seen.now ?? [],
    presence: () => 'present',
    sections: (rows) => [
      {
        kind: 'table',
        id: 'osds',
        title: 'OSDs',
        sources: ['test-osds'],
        columns: [
          { id: 'name', title: 'OSD', about: 'Name.', width: 8, value: (row: Osd) => row.name, rank: 0 },
          msColumn({ id: 'commit', title: 'commit', about: 'Latency.', width: 6, rank: 0, value: (row: Osd) => row.commitMs }), // prettier-ignore
        ],
        rows,
        key: (row: Osd) => row.name,
        sort: { column: 'name', descending: false },
        entity: (row: Osd) => ({ kind: 'osd', id: row.name }),
        process: () => ({ pid: 41, startTicks: 410, name: 'ceph-osd' }),
        empty: ownWords('none'),
      },
    ],
    tile: () => ({ figures: [] }),
  });

export const commitPane = commitPaneOf(osdsOf);
