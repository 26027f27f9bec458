import { entityRef, type EntityRef } from '../../findings/entity-ref.ts';
import { rolloutTrouble } from '../../entities/kubernetes/rollout.ts';
import { plain } from '../../lib/plain.ts';
import { span } from '../../lib/units.ts';
import type { kubeOwners } from '../../sources/kubernetes/owners.ts';
import type { SampleOf } from '../../sources/source.ts';
import type { Role } from '../../theme.ts';
import type { NothingWords } from '../../timeline/reading-state.ts';
import type { Column, TableSection } from '../pane.ts';
import { ageColumn } from '../../ui/kit/columns.ts';

/** MatterRow is a stalled rollout, or a PodDisruptionBudget that allows no disruption. */
export interface MatterRow {
  readonly key: string;
  readonly entity: EntityRef;
  readonly kind: string;
  readonly name: string;
  readonly ready: string;
  readonly problem: string;
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
        entity: entityRef('workload', `${one.kind}/${one.namespace}/${one.name}`),
        kind: plain(one.kind),
        name: plain(`${one.namespace}/${one.name}`),
        ready: `${one.ready ?? 0}/${one.wanted ?? '—'}`,
        problem: plain(trouble.words),
        role: trouble.severity === 'info' ? 'text' : trouble.severity,
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
            entity: entityRef('workload', `PDB/${one.namespace}/${one.name}`),
            kind: 'PDB',
            name: plain(`${one.namespace}/${one.name}`),
            ready: `${one.healthy ?? '—'}/${one.pods}`,
            problem: `0 disruptions allowed, ${one.healthy ?? '—'} healthy of ${one.desired ?? '—'} desired; blocks kubectl drain`,
            role: 'text',
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
    about: 'Deployment, StatefulSet, DaemonSet, Job, or PDB (PodDisruptionBudget).',
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
    about: 'Ready pods of desired; of a PDB healthy pods of all.',
    width: 6,
    rank: 0,
    align: 'right',
    value: ({ ready }) => ready,
  },
  {
    id: 'problem',
    title: 'PROBLEM',
    about: 'Condition that its controller reports.',
    width: 30,
    grow: true,
    rank: 0,
    value: ({ problem }) => problem,
    role: ({ role }) => role,
  },
  ageColumn({
    id: 'age',
    title: 'AGE',
    about: 'Time since its creation.',
    width: 6,
    rank: 2,
    value: ({ ageSeconds }) => ageSeconds,
    missing: '',
    role: () => 'dim',
  }),
];

/** Age from which the note shows when they were read: without changes that is every ten minutes only. */
const OLD_SECONDS = 150;

export const mattersSection = (
  rows: readonly MatterRow[],
  readSecondsAgo: number | undefined,
  empty: NothingWords,
): TableSection<MatterRow> => ({
  kind: 'table',
  id: 'matters',
  title: 'Stalled rollouts and PDBs that block a drain',
  note: `${rows.length}${(readSecondsAgo ?? 0) > OLD_SECONDS ? `, as of ${span(readSecondsAgo)} ago` : ''}`,
  sources: ['kube-owners'],
  columns,
  rows,
  key: ({ key }) => key,
  entity: ({ entity }) => entity,
  name: ({ name }) => name,
  sort: { column: '', descending: false },
  empty,
  minRows: 2,
});
