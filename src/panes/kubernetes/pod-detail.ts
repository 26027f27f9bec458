import { plain } from '../../lib/plain.ts';
import { NONE } from '../../lib/units.ts';
import type { Pod } from '../../sources/kubernetes/objects.ts';
import { kubeClaims } from '../../sources/kubernetes/claims.ts';
import { kubePod } from '../../sources/kubernetes/pod.ts';
import { bindDetail, type SampleOf } from '../../sources/source.ts';
import { figure, type FigureLine } from '../../ui/kit/figure-lines.ts';
import type { NothingWords } from '../../timeline/reading-state.ts';
import type { Detail, ProcessRef, TableSection } from '../pane.ts';
import { eventRows, eventsSection } from './events.ts';
import { containersSection } from './pod-containers.ts';
import type { Links } from './pod-links.ts';
import type { PodRow } from './pod-rows.ts';
import { volumeRows, volumesSection } from './pod-volumes.ts';
import { figuresSection, noneOf, whyNot } from './text-lines.ts';
import { textColumn } from '../../ui/kit/columns.ts';

/** Details of one pod, read while they are open. `nowEpochSeconds`: clock of the host when they were opened. */
export function podDetail(
  row: PodRow,
  { links, nowEpochSeconds }: { readonly links: Links; readonly nowEpochSeconds: number | undefined },
  process: ProcessRef | undefined,
): Detail {
  const { namespace, name } = row.here;
  return {
    id: 'pod',
    title: `pod ${row.namespace}/${row.name}`,
    sources: { pod: bindDetail(kubePod, { namespace, name }), claims: bindDetail(kubeClaims, { namespace, name }) },
    everySeconds: 4,
    process,
    sections: (samples, missing) => {
      // Samples of kubePod and kubeClaims by bindDetail, or undefined before the first read.
      const { pod: sample, claims } = samples as {
        readonly pod?: SampleOf<typeof kubePod>;
        readonly claims?: SampleOf<typeof kubeClaims>;
      };
      const volumes = volumeRows(claims?.claims ?? [], links.volumes.get(row.here.uid) ?? []);
      const pod = sample?.pod ?? row.here.pod;
      const why = whyNot(missing, 'pod', 'pod');
      return [
        containersSection(row, pod, nowEpochSeconds),
        figuresSection('pod', 'Pod', ['kube-pod', 'kube-pods'], podLines(row, pod, sample, why)),
        eventsSection(eventRows(sample?.events ?? [], nowEpochSeconds), {
          title: 'Events',
          note: sample?.events === undefined ? '' : `${sample.events.length}`,
          source: 'kube-pod',
          empty: noneOf(sample, missing, 'pod', 'events'),
        }),
        ...(volumes.length === 0 ? [] : [volumesSection(volumes)]),
        mountsSection(sample, noneOf(sample, missing, 'pod', 'pod')),
      ];
    },
  };
}

function podLines(
  row: PodRow,
  pod: Pod | undefined,
  sample: SampleOf<typeof kubePod> | undefined,
  why: string | undefined,
): readonly FigureLine[] {
  const troubles = row.troubles.map(({ words, severity }) => ({
    label: 'problem',
    figures: [figure(plain(words), severity === 'info' ? 'dim' : severity)],
  }));
  if (!pod) return [...troubles, { label: 'api', figures: [figure(why ?? 'not read yet', 'warn')] }];
  return [
    ...troubles,
    ...(why === undefined ? [] : [{ label: 'api', figures: [figure(why, 'warn')] }]),
    ...(pod.message === undefined ? [] : [{ label: 'message', figures: [figure(plain(pod.message), 'warn')] }]),
    {
      label: 'status',
      figures: [
        figure(`${row.status}, ${row.ready} ready`),
        figure(`controller ${row.owner || (pod.printed === undefined ? 'none' : NONE)}`),
        figure(row.qos || NONE),
        figure(`node ${row.node || (row.isNodeKnown ? 'none' : NONE)}`),
        figure(pod.hostNetwork ? 'hostNetwork' : `IP ${plain(pod.ip ?? NONE)}`),
        figure(`service account ${plain(sample?.serviceAccount ?? NONE)}`, 'dim'),
        ...(pod.priorityClass === undefined ? [] : [figure(`priority ${plain(pod.priorityClass)}`, 'dim')]),
      ],
    },
    {
      label: 'conds',
      figures: pod.conditions.map(({ type, status, reason, message }) =>
        figure(
          plain(
            `${type} ${status ?? NONE}${status === 'True' ? '' : ` ${[reason, message].filter(Boolean).join(': ')}`}`,
          ),
          status === 'True' || (pod.phase === 'Succeeded' && reason === 'PodCompleted') ? 'dim' : 'warn',
        ),
      ),
    },
    ...(pod.deletedEpochSeconds === undefined
      ? []
      : [
          {
            label: 'deleted',
            figures: [figure(`finalizers ${pod.finalizers.map(plain).join(' ') || 'none'}`, 'warn')],
          },
        ]),
    ...imageLines(pod, sample),
    ...(pod.uid === `${pod.namespace}/${pod.name}` ? [] : [{ label: 'uid', figures: [figure(plain(pod.uid), 'dim')] }]),
  ];
}

const DIGEST = /sha256:[\da-f]{12}/;

/** Image digests per container: replicas of one tag may run different images. */
function imageLines(pod: Pod, sample: SampleOf<typeof kubePod> | undefined): readonly FigureLine[] {
  const images = [...pod.initContainers, ...pod.containers].flatMap(({ name, image }) => {
    const id = sample?.imageIds.get(name);
    return id === undefined ? [] : [figure(plain(`${name} ${image ?? NONE} is ${DIGEST.exec(id)?.[0] ?? id}`), 'dim')];
  });
  return images.length === 0 ? [] : [{ label: 'images', figures: images }];
}

function mountsSection(
  sample: SampleOf<typeof kubePod> | undefined,
  empty: NothingWords,
): TableSection<SampleOf<typeof kubePod>['mounts'][number]> {
  return {
    kind: 'table',
    id: 'mounts',
    title: 'Mounts',
    note: 'names only',
    sources: ['kube-pod'],
    columns: [
      {
        id: 'container',
        title: 'CONTAINER',
        about: 'Container with the mount.',
        width: 14,
        rank: 0,
        value: ({ container }) => plain(container),
      },
      {
        id: 'path',
        title: 'PATH',
        about: 'Mount path in the container.',
        width: 24,
        grow: true,
        rank: 0,
        value: ({ path }) => plain(path),
      },
      textColumn({
        id: 'what',
        title: 'VOLUME',
        about: 'Kind and name of the volume; its content is never read.',
        width: 30,
        grow: true,
        rank: 0,
        value: ({ what }) => plain(what),
      }),
      {
        id: 'mode',
        title: 'MODE',
        about: 'rw or ro.',
        width: 4,
        rank: 1,
        value: ({ readOnly }) => (readOnly ? 'ro' : 'rw'),
        role: () => 'dim',
      },
    ],
    rows: sample?.mounts ?? [],
    key: ({ container, path }) => `${container} ${path}`,
    sort: { column: '', descending: false },
    empty,
    minRows: 2,
  };
}
