import { lastKnown } from '../timeline/last-known.ts';
import { guestNeeds } from '../entities/guests.ts';
import { duration, ms } from '../lib/units.ts';
import { defineFinding, type Found } from './finding.ts';
import { guestsLately } from './guests-lately.ts';
import { grade, limits } from './limits.ts';

/** A restart is no finding. */
const RESTART_SECONDS = 10;

/** The daemon that everybody needs to start, stop and move guests does not answer, or hardly. The guests run on without it. */
export const libvirtSilent = defineFinding({
  id: 'libvirt-silent',
  title: 'libvirt does not answer',
  needs: guestNeeds,
  authority: limits.libvirtMs.authority,
  judge: (moment) => {
    const { libvirtDomains } = moment;
    const guests = guestsLately(moment).filter(({ process }) => process !== undefined).length;
    const { now: told, ageMs } = lastKnown(libvirtDomains);
    const absent = Object.values(libvirtDomains.missing).every(({ why }) => why === 'absent');
    const gone = told === undefined || !absent ? 0 : (ageMs ?? 0) / 1000;
    const busyMs = libvirtDomains.now?.workersBusyMs;
    const missing = Object.values(libvirtDomains.missing).find(({ why }) => why === 'timeout' || why === 'failed');
    const evidence = [{ what: 'guests that are up', value: String(guests), source: '/proc' }];
    const found = (
      severity: Found['severity'],
      sentence: string,
      what: string,
      value: string,
      next: string,
    ): Found[] => [
      {
        severity,
        subject: 'libvirt',
        sentence,
        evidence: [{ what, value, source: 'libvirt-sock-ro' }, ...evidence],
        next,
        pane: 'kvm',
      },
    ];
    if (libvirtDomains.now === undefined)
      return missing && guests > 0
        ? found(
            'crit',
            `libvirt does not answer while ${guests} guests are up`,
            'what came',
            missing.detail,
            'see in Processes whether libvirtd or virtqemud runs, hangs (D) or is stopped (T), and read its log',
          )
        : guests > 0 && gone >= RESTART_SECONDS
          ? found(
              'warn',
              `libvirt is not running any more while ${guests} guests are up: nobody can start, stop or move one`,
              'last answer',
              `${duration(gone)} ago`,
              'see in the journal of libvirtd or virtqemud why it ended; starting it anew does not touch the guests',
            )
          : [];
    if (busyMs !== undefined)
      return found(
        'crit',
        `All workers of libvirt have been busy for ${duration(busyMs / 1000)}: commands for any guest wait`,
        'waiting',
        duration(busyMs / 1000),
        'find the guests whose monitors are stuck: each command for them holds a worker',
      );
    const slow = grade(libvirtDomains.tookMs, limits.libvirtMs);
    return slow === 'text'
      ? []
      : found(
          'warn',
          `libvirt took ${ms(libvirtDomains.tookMs)} for a list of its guests`,
          'answer',
          ms(libvirtDomains.tookMs),
          'see in Processes what libvirtd or virtqemud waits for',
        );
  },
});
