import type { Domain, DomainsSample } from '../../sources/kvm/libvirt-domains.ts';
import { TICKS_PER_SECOND } from '../../sources/processes/proc-stat.ts';
import type { Process, processes } from '../../sources/processes/processes.ts';
import type { SampleOf } from '../../sources/source.ts';
import { lastValue, newestEntry } from '../../timeline/last-known.ts';
import type { Seen } from '../../timeline/moment.ts';
import { guestCommand } from './guest-command.ts';
import { hiddenProcesses, type HiddenMoment } from '../processes/hidden-processes.ts';

type Walk = SampleOf<typeof processes>;

/**
 * What the last list of libvirt is worth for one guest. `now`: it is today's. `old`: libvirt has been silent since, and
 * nothing speaks against it. `renewed`: its QEMU was started later. `gone`: its QEMU was there then and is no more.
 */
export type Validity = 'now' | 'old' | 'renewed' | 'gone';

export interface Freshness {
  readonly domains: ReadonlyMap<string, Domain> | undefined;
  /** How old the list is; undefined while libvirt answers. */
  readonly ageSeconds: number | undefined;
  readonly worth: (domain: Domain, process: Process | undefined) => Validity;
}

/** The list of guests, or the last one while libvirt is silent, held against what /proc has shown since. */
export function freshnessOf(
  list: Seen<DomainsSample | undefined>,
  moment: HiddenMoment & { readonly processes: Seen<Walk> },
): Freshness {
  if (list.now !== undefined) return { domains: list.now.domains, ageSeconds: undefined, worth: () => 'now' };
  const told = lastValue(list, (sample) => sample);
  if (told === undefined) return { domains: undefined, ageSeconds: undefined, worth: () => 'now' };
  const { at } = told;
  // Of what is hidden by now, as after root's rights were lost, it is not known whether it ended.
  const hidden = hiddenProcesses(moment) !== undefined;
  const then = qemusOf(
    hidden ? undefined : newestEntry(moment.processes, (entry) => entry.at <= at + LATER_SECONDS)?.sample,
  );
  return {
    domains: told.value.domains,
    ageSeconds: told.ageSeconds,
    worth: ({ uuid, name, id }, process) => {
      if (process) return id === undefined || secondsOf(process.startTicks) > at ? 'renewed' : 'old';
      return id !== undefined && (then.has(uuid) || then.has(name)) ? 'gone' : 'old';
    },
  };
}

/** A process of unknown start time counts as older than the list. */
const secondsOf = (ticks: number | undefined): number => (ticks === undefined ? -Infinity : ticks / TICKS_PER_SECOND);

/** The walk of processes that belongs to a list may have ended a little after it. */
const LATER_SECONDS = 2;

/** Every QEMU of a walk, by the UUID and the name of its guest. */
function qemusOf(sample: Walk | undefined): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { commandLine, kernelThread } of sample?.processes.values() ?? []) {
    const command = kernelThread ? undefined : guestCommand(commandLine);
    for (const name of [command?.uuid, command?.name]) if (name !== undefined) found.add(name);
  }
  return found;
}
