import { rolloutTrouble } from '../../entities/kubernetes/rollout.ts';
import { plain } from '../../lib/plain.ts';
import { duration } from '../../lib/units.ts';
import type { kubeOwners } from '../../sources/kubernetes/owners.ts';
import type { SampleOf } from '../../sources/source.ts';
import type { Role } from '../../theme.ts';
import type { Column, TableSection } from '../pane.ts';

/** A rollout that hangs, or a budget that lets no pod go. */
export interface MatterRow {
  readonly key: string;
  readonly kind: string;
  readonly name: string;
  readonly ready: string;
  readonly says: string;
  readonly role: Role;
  readonly ageSeconds: number | undefined;
}

export function matterRows(sample: SampleOf<typeof kubeOwners> | undefined): readonly MatterRow[] {
  const now = sample?.nowEpochSeconds;
  const rollouts = (sample?.workloads ?? []).flatMap((one): readonly MatterRow[] => {
    const trouble = rolloutTrouble(one, now);
    if (!trouble) return [];
    return [
      {
        key: `${one.kind} ${one.namespace}/${one.name}`,
        kind: plain(one.kind),
        name: plain(`${one.namespace}/${one.name}`),
        ready: `${one.ready ?? 0}/${one.wanted ?? '—'}`,
        says: plain(trouble.words),
        role: trouble.severity,
        ageSeconds:
          one.createdEpochSeconds === undefined || now === undefined ? undefined : now - one.createdEpochSeconds,
      },
    ];
  });
  const budgets = (sample?.budgets ?? []).flatMap((one): readonly MatterRow[] =>
    one.allowed !== 0 || !one.pods
      ? []
      : [
          {
            key: `PDB ${one.namespace}/${one.name}`,
            kind: 'Budget',
            name: plain(`${one.namespace}/${one.name}`),
            ready: `${one.healthy ?? '—'}/${one.pods}`,
            says: `lets no pod go: ${one.healthy ?? '—'} healthy, ${one.desired ?? '—'} wanted; a drain waits for it`,
            role: (one.healthy ?? 0) < (one.desired ?? 0) ? 'warn' : 'text',
            ageSeconds: undefined,
          },
        ],
  );
  return [...rollouts.toSorted((a, b) => Number(b.role === 'crit') - Number(a.role === 'crit')), ...budgets];
}

const columns: readonly Column<MatterRow>[] = [
  {
    id: 'kind',
    title: 'KIND',
    about: 'Deployment, StatefulSet, DaemonSet, Job, or disruption budget.',
    width: 11,
    rank: 0,
    value: ({ kind }) => kind,
  },
  {
    id: 'name',
    title: 'NAME',
    about: 'Namespace and name.',
    width: 20,
    grow: true,
    rank: 0,
    value: ({ name }) => name,
  },
  {
    id: 'ready',
    title: 'READY',
    about: 'Pods that are ready, of those that should be.',
    width: 6,
    align: 'right',
    rank: 0,
    value: ({ ready }) => ready,
  },
  {
    id: 'says',
    title: 'WHY',
    about: 'What its controller says.',
    width: 30,
    grow: true,
    rank: 0,
    value: ({ says }) => says,
    role: ({ role }) => role,
  },
  {
    id: 'age',
    title: 'AGE',
    about: 'Since it was made.',
    width: 6,
    align: 'right',
    rank: 2,
    value: ({ ageSeconds }) => ageSeconds,
    text: ({ ageSeconds }) => (ageSeconds === undefined ? '' : duration(ageSeconds)),
    role: () => 'dim',
  },
];

/** Where all is well and no pod comes or goes they are read every ten minutes only: then it is said how long ago. */
const OLD_SECONDS = 150;

export const mattersSection = (
  rows: readonly MatterRow[],
  readSecondsAgo: number | undefined,
  empty: string,
): TableSection<MatterRow> => ({
  kind: 'table',
  id: 'matters',
  title: 'Rollouts that hang, budgets that hold',
  note: `${rows.length}${(readSecondsAgo ?? 0) > OLD_SECONDS ? `, as of ${duration(readSecondsAgo)} ago` : ''}`,
  sources: ['kube-owners'],
  columns,
  rows,
  key: ({ key }) => key,
  sort: { column: '', descending: false },
  empty,
  minRows: 2,
});
