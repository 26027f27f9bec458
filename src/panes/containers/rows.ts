import { containersAt, type containerNeeds } from '../../entities/containers/containers.ts';
import { containerUse, type ContainerUse } from '../../entities/containers/use.ts';
import { troublesOf, type Trouble } from '../../entities/containers/trouble.ts';
import type { Container } from '../../entities/containers/container.ts';
import { overLast } from '../../timeline/window.ts';
import { plain } from '../../lib/plain.ts';
import { countSince } from '../../sources/containers/cgroup-rates.ts';
import type { Moment } from '../../timeline/moment.ts';
import { upSeconds } from '../../sources/processes/processes.ts';

/** A container as a row shows it; all texts are harmless. */
export interface ContainerRow {
  readonly container: Container;
  readonly use: ContainerUse | undefined;
  readonly troubles: readonly Trouble[];
  readonly name: string;
  readonly project: string | undefined;
  readonly image: string | undefined;
  readonly state: string;
  readonly uptimeSeconds: number | undefined;
}

/** OOM kills of the last minute are news. */
const LATELY_SECONDS = 60;

export function containerRows(moment: Moment<typeof containerNeeds>): readonly ContainerRow[] {
  const lately = overLast(moment.cgroups, LATELY_SECONDS);
  const at = moment.processes.history.at(-1)?.at;
  return containersAt(moment).map((container): ContainerRow => {
    const { group, init, name, project, image } = container;
    const use = containerUse(container, moment.cgroups);
    const killed = countSince(group, lately.before, ({ memoryEvents }) => memoryEvents.oomKill);
    return {
      container,
      use,
      troubles: troublesOf(container, use, killed),
      name: plain(name),
      project: project === undefined ? undefined : plain(project),
      image: image === undefined ? undefined : plain(image),
      state: stateText(container),
      uptimeSeconds: init && upSeconds(init, at),
    };
  });
}

const stateText = ({ state, exitCode }: Container): string =>
  exitCode !== undefined && (state === 'exited' || state === 'restarting') ? `${state} (${exitCode})` : state;

export const isUp = ({ container: { state } }: ContainerRow): boolean =>
  state === 'running' || state === 'paused' || state === 'frozen' || state === 'restarting';

/** What somebody should look at: not what was stopped, or ended by itself. */
export const isTroubled = ({ troubles }: ContainerRow): boolean => troubles.some(({ severity }) => severity !== 'info');
