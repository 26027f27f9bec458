import { containerNeeds, containersAt } from '../entities/containers/containers.ts';
import { engineName } from '../entities/containers/container.ts';
import { entityRef } from '../findings/entity-ref.ts';
import type { docker, DockerContainer } from '../sources/containers/docker.ts';
import { idKey } from '../sources/containers/container-key.ts';
import type { SampleOf } from '../sources/source.ts';
import { defineChanges, type Change } from './change.ts';
import { defineDiffer, mapDifferences, type Difference } from './differences.ts';
import { clockNeeds, hostClock } from './host-clock.ts';

/** Time after its creation in which the start of a container belongs to it. */
const CREATION_MS = 10_000;

/** Creation and start of containers; those of docker that ended or were removed while they were watched. */
export const containerChanges = defineChanges({
  id: 'containers',
  needs: { ...clockNeeds, ...containerNeeds },
  of: (moment) => {
    const clock = hostClock(moment);
    const created = new Map(
      (moment.docker.now?.containers ?? []).map(({ id, createdEpochSeconds }) => [id, createdEpochSeconds]),
    );
    const starts = containersAt(moment).flatMap((container): Change[] => {
      const common = {
        what: 'container',
        subject: container.name,
        entity: entityRef('container', container.key),
      } as const;
      const epoch = container.id === undefined ? undefined : created.get(container.id);
      const createdMs = epoch === undefined ? undefined : clock.ofHost(epoch * 1000);
      const startedMs = clock.ofTicks(container.init?.startTicks);
      const isOneEvent =
        createdMs !== undefined && startedMs !== undefined && Math.abs(startedMs - createdMs) < CREATION_MS;
      return [
        ...(createdMs === undefined
          ? []
          : [
              {
                ...common,
                atMs: createdMs,
                sentence: `${isOneEvent ? 'created and started' : 'created'}${container.image === undefined ? '' : `, ${container.image}`}`,
                source: 'docker Created',
              },
            ]),
        // Containers of pods are listed by their pods.
        ...(startedMs === undefined || isOneEvent || container.engine === 'k8s'
          ? []
          : [
              {
                ...common,
                atMs: startedMs,
                sentence: `started (${engineName(container.engine)})`,
                source: `/proc/${container.init?.pid}/stat`,
              },
            ]),
      ];
    });
    return [...starts, ...dockerChanges(moment.docker)];
  },
});

const dockerChanges = defineDiffer<SampleOf<typeof docker>>(
  ({ containers }) => containers !== undefined,
  ({ containers: before }, { containers: now }) => {
    const byId = (list: readonly DockerContainer[] | undefined) => new Map((list ?? []).map((one) => [one.id, one]));
    const { removed, changed } = mapDifferences(byId(before), byId(now), (a, b) => a.state === b.state);
    const container = ({ id, name }: DockerContainer, sentence: string): Difference => ({
      what: 'container',
      subject: name ?? id.slice(0, 12),
      entity: entityRef('container', idKey(id)),
      sentence,
      source: 'docker ps',
    });
    return [
      ...removed.map(([, one]) => container(one, 'removed')),
      ...changed.map(({ before: old, now: next }) =>
        container(
          next,
          `${old.state} → ${next.state}${next.exitCode === undefined ? '' : `, exit code ${next.exitCode}`}`,
        ),
      ),
    ];
  },
);
