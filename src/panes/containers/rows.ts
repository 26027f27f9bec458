import { isForgotten } from '../../entities/containers/frozen.ts';
import { containersAt, type containerNeeds } from '../../entities/containers/containers.ts';
import { containerUse, recentCgroups, type ContainerUse } from '../../entities/containers/use.ts';
import { troublesOf, type Trouble } from '../../entities/containers/trouble.ts';
import type { Container } from '../../entities/containers/container.ts';
import { overLast } from '../../timeline/window.ts';
import { plain } from '../../lib/plain.ts';
import { countSince } from '../../sources/containers/cgroup-rates.ts';
import type { Moment } from '../../timeline/moment.ts';
import { upSeconds } from '../../sources/processes/processes.ts';

/** One container as a row shows it; texts are sanitised. */
export interface ContainerRow {
  readonly container: Container;
  readonly use: ContainerUse | undefined;
  readonly troubles: readonly Trouble[];
  readonly name: string;
  readonly project: string | undefined;
  readonly image: string | undefined;
  readonly state: string;
  /** Frozen for so long that it was left that way. */
  readonly isForgotten: boolean;
  readonly uptimeSeconds: number | undefined;
}

/** Window of OOM kills that count as present. */
const OOM_SECONDS = 60;

export function containerRows(moment: Moment<typeof containerNeeds>): readonly ContainerRow[] {
  const minute = overLast(moment.cgroups, OOM_SECONDS);
  const recent = recentCgroups(moment.cgroups);
  const at = moment.processes.history.at(-1)?.at;
  return containersAt(moment).map((container): ContainerRow => {
    const { group, init, name, project, image } = container;
    const use = containerUse(container, moment.cgroups, recent);
    const killed = countSince(group, minute.before, ({ memoryEvents }) => memoryEvents.oomKill);
    return {
      container,
      use,
      troubles: troublesOf(container, use, killed),
      name: plain(name),
      project: project === undefined ? undefined : plain(project),
      image: image === undefined ? undefined : plain(image),
      state: stateText(container),
      isForgotten: isForgotten(container, moment.cgroups.history),
      uptimeSeconds: init && upSeconds(init, at),
    };
  });
}

const stateText = ({ state, exitCode }: Container): string =>
  exitCode !== undefined && (state === 'exited' || state === 'restarting') ? `${state} (${exitCode})` : state;

export const isUp = ({ container: { state } }: ContainerRow): boolean =>
  state === 'running' || state === 'paused' || state === 'frozen' || state === 'restarting';

/** Whether a container needs attention: one that was stopped, or exited by itself, does not. */
export const isTroubled = ({ troubles }: ContainerRow): boolean => troubles.some(({ severity }) => severity !== 'info');
