import { label, plain } from '../../lib/plain.ts';
import type { HealthCheck } from '../../sources/ceph/health.ts';
import { ownWords, type NothingWords } from '../../timeline/reading-state.ts';
import type { Detail, TableSection } from '../pane.ts';
import { healthRole } from './cluster.ts';
import { countColumn } from '../../ui/kit/columns.ts';

export const healthSection = (checks: readonly HealthCheck[], empty: NothingWords): TableSection<HealthCheck> => ({
  kind: 'table',
  id: 'health',
  title: 'Health checks',
  note: checks.length === 0 ? '' : `${checks.length}`,
  sources: ['ceph-health'],
  columns: [
    {
      id: 'severity',
      title: '',
      about: 'ERR or WARN of ceph health; muted: by ceph health mute.',
      vocabulary: 'fixed',
      width: 5,
      rank: 0,
      value: ({ severity, muted }) => (muted ? 'muted' : label(severity?.replace('HEALTH_', '') ?? '')),
      role: ({ severity, muted }) => (muted ? 'dim' : healthRole(severity)),
    },
    {
      id: 'code',
      title: 'check',
      about: 'Code of the health check.',
      vocabulary: 'fixed',
      width: 24,
      rank: 0,
      value: ({ code }) => label(code),
    },
    countColumn({
      id: 'count',
      title: 'count',
      about: 'Number of daemons, PGs or ops concerned.',
      width: 5,
      rank: 2,
      value: (check) => check.count,
    }),
    {
      id: 'message',
      title: 'message',
      about:
        'Summary of the check. SLOW_OPS names the primaries, which more often wait for a slow replica than are slow.',
      width: 30,
      grow: true,
      rank: 0,
      value: ({ message }) => plain(message),
    },
  ],
  rows: checks,
  key: ({ code }) => code,
  sort: { column: 'severity', descending: false },
  rowRole: ({ muted }) => (muted ? 'dim' : undefined),
  searchText: ({ detail }) => plain(detail.join(' ')),
  detail: checkDetail,
  empty,
  minRows: 2,
});

const checkDetail = (check: HealthCheck): Detail => ({
  id: `health ${check.code}`,
  title: plain(check.code),
  sources: {},
  everySeconds: 0,
  sections: () => [
    {
      kind: 'table',
      id: 'lines',
      title: plain(check.message),
      sources: ['ceph-health'],
      columns: [
        {
          id: 'line',
          title: 'detail',
          about: 'Detail line of ceph health detail, up to 50.',
          width: 40,
          grow: true,
          rank: 0,
          value: ({ text }: { readonly text: string }) => plain(text),
        },
      ],
      rows: check.detail.map((text, at) => ({ text, at })),
      key: ({ at }: { readonly at: number }) => String(at),
      sort: { column: '', descending: false },
      empty: ownWords('no detail lines'),
    },
  ],
});
