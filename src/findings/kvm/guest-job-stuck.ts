import type { Guest } from '../../entities/kvm/guest.ts';
import { operationWord } from '../../entities/kvm/guest-state.ts';
import { guestNeeds } from '../../entities/kvm/guests.ts';
import { bytes, duration, span } from '../../lib/units.ts';
import type { MonitorsSample } from '../../sources/kvm/libvirt-monitor.ts';
import type { Entry } from '../../timeline/moment.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { recentGuests } from '../../entities/kvm/recent-guests.ts';
import { grade, limits } from '../../thresholds.ts';

/** A dump, save, backup or migration without progress: it holds the domain's state change lock, so other commands time out. */
export const guestJobStuck = defineFinding({
  id: 'guest-job-stuck',
  title: 'Guest job stalled',
  needs: guestNeeds,
  authority: limits.guestJobStillSeconds.authority,
  judge: (moment) =>
    recentGuests(moment).flatMap((guest): Found[] => {
      const { name, job } = guest;
      const seconds = stalledSeconds(guest, moment.libvirtMonitor.history);
      const severity = grade(seconds, limits.guestJobStillSeconds);
      if (job === undefined || severity === 'text') return [];
      const what = operationWord(job.operation);
      const source = 'libvirt (virsh domjobinfo)';
      return [
        {
          severity,
          subject: name,
          entity: entityRef('guest', guest.key),
          sentence: `${what} stalled, no progress for ${span(seconds)}, domain locked against other commands`,
          evidence: [
            { what: 'elapsed', value: duration(job.elapsedSeconds), source },
            { what: 'processed', value: `${bytes(job.processedBytes)} of ${bytes(job.totalBytes)}`, source },
          ],
          next: 'check its destination (full or hung file system, network); `virsh domjobabort DOMAIN` ends the job, not the guest',
          pane: 'kvm',
        },
      ];
    }),
});

/** Seconds without progress of the same job; undefined without a job that reports progress. */
function stalledSeconds(
  { uuid, job }: Guest,
  history: readonly Entry<MonitorsSample | undefined>[],
): number | undefined {
  if (uuid === undefined || job?.processedBytes === undefined) return undefined;
  const now = history.at(-1)?.sample?.guests.get(uuid);
  let since = now?.atSeconds;
  for (const { sample } of history.toReversed()) {
    const then = sample?.guests.get(uuid);
    if (then === undefined) continue;
    // A longer elapsed time is that of an earlier job of the same kind.
    const same =
      then.job?.operation === job.operation &&
      then.job?.processedBytes === job.processedBytes &&
      (then.job.elapsedSeconds ?? 0) <= (job.elapsedSeconds ?? Infinity);
    if (!same) break;
    since = then.atSeconds;
  }
  return now?.atSeconds === undefined || since === undefined ? undefined : now.atSeconds - since;
}
