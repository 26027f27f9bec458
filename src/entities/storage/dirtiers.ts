import type { Process, processes } from '../../sources/processes/processes.ts';
import type { SampleOf } from '../../sources/source.ts';
import { delta, type Seen } from '../../timeline/moment.ts';

export interface Dirtier {
  /** `service nova-compute`, `docker 0123456789ab`; `dd[4242]` for a process outside of these. */
  readonly name: string;
  readonly bytesPerSec: number;
}

/**
 * Who makes pages dirty, most first: write_bytes of proc_pid_io(5), which counts when a page of the cache is made dirty, not when it is
 * written. Empty without root, which other users' counters need.
 */
export function dirtiers({ now, before, seconds }: Seen<SampleOf<typeof processes>>): readonly Dirtier[] {
  const found = new Map<string, number>();
  for (const process of now?.processes.values() ?? []) {
    const earlier = before?.processes.get(process.pid);
    if (earlier?.startTicks !== process.startTicks) continue;
    const bytesPerSec = delta(process.writeBytes, earlier?.writeBytes, seconds) ?? 0;
    if (bytesPerSec > 0) found.set(nameOf(process), (found.get(nameOf(process)) ?? 0) + bytesPerSec);
  }
  return [...found].map(([name, bytesPerSec]) => ({ name, bytesPerSec })).toSorted((a, b) => b.bytesPerSec - a.bytesPerSec);
} // prettier-ignore

const nameOf = ({ owner, command, pid }: Process): string =>
  owner === undefined || owner.kind === 'user' ? `${command}[${pid}]` : `${owner.kind} ${owner.name}`;
