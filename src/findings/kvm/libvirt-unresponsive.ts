import { guestNeeds } from '../../entities/kvm/guests.ts';
import { libvirtDaemon } from '../../entities/kvm/libvirt-daemon.ts';
import { plain } from '../../lib/plain.ts';
import { duration, ms } from '../../lib/units.ts';
import { defineFinding, type Found } from '../finding.ts';
import { guestsLately } from './guest-rates.ts';
import { grade, limits } from '../../thresholds.ts';

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
    const { state, silentSeconds, why } = libvirtDaemon(libvirtDomains, moment);
    const busyMs = libvirtDomains.now?.workersBusyMs;
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
    if (guests > 0 && state === 'silent')
      return found(
        'crit',
        `libvirt does not answer while ${guests} guests are up`,
        'what came',
        plain(why ?? 'nothing'),
        'see in Processes whether libvirtd or virtqemud hangs (D) or is stopped (T), and read its log',
      );
    // One that never answered may have been off for long, as somebody wished.
    if (guests > 0 && state === 'stopped' && (silentSeconds ?? 0) >= RESTART_SECONDS)
      return found(
        'warn',
        `libvirt is not running any more while ${guests} guests are up: nobody can start, stop or move one`,
        'last answer',
        `${duration(silentSeconds)} ago`,
        'see in the journal of libvirtd or virtqemud why it ended; starting it anew does not touch the guests',
      );
    if (state !== 'answers') return [];
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
