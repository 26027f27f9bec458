import { engineName } from '../../entities/containers/container.ts';
import { containerUse, type ContainerUse } from '../../entities/containers/use.ts';
import type { Missing } from '../../host/host.ts';
import type { Cgroup } from '../../sources/containers/cgroups.ts';
import { containerLive } from '../../sources/containers/live.ts';
import { containerMounts, type ContainerMount } from '../../sources/containers/container-mounts.ts';
import { dockerInspect, type Inspected } from '../../sources/containers/docker-inspect.ts';
import { lxdInstance, type LxdInstanceState } from '../../sources/containers/lxd-instance.ts';
import { bindDetail, type BoundDetail } from '../../sources/source.ts';
import { stateOfDetail, stateOfMissing, stateWords } from '../../timeline/reading-state.ts';
import type { Detail, ProcessRef } from '../pane.ts';
import { disksSection } from './detail-disks.ts';
import { mountsSection } from './detail-mounts.ts';
import { insideSection } from './detail-processes.ts';
import { onDemandSection } from '../../ui/kit/on-demand.ts';
import { logDetail, logTarget } from './log.ts';
import { engineSection, usageSection } from './detail-summary.ts';
import { isUp, type ContainerRow } from './rows.ts';

export type Live = ReturnType<typeof containerLive.parse>;

/** The last two samples of one container, and its use between them. */
export interface ContainerSnapshot {
  readonly now: Live;
  readonly before: Live | undefined;
  readonly seconds: number | undefined;
  readonly use: ContainerUse | undefined;
}

/** Detail of one container, read while it is open. */
export function containerDetail(row: ContainerRow, process: ProcessRef | undefined): Detail {
  const { container } = row;
  const snapshotOf = snapshots();
  const fromEngine: Readonly<Record<string, BoundDetail>> =
    container.id !== undefined && (container.engine === 'docker' || container.engine === 'podman')
      ? { inspect: bindDetail(dockerInspect, { id: container.id, engine: container.engine }) }
      : container.instance === undefined
        ? {}
        : { instance: bindDetail(lxdInstance, container.instance) };
  return {
    id: 'container',
    title: `${engineName(container.engine)} ${row.name}`,
    sources: {
      live: bindDetail(containerLive, { key: container.key, initPid: process?.pid }),
      ...(process && { mounts: bindDetail(containerMounts, { pid: process.pid }) }),
      ...fromEngine,
    },
    everySeconds: 2,
    process,
    sections: (samples, missing) => {
      // bindDetail gave each name the sample of its source; undefined until read.
      const { live, mounts, inspect, instance } = samples as {
        readonly live?: Live;
        readonly mounts?: readonly ContainerMount[];
        readonly inspect?: Inspected;
        readonly instance?: LxdInstanceState;
      };
      const seen = snapshotOf(live);
      const log = logTarget(container, inspect?.logPath);
      return [
        usageSection(row, seen, whyNot(missing, 'live', 'cgroups')),
        engineSection(
          row,
          inspect,
          instance,
          whyNot(missing, 'inspect', 'inspect') ?? whyNot(missing, 'instance', 'state'),
        ),
        // A stopped container has no processes and no I/O.
        ...(isUp(row) || seen?.now.group
          ? [
              insideSection(seen, stateOfDetail(live, missing['live'], 'table')),
              disksSection(seen, stateOfDetail(live, missing['live'], 'cgroups')),
              ...(process ? [mountsSection(mounts, stateOfDetail(mounts, missing['mounts']))] : []),
            ]
          : []),
        ...(log === undefined
          ? []
          : [
              onDemandSection({ what: 'log, followed', cost: log.of === 'docker' && log.by !== 'file' ? 'dockerd reads its last 400 lines, every 2 s' : 'the last 64 KiB of its file every 2 s, no request to the daemon' }, () => logDetail(row.name, log), 'log'), // prettier-ignore
            ]),
      ];
    },
  };
}

function whyNot(
  missing: Readonly<Record<string, Readonly<Record<string, Missing>>>>,
  source: string,
  read: string,
): string | undefined {
  const why = missing[source]?.[read];
  return why && stateWords(stateOfMissing(why));
}

/** Pairs each sample with the one before it, which rates need: a detail gets the latest only. */
function snapshots(): (sample: Live | undefined) => ContainerSnapshot | undefined {
  let now: Live | undefined;
  let before: Live | undefined;
  return (sample) => {
    if (sample === undefined) return undefined;
    if (sample !== now) [before, now] = [now, sample];
    const seconds =
      before?.uptimeSeconds === undefined || sample.uptimeSeconds === undefined
        ? undefined
        : sample.uptimeSeconds - before.uptimeSeconds;
    const then = before?.group;
    const pair = { before: then && only(then), seconds };
    return {
      now: sample,
      before,
      seconds,
      use: containerUse({ group: sample.group }, pair, pair),
    };
  };
}

const only = (group: Cgroup) => ({ layout: undefined, cgroups: new Map([[group.path, group]]), left: undefined });
