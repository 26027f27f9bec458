import type { Guest } from '../../entities/kvm/guest.ts';
import { operationWord } from '../../entities/kvm/guest-state.ts';
import { guestNeeds } from '../../entities/kvm/guests.ts';
import { bytes, duration } from '../../lib/units.ts';
import type { MonitorsSample } from '../../sources/kvm/libvirt-monitor.ts';
import type { Entry } from '../../timeline/moment.ts';
import { defineFinding, type Found } from '../finding.ts';
import { guestsLately } from './guest-rates.ts';
import { grade, limits } from '../../thresholds.ts';

/** A dump, save, backup or migration that moves nothing: it keeps the guest's lock, and whoever wants to change it waits and fails. */
export const guestJobStuck = defineFinding({
  id: 'guest-job-stuck',
  title: 'A job of a guest does not get on',
  needs: guestNeeds,
  authority: limits.guestJobStillSeconds.authority,
  judge: (moment) =>
    guestsLately(moment).flatMap((guest): Found[] => {
      const { name, job } = guest;
      const seconds = stillSeconds(guest, moment.libvirtMonitor.history);
      const severity = grade(seconds, limits.guestJobStillSeconds);
      if (job === undefined || severity === 'text') return [];
      const what = operationWord(job.operation);
      const source = 'libvirt (virsh domjobinfo)';
      return [
        {
          severity,
          subject: name,
          sentence: `The ${what} of ${name} has moved nothing for ${duration(seconds)}: it keeps the guest's lock, and commands that want to change it fail`,
          evidence: [
            { what: 'under way for', value: duration(job.elapsedSeconds), source },
            { what: 'moved', value: `${bytes(job.processedBytes)} of ${bytes(job.totalBytes)}`, source },
          ],
          next: 'look at what it writes to or where it goes (a full or hung file system, a network); virsh domjobabort ends it, and the guest runs on',
          pane: 'kvm',
        },
      ];
    }),
});

/** For how long the same job has stood at the same figure; undefined without a job that tells figures. */
function stillSeconds({ uuid, job }: Guest, history: readonly Entry<MonitorsSample | undefined>[]): number | undefined {
  if (uuid === undefined || job?.processedBytes === undefined) return undefined;
  const now = history.at(-1)?.sample?.guests.get(uuid);
  let since = now?.atSeconds;
  for (const { sample } of history.toReversed()) {
    const then = sample?.guests.get(uuid);
    if (then === undefined) continue;
    // An earlier job of the same kind had been under way for longer.
    const same =
      then.job?.operation === job.operation &&
      then.job?.processedBytes === job.processedBytes &&
      (then.job.elapsedSeconds ?? 0) <= (job.elapsedSeconds ?? Infinity);
    if (!same) break;
    since = then.atSeconds;
  }
  return now?.atSeconds === undefined || since === undefined ? undefined : now.atSeconds - since;
}
