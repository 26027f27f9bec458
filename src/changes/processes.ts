import { entityRef, entityText, type EntityRef } from '../findings/entity-ref.ts';
import { daemonsOf } from '../incidents/dependencies/processes.ts';
import { isOlder, processes, type Process } from '../sources/processes/processes.ts';
import { defineChanges, type Change } from './change.ts';
import { clockNeeds, hostClock } from './host-clock.ts';

/** Time after a boot in which units start: these starts are the boot. */
const BOOT_MS = 3 * 60_000;
/** Sessions of users, and units that timers start: neither is a change of the host. */
const NOT_SERVICES =
  /^(?:user@|user-runtime-dir@|session-|apt-daily|man-db|logrotate|fstrim|systemd-tmpfiles|sysstat-)/;

/** Starts of units and of known daemons, by their oldest process. */
export const processChanges = defineChanges({
  id: 'processes',
  needs: { ...clockNeeds, processes },
  of: (moment) => {
    const clock = hostClock(moment);
    const table = moment.processes.now?.processes;
    const isAfterBoot = (atMs: number) => clock.bootMs === undefined || atMs > clock.bootMs + BOOT_MS;
    const started = (process: Process, change: Pick<Change, 'what' | 'subject' | 'entity'>): readonly Change[] => {
      const atMs = clock.ofTicks(process.startTicks);
      if (atMs === undefined || !isAfterBoot(atMs)) return [];
      const sentence = `started, ${process.command}[${process.pid}]`;
      return [{ ...change, atMs, sentence, source: `/proc/${process.pid}/stat` }];
    };
    const found: Change[] = [];
    const units = new Map<string, Process>();
    const daemons = new Map<string, { readonly entity: EntityRef; readonly process: Process }>();
    for (const process of table?.values() ?? []) {
      if (process.kernelThread || process.state === 'Z') continue;
      const { owner } = process;
      if (owner?.kind === 'service' && !NOT_SERVICES.test(owner.name)) {
        const oldest = units.get(owner.name);
        if (oldest === undefined || isOlder(process, oldest)) units.set(owner.name, process);
      }
      if (owner?.kind === 'service') continue;
      // Without a unit: started by a script, or in a lab.
      for (const entity of daemonsOf(process)) {
        // Monitors of containers are named like their daemon; several databases have a server each.
        const key = entity.id === 'ovsdb-server' ? `${entity.id} ${process.pid}` : entityText(entity);
        const oldest = daemons.get(key)?.process;
        if (oldest === undefined || isOlder(process, oldest)) daemons.set(key, { entity, process });
      }
    }
    for (const { entity, process } of daemons.values())
      found.push(
        ...started(process, {
          what: entity.kind === 'mon' ? 'mon' : 'daemon',
          subject: entity.kind === 'mgr' ? process.command : entity.id,
          entity,
        }),
      );
    for (const [name, process] of units)
      found.push(...started(process, { what: 'unit', subject: name, entity: entityRef('unit', name) }));
    return found;
  },
});
