import { guestCommand } from '../entities/kvm/guest-command.ts';
import { guestState } from '../entities/kvm/guest-state.ts';
import { entityRef } from '../findings/entity-ref.ts';
import { libvirtDomains } from '../sources/kvm/libvirt-domains.ts';
import { processes } from '../sources/processes/processes.ts';
import type { SampleOf } from '../sources/source.ts';
import { defineChanges, type Change } from './change.ts';
import { defineDiffer, mapDifferences, type Difference } from './differences.ts';
import { clockNeeds, hostClock } from './host-clock.ts';

/** Starts of QEMU processes; states of domains that changed while they were watched. */
export const kvmChanges = defineChanges({
  id: 'kvm',
  needs: { ...clockNeeds, processes, libvirtDomains },
  of: (moment) => {
    const clock = hostClock(moment);
    const starts = [...(moment.processes.now?.processes.values() ?? [])].flatMap((process): Change[] => {
      const command = process.kernelThread || process.state === 'Z' ? undefined : guestCommand(process.commandLine);
      const atMs = clock.ofTicks(process.startTicks);
      const key = command?.uuid ?? command?.name;
      if (command === undefined || key === undefined || atMs === undefined) return [];
      return [
        {
          atMs,
          what: 'guest',
          subject: command.name ?? key,
          entity: entityRef('guest', key),
          sentence: `started, ${process.command}[${process.pid}]`,
          source: `/proc/${process.pid}/stat`,
        },
      ];
    });
    return [...starts, ...domainChanges(moment.libvirtDomains)];
  },
});

const domainChanges = defineDiffer<SampleOf<typeof libvirtDomains>>(
  () => true,
  ({ domains: before }, { domains: now }) => {
    const { added, removed, changed } = mapDifferences(before, now, (a, b) => a.state === b.state);
    const guest = (uuid: string, subject: string, sentence: string): Difference => ({
      what: 'guest',
      subject,
      entity: entityRef('guest', uuid),
      sentence,
      source: 'libvirt',
    });
    return [
      ...added.map(([uuid, { name }]) => guest(uuid, name, 'defined')),
      ...removed.map(([uuid, { name }]) => guest(uuid, name, 'undefined')),
      ...changed.map(({ key, before: old, now: next }) =>
        guest(
          key,
          next.name,
          `${guestState(old.state, old.reason).word} → ${guestState(next.state, next.reason).word}`,
        ),
      ),
    ];
  },
);
