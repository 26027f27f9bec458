import type { KubeState } from '../../entities/kubernetes/state.ts';
import type { podNeeds } from '../../entities/kubernetes/pods.ts';
import { staticPods } from '../../entities/kubernetes/static-pods.ts';
import { plain } from '../../lib/plain.ts';
import { nothingWords, stateOf, stateWords } from '../../timeline/reading-state.ts';
import { bytes, ms, percent } from '../../lib/units.ts';
import { kubeLocal, type Space } from '../../sources/kubernetes/local.ts';
import { kubePulse } from '../../sources/kubernetes/pulse.ts';
import { kubeRuntime } from '../../sources/kubernetes/runtime.ts';
import type { Moment } from '../../timeline/moment.ts';
import { figure, type FigureLine } from '../../ui/kit/figure-lines.ts';
import type { PodRow } from './pod-rows.ts';

export const partNeeds = { kubeLocal, kubePulse, kubeRuntime };
type PartMoment = Moment<typeof partNeeds>;

/** State of the container runtime, and what is read from it while the API server is unresponsive. */
export function runtimeLine({ kubeRuntime: seen, kubePulse: pulse }: PartMoment, { node }: KubeState): FigureLine {
  const sample = seen.now;
  const health = pulse.now?.runtimeHealth ?? sample?.health;
  const tookMs = pulse.now?.runtimeMs ?? sample?.tookMs;
  if (health === undefined) {
    return {
      label: 'runtime',
      figures: [
        figure(nothingWords('not present', stateOf(seen), stateOf(pulse)), 'dim'),
        ...(node?.runtime === undefined ? [] : [figure(plain(node.runtime), 'dim')]),
      ],
    };
  }
  const ok = health === 'ok';
  return {
    label: 'runtime',
    figures: [
      figure(ok ? `ok in ${ms(tookMs)}` : `UNRESPONSIVE: ${plain(health)}`, ok ? 'good' : 'crit'),
      ...(sample?.containers === undefined
        ? []
        : [figure(`${sample.containers.length} containers from ${plain(sample.by ?? 'it')}`)]),
      ...(sample?.failed === undefined ? [] : [figure(plain(sample.failed), 'dim')]),
      figure(plain([node?.runtime, sample?.endpoint].filter(Boolean).join(' at ')), 'dim'),
    ],
  };
}

/** Static pods, by their manifests: with kubeadm they are the control plane, and one not running explains an unresponsive API. */
export function staticLine(
  moment: PartMoment & Pick<Moment<typeof podNeeds>, 'kubePods' | 'cgroups'>,
  rows: readonly PodRow[],
): readonly FigureLine[] {
  const pods = staticPods(
    moment.kubeLocal.now?.manifests,
    rows.map(({ here }) => here),
    moment,
  );
  if (pods.length === 0) return [];
  return [
    {
      label: 'static',
      figures: pods.map(({ name, pod, isRunning }) =>
        isRunning
          ? figure(plain(name), pod?.troubles.some(({ severity }) => severity !== 'info') ? 'warn' : 'dim')
          : isRunning === undefined
            ? figure(`${plain(name)} ${stateWords(stateOf(moment.kubePods))}`, 'dim')
            : figure(`${plain(name)} NOT RUNNING`, 'crit'),
      ),
    },
  ];
}

/** Free space of nodefs and imagefs. */
export function spaceLine({ kubeLocal: seen }: PartMoment): readonly FigureLine[] {
  const { nodefs, imagefs } = seen.now ?? {};
  const of = (what: string, space: Space | undefined) =>
    space === undefined
      ? []
      : [figure(`${what} ${bytes(space.freeBytes)} free of ${bytes(space.bytes)} (${percent(space.freePct)})`)];
  const paths = [nodefs, imagefs].flatMap((space) => (space === undefined ? [] : [figure(plain(space.path), 'dim')]));
  // Paths last: they are what a narrow screen can lose.
  const figures = [...of('nodefs', nodefs), ...of('imagefs', imagefs), ...paths];
  return figures.length === 0 ? [] : [{ label: 'disk', figures }];
}
