import type { KubeState } from '../../entities/kubernetes/state.ts';
import { plain } from '../../lib/plain.ts';
import { missingText } from '../../ui/kit/missing-reason.ts';
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
  const why = seen.missing['runtime'];
  const health = pulse.now?.runtimeHealth ?? sample?.health;
  const tookMs = pulse.now?.runtimeMs ?? sample?.tookMs;
  if (health === undefined) {
    const bad = why !== undefined && why.why !== 'absent';
    return {
      label: 'runtime',
      figures: [
        figure(bad ? missingText(why) : why ? 'not present' : 'not read yet', bad ? 'warn' : 'dim'),
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
        : [figure(`${sample.containers.length} containers from ${plain(sample.by ?? 'it')}`, 'warn')]),
      ...(sample?.failed === undefined ? [] : [figure(plain(sample.failed), 'warn')]),
      figure(plain([node?.runtime, sample?.endpoint].filter(Boolean).join(' at ')), 'dim'),
    ],
  };
}

/** Static pods, by their manifests: with kubeadm they are the control plane, and one not running explains an unresponsive API. */
export function staticLine(
  { kubeLocal: seen }: PartMoment,
  rows: readonly PodRow[],
  { api }: KubeState,
): readonly FigureLine[] {
  const manifests = (seen.now?.manifests ?? []).flatMap((file) => /^([^.].*)\.(?:ya?ml|json)$/.exec(file)?.[1] ?? []);
  if (manifests.length === 0) return [];
  const containersRead = rows.some(({ here }) => here.containers.size + here.onNode.size > 0);
  return [
    {
      label: 'static',
      figures: manifests.map((name) => {
        const pod = rows.find((row) => row.here.name === name || row.here.name.startsWith(`${name}-`));
        // Without readable cgroups the statuses of the API server count, while it responds.
        const reported =
          !containersRead && api === 'responsive' && pod?.here.pod?.statuses.some((one) => one.running) === true;
        const running = reported || (pod !== undefined && pod.here.containers.size + pod.here.onNode.size > 0);
        return running
          ? figure(plain(name), pod.troubles.length > 0 ? 'warn' : 'dim')
          : figure(`${plain(name)} NOT RUNNING`, 'crit');
      }),
    },
  ];
}

/** Free space of nodefs and imagefs. */
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
  // Paths last: they are what a narrow screen can lose.
  const figures = [...of('nodefs', nodefs), ...of('imagefs', imagefs), ...paths];
  return figures.length === 0 ? [] : [{ label: 'disk', figures }];
}
