import { definePane } from '../../src/panes/pane.ts';
import { defineSource } from '../../src/sources/source.ts';
import { ownWords } from '../../src/timeline/reading-state.ts';
import { Timeline } from '../../src/timeline/timeline.ts';
import { msColumn } from '../../src/ui/kit/columns.ts';

interface Osd {
  readonly name: string;
  readonly commitMs: number | undefined;
}

const osds = defineSource({
  id: 'test-osds',
  title: 'OSDs',
  why: 'Stands for a source in tests.',
  everySeconds: 1,
  reads: { text: { kind: 'file', path: '/proc/osds' } },
  parse: (): readonly Osd[] => [],
});

/** Pane of OSDs with their commit latency. */
export const osdPane = definePane({
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
      empty: ownWords('none'),
    },
  ],
  tile: () => ({ figures: [] }),
});

export const START_MS = 1_800_000_000_000;

/** Timeline of one OSD with a commit latency at each second; undefined: no reading at that second. */
export function timelineOf(commitMs: readonly (number | undefined)[]): Timeline {
  const timeline = new Timeline();
  for (const [second, value] of commitMs.entries())
    if (value !== undefined)
      timeline.append('test-osds', {
        sample: [{ name: 'osd.1', commitMs: value }],
        at: second,
        wallMs: START_MS + second * 1000,
        missing: {},
        tookMs: 1,
      });
  return timeline;
}
