import type { Domain, DomainsSample } from '../../sources/kvm/libvirt-domains.ts';
import { TICKS_PER_SECOND } from '../../sources/processes/proc-stat.ts';
import type { Process, processes } from '../../sources/processes/processes.ts';
import type { SampleOf } from '../../sources/source.ts';
import { lastValue, newestEntry } from '../../timeline/last-known.ts';
import type { Seen } from '../../timeline/moment.ts';
import { guestCommand } from './guest-command.ts';
import { seesAll } from '../processes/hidden-processes.ts';

type Walk = SampleOf<typeof processes>;

/**
 * Validity of the last domain list for one guest. `current`: libvirt responds. `stale`: it does not, and /proc does not
 * contradict the list. `restarted`: the QEMU was started after the list. `gone`: the QEMU has ended since the list.
 */
export type Validity = 'current' | 'stale' | 'restarted' | 'gone';

export interface Freshness {
  readonly domains: ReadonlyMap<string, Domain> | undefined;
  /** Age of the list; undefined while libvirt responds. */
  readonly ageSeconds: number | undefined;
  readonly validity: (domain: Domain, process: Process | undefined) => Validity;
}

/** Freshness of the domain list: the last one while libvirt does not respond, compared with the processes since. */
export function freshnessOf(list: Seen<DomainsSample | undefined>, table: Seen<Walk>): Freshness {
  if (list.now !== undefined) return { domains: list.now.domains, ageSeconds: undefined, validity: () => 'current' };
  const last = lastValue(list, (sample) => sample);
  if (last === undefined) return { domains: undefined, ageSeconds: undefined, validity: () => 'current' };
  const { at } = last;
  // Whether a QEMU that is not seen by now (root lost) has ended is unknown.
  const then = qemusOf(
    seesAll(table) ? newestEntry(table, (entry) => entry.at <= at + LATER_SECONDS)?.sample : undefined,
  );
  return {
    domains: last.value.domains,
    ageSeconds: last.ageSeconds,
    validity: ({ uuid, name, id }, process) => {
      if (process) return id === undefined || secondsOf(process.startTicks) > at ? 'restarted' : 'stale';
      return id !== undefined && (then.has(uuid) || then.has(name)) ? 'gone' : 'stale';
    },
  };
}

/** A process of unknown start time counts as older than the list. */
const secondsOf = (ticks: number | undefined): number => (ticks === undefined ? -Infinity : ticks / TICKS_PER_SECOND);

/** Tolerance between a list and the process walk that belongs to it: the walk may end a little later. */
const LATER_SECONDS = 2;

/** UUIDs and names of the guests of every QEMU in a process walk. */
function qemusOf(sample: Walk | undefined): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { commandLine, kernelThread } of sample?.processes.values() ?? []) {
    const command = kernelThread ? undefined : guestCommand(commandLine);
    for (const name of [command?.uuid, command?.name]) if (name !== undefined) found.add(name);
  }
  return found;
}
