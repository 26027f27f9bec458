import type { KubeState } from '../../entities/kubernetes/state.ts';
import { plain } from '../../lib/plain.ts';
import { bytes, ms, percent } from '../../lib/units.ts';
import { kubeLocal, type Space } from '../../sources/kubernetes/local.ts';
import { kubePulse } from '../../sources/kubernetes/pulse.ts';
import { kubeRuntime } from '../../sources/kubernetes/runtime.ts';
import type { Moment } from '../../timeline/moment.ts';
import { figure, type FigureLine } from '../../ui/kit/figure-lines.ts';
import type { PodRow } from './pod-rows.ts';

export const partNeeds = { kubeLocal, kubePulse, kubeRuntime };
type PartMoment = Moment<typeof partNeeds>;

/** Whether the container runtime answers, and what it told in place of the API server. */
export function runtimeLine({ kubeRuntime: seen, kubePulse: pulse }: PartMoment, { node }: KubeState): FigureLine {
  const sample = seen.now;
  const why = seen.missing['runtime'];
  const says = pulse.now?.runtimeSays ?? sample?.says;
  const tookMs = pulse.now?.runtimeMs ?? sample?.tookMs;
  if (says === undefined) {
    const bad = why !== undefined && why.why !== 'absent';
    return {
      label: 'runtime',
      figures: [
        figure(bad ? plain(`${why.why}: ${why.detail}`) : why ? 'not seen' : 'not read yet', bad ? 'warn' : 'dim'),
        ...(node?.runtime === undefined ? [] : [figure(plain(node.runtime), 'dim')]),
      ],
    };
  }
  const ok = says === 'ok';
  return {
    label: 'runtime',
    figures: [
      figure(ok ? `answers in ${ms(tookMs)}` : `NO ANSWER: ${plain(says)}`, ok ? 'good' : 'crit'),
      ...(sample?.containers === undefined
        ? []
        : [figure(`${sample.containers.length} containers told by ${plain(sample.by ?? '')}`, 'warn')]),
      ...(sample?.failed === undefined ? [] : [figure(plain(sample.failed), 'warn')]),
      figure(plain([node?.runtime, sample?.endpoint].filter(Boolean).join(' at ')), 'dim'),
    ],
  };
}

/** Static pods are the control plane where kubeadm made it: a manifest of which nothing runs is why the API is silent. */
export function staticLine(
  { kubeLocal: seen }: PartMoment,
  rows: readonly PodRow[],
  { api }: KubeState,
): readonly FigureLine[] {
  const manifests = (seen.now?.manifests ?? []).flatMap((file) => /^([^.].*)\.(?:ya?ml|json)$/.exec(file)?.[1] ?? []);
  if (manifests.length === 0) return [];
  const looked = rows.some(({ here }) => here.containers.size + here.onNode.size > 0);
  return [
    {
      label: 'static',
      figures: manifests.map((name) => {
        const pod = rows.find((row) => row.here.name === name || row.here.name.startsWith(`${name}-`));
        // Where control groups cannot be read the API server tells, as long as it does.
        const told = !looked && api === 'answers' && pod?.here.pod?.statuses.some((one) => one.running) === true;
        const running = told || (pod !== undefined && pod.here.containers.size + pod.here.onNode.size > 0);
        return running
          ? figure(plain(name), pod.troubles.length > 0 ? 'warn' : 'dim')
          : figure(`${plain(name)} DOES NOT RUN`, 'crit');
      }),
    },
  ];
}

/** What the kubelet and the images have left to fill. */
export function spaceLine({ kubeLocal: seen }: PartMoment): readonly FigureLine[] {
  const { nodefs, imagefs } = seen.now ?? {};
  const of = (what: string, space: Space | undefined) =>
    space === undefined
      ? []
      : [
          figure(
            `${what} ${bytes(space.freeBytes)} free of ${bytes(space.bytes)} (${percent(space.freePct)})`,
            (space.freePct ?? 100) < 15 ? 'warn' : 'text',
          ),
        ];
  const paths = [nodefs, imagefs].flatMap((space) => (space === undefined ? [] : [figure(plain(space.path), 'dim')]));
  // Paths last: where there is no room they are what can be missed.
  const figures = [...of('node', nodefs), ...of('images', imagefs), ...paths];
  return figures.length === 0 ? [] : [{ label: 'disk', figures }];
}
