import { engineName } from '../../entities/containers/container.ts';
import { containerNeeds, containersAt } from '../../entities/containers/containers.ts';
import { seesAll } from '../../entities/processes/hidden-processes.ts';
import { entityRef, hostResource, processRef, type EntityRef } from '../../findings/entity-ref.ts';
import { bytes, kib } from '../../lib/units.ts';
import { containerKey } from '../../sources/containers/container-key.ts';
import { processes, type Process } from '../../sources/processes/processes.ts';
import { delta } from '../../timeline/moment.ts';
import { defineConsumers, type Consumption } from '../contention.ts';

interface Use {
  cpus: number;
  rssKiB: number;
  bytesPerSec: number;
}

interface Group extends Use {
  readonly key: string;
  readonly subject: string;
  readonly consumer: EntityRef;
}

/**
 * CPU time, resident memory and disk I/O by container, guest, unit, or process outside of these. Shared pages count for each process that
 * has them. Where not all processes are read the total is unknown: none.
 */
export const processConsumers = defineConsumers({
  id: 'processes',
  needs: { ...containerNeeds, processes },
  of: (moment) => {
    const { now, before, seconds } = moment.processes;
    if (!now || !before || !seesAll(moment.processes)) return [];
    const names = new Map(containersAt(moment).map(({ key, engine, name }) => [key, `${engineName(engine)}:${name}`]));
    const groups = new Map<string, Group>();
    for (const process of now.processes.values()) {
      const earlier = before.processes.get(process.pid);
      const same = earlier?.startTicks === process.startTicks ? earlier : undefined;
      const group = groupOf(process, names);
      const held = groups.get(group.key) ?? { ...group, cpus: 0, rssKiB: 0, bytesPerSec: 0 };
      groups.set(group.key, held);
      const span = same === process ? seconds : Math.max(process.seconds ?? 0, seconds ?? 0) || undefined;
      const rate = (pick: (one: Process) => number | undefined) =>
        (same && delta(pick(process), pick(same), span)) ?? 0;
      held.cpus += rate(({ cpuSeconds }) => cpuSeconds);
      held.rssKiB += process.rssKiB ?? 0;
      held.bytesPerSec += rate(({ readBytes }) => readBytes) + rate(({ writeBytes }) => writeBytes);
    }
    return [...groups.values()].flatMap(consumptionOf);
  },
});

const consumptionOf = ({ subject, consumer, cpus, rssKiB, bytesPerSec }: Group): readonly Consumption[] => [
  { resource: hostResource('cpu'), consumer, subject, amount: cpus, text: `${cpus.toFixed(1)} CPUs` },
  { resource: hostResource('memory'), consumer, subject, amount: rssKiB, text: `${kib(rssKiB)} RSS` },
  { resource: hostResource('io'), consumer, subject, amount: bytesPerSec, text: `${bytes(bytesPerSec)}/s` },
];

function groupOf(process: Process, names: ReadonlyMap<string, string>): Pick<Group, 'key' | 'subject' | 'consumer'> {
  const { owner, command, pid } = process;
  const container = containerKey(owner);
  if (owner && container !== undefined)
    return {
      key: `container ${container}`,
      subject: names.get(container) ?? `${owner.kind}:${owner.name}`,
      consumer: entityRef('container', container),
    };
  if (owner?.kind === 'service' || owner?.kind === 'guest')
    return {
      key: `${owner.kind} ${owner.name}`,
      subject: `${owner.kind}:${owner.name}`,
      consumer: owner.kind === 'guest' ? processRef(process) : entityRef('unit', owner.name),
    };
  return {
    key: `process ${pid}`,
    subject: process.kernelThread ? `[${command}]` : `${command}[${pid}]`,
    consumer: processRef(process),
  };
}
