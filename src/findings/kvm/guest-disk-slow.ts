import type { GuestDisk } from '../../entities/kvm/guest.ts';
import { guestNeeds } from '../../entities/kvm/guests.ts';
import { count, ms } from '../../lib/units.ts';
import { defineFinding, type Found } from '../finding.ts';
import { guestsLately, WINDOW_SECONDS } from './guest-rates.ts';
import { grade, limits } from '../../thresholds.ts';

/** With fewer requests in the window a mean says nothing. */
const LEAST_REQUESTS = 10;
/** So near its limit a disk is held back by it. */
const AT_LIMIT = 0.9;

/** Requests of a guest's disk take long as its QEMU sees them: storage, or a limit that was set on it. */
export const guestDiskSlow = defineFinding({
  id: 'guest-disk-slow',
  title: 'A slow disk of a guest',
  needs: guestNeeds,
  authority: limits.guestDiskMs.authority,
  judge: (moment) =>
    guestsLately(moment).flatMap((guest) =>
      guest.disks.flatMap((disk): Found[] => {
        const slowest = slowestOf(disk);
        const severity = grade(slowest?.ms, limits.guestDiskMs);
        if (!slowest || severity === 'text') return [];
        const iops = (disk.readsPerSec ?? 0) + (disk.writesPerSec ?? 0);
        const held = disk.iopsLimit !== undefined && iops >= disk.iopsLimit * AT_LIMIT;
        return [
          {
            severity,
            subject: `${guest.name} ${disk.name}`,
            sentence: `${slowest.what}s of ${disk.name} of ${guest.name} take ${ms(slowest.ms)}${held ? `: it is at its limit of ${count(disk.iopsLimit)} requests/s` : ''}`,
            evidence: [
              { what: 'read', value: `${ms(disk.readMs)}, ${count(disk.readsPerSec)}/s`, source: 'domstats block.rd' },
              {
                what: 'write',
                value: `${ms(disk.writeMs)}, ${count(disk.writesPerSec)}/s`,
                source: 'domstats block.wr',
              },
              {
                what: 'flush',
                value: `${ms(disk.flushMs)}, ${count(disk.flushesPerSec)}/s`,
                source: 'domstats block.fl',
              },
              { what: 'lies on', value: disk.source ?? 'unknown', source: 'its definition' },
            ],
            next: held
              ? 'the limit (iotune, or the volume type) makes the wait, not the storage'
              : "compare with the disks of the host in Hardware, or the OSDs in Ceph: only what is slow there too is the storage's fault",
            pane: 'kvm',
          },
        ];
      }),
    ),
});

function slowestOf(disk: GuestDisk): { readonly what: string; readonly ms: number } | undefined {
  const kinds = [
    { what: 'Read', ms: disk.readMs, perSec: disk.readsPerSec },
    { what: 'Write', ms: disk.writeMs, perSec: disk.writesPerSec },
    { what: 'Flush', ms: disk.flushMs, perSec: disk.flushesPerSec },
  ];
  return kinds.reduce<{ readonly what: string; readonly ms: number } | undefined>(
    (worst, { what, ms, perSec }) =>
      ms !== undefined && (perSec ?? 0) * WINDOW_SECONDS >= LEAST_REQUESTS && ms > (worst?.ms ?? -1)
        ? { what, ms }
        : worst,
    undefined,
  );
}
