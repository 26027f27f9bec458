import type { GuestDisk } from '../../entities/kvm/guest.ts';
import { guestNeeds } from '../../entities/kvm/guests.ts';
import { count, ms } from '../../lib/units.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { recentGuests, WINDOW_SECONDS } from '../../entities/kvm/recent-guests.ts';
import { grade, limits } from '../../thresholds.ts';

/** Requests in the window below which a mean latency is noise. */
const LEAST_REQUESTS = 10;
/** Share of the IOPS limit from which the limit explains the latency. */
const AT_LIMIT = 0.9;

/** High request latency of a guest disk as QEMU measures it: slow storage, or an IOPS limit on the disk. */
export const guestDiskSlow = defineFinding({
  id: 'guest-disk-slow',
  title: 'Guest disk slow',
  needs: guestNeeds,
  authority: limits.guestDiskMs.authority,
  judge: (moment) =>
    recentGuests(moment).flatMap((guest) =>
      guest.disks.flatMap((disk): Found[] => {
        const slowest = slowestOf(disk);
        const severity = grade(slowest?.ms, limits.guestDiskMs);
        if (!slowest || severity === 'text') return [];
        const iops = (disk.readsPerSec ?? 0) + (disk.writesPerSec ?? 0);
        const limited = disk.iopsLimit !== undefined && iops >= disk.iopsLimit * AT_LIMIT;
        return [
          {
            severity,
            subject: `${guest.name} ${disk.name}`,
            entity: entityRef('guest-disk', `${guest.key}/${disk.name}`),
            sentence: `${slowest.what} latency ${ms(slowest.ms)}${limited ? `, IOPS limit of ${count(disk.iopsLimit)} reached` : ''}`,
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
              { what: 'source', value: disk.source ?? 'unknown', source: 'domain XML' },
            ],
            next: limited
              ? 'raise the IOPS limit (`virsh blkdeviotune`, or the volume type); storage is not the cause'
              : 'compare host disks in Hardware and OSDs in Ceph: storage is the cause only if it is slow there too',
            pane: 'kvm',
          },
        ];
      }),
    ),
});

function slowestOf(disk: GuestDisk): { readonly what: string; readonly ms: number } | undefined {
  const kinds = [
    { what: 'read', ms: disk.readMs, perSec: disk.readsPerSec },
    { what: 'write', ms: disk.writeMs, perSec: disk.writesPerSec },
    { what: 'flush', ms: disk.flushMs, perSec: disk.flushesPerSec },
  ];
  return kinds.reduce<{ readonly what: string; readonly ms: number } | undefined>(
    (worst, { what, ms, perSec }) =>
      ms !== undefined && (perSec ?? 0) * WINDOW_SECONDS >= LEAST_REQUESTS && ms > (worst?.ms ?? -1)
        ? { what, ms }
        : worst,
    undefined,
  );
}
