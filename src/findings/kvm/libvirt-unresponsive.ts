import { guestNeeds } from '../../entities/kvm/guests.ts';
import { libvirtDaemon } from '../../entities/kvm/libvirt-daemon.ts';
import { plain } from '../../lib/plain.ts';
import { duration, ms, plural, span } from '../../lib/units.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { recentGuests } from '../../entities/kvm/recent-guests.ts';
import { grade, limits } from '../../thresholds.ts';

/** Seconds without a daemon that a restart may take. */
const RESTART_SECONDS = 10;

/** libvirtd or virtqemud that is down, hung or slow. Guests keep running, but cannot be started, stopped or migrated. */
export const libvirtUnresponsive = defineFinding({
  id: 'libvirt-unresponsive',
  title: 'libvirt unresponsive',
  needs: guestNeeds,
  authority: limits.libvirtMs.authority,
  judge: (moment) => {
    const { libvirtDomains } = moment;
    const guests = recentGuests(moment).filter(({ process }) => process !== undefined).length;
    const running = `${plural(guests, 'guest')} running`;
    const { state, replyAgeSeconds, why } = libvirtDaemon(libvirtDomains, moment.processes);
    const busyMs = libvirtDomains.now?.workersBusyMs;
    const evidence = [{ what: 'guests running', value: String(guests), source: '/proc' }];
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
        subjectVocabulary: 'fixed',
        entity: entityRef('daemon', 'libvirt'),
        sentence,
        evidence: [{ what, value, source: 'libvirt-sock-ro' }, ...evidence],
        next,
        pane: 'kvm',
      },
    ];
    if (guests > 0 && state === 'unresponsive')
      return found(
        'crit',
        `unresponsive${replyAgeSeconds === undefined ? '' : ` for ${span(replyAgeSeconds)}`}, ${running}`,
        'reply',
        plain(why ?? 'none'),
        'check libvirtd or virtqemud in Processes (state D or T), then `journalctl -u libvirtd -u virtqemud`',
      );
    // A daemon that never replied may be off on purpose.
    if (guests > 0 && state === 'stopped' && (replyAgeSeconds ?? 0) >= RESTART_SECONDS)
      return found(
        'warn',
        `daemon stopped, last reply ${span(replyAgeSeconds)} ago, ${running}`,
        'last reply',
        `${span(replyAgeSeconds)} ago`,
        'read `journalctl -u libvirtd -u virtqemud`, then start it: a start does not affect running guests',
      );
    if (state !== 'responsive') return [];
    if (busyMs !== undefined)
      return found(
        'crit',
        `all workers busy for ${span(busyMs / 1000)}, commands for any guest wait`,
        'workers busy',
        duration(busyMs / 1000),
        'open KVM: find guests with a monitor timeout (MONITOR), each command to them holds a worker',
      );
    const slow = grade(libvirtDomains.tookMs, limits.libvirtMs);
    return slow === 'text'
      ? []
      : found(
          'warn',
          `slow, ${ms(libvirtDomains.tookMs)} to list its guests`,
          'reply time',
          ms(libvirtDomains.tookMs),
          'check libvirtd or virtqemud in Processes: CPU use, state, wchan',
        );
  },
});
