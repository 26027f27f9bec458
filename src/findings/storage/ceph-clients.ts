import { cephClientUse } from '../../entities/storage/ceph-requests.ts';
import { plain } from '../../lib/plain.ts';
import { count, plural, span } from '../../lib/units.ts';
import { cephClients } from '../../sources/storage/ceph-clients.ts';
import { filesystems } from '../../sources/storage/filesystems.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, onsetAgo, type Found } from '../finding.ts';

/** Age from which Ceph itself complains about an op. */
const STUCK_SECONDS = 30;

/** Requests of the kernel's Ceph clients that no OSD or MDS completes, and clients that the cluster evicted. */
export const cephClientStuck = defineFinding({
  id: 'ceph-client-stuck',
  title: 'Ceph client of the kernel stuck',
  needs: { cephClients, filesystems },
  authority: 'ceph: osd_op_complaint_time, 30 s; blocklisted: ceph osd blocklist',
  judge: ({ cephClients: seen, filesystems: { now: table } }) =>
    cephClientUse(seen, table?.filesystems).flatMap(({ client, subject, entity, oldest, oldestSeconds }): Found[] => {
      const { kind, homeless, requests, isBlocklisted, awaitsMap } = client;
      const folder = `/sys/kernel/debug/ceph/${plain(client.name)}`;
      const about = {
        subject,
        entity,
        members: client.devices.slice(1).map((name) => entityRef('disk', name)),
        pane: 'storage',
        evidence: [
          { what: 'in flight', value: count(requests.length + client.left), source: `${folder}/osdc` },
          { what: 'homeless', value: String(homeless), source: `${folder}/osdc` },
          { what: 'OSD map', value: awaitsMap ? 'waits for a newer one' : 'current', source: `${folder}/monc` },
          ...(oldest === undefined ? [] : [{ what: 'oldest', value: plain(`${oldest.operation} ${oldest.object ?? ''} ${oldest.daemon ?? ''}, ${oldest.attempts ?? 1} attempts`), source: `${folder}/${oldest.object === undefined ? 'mdsc' : 'osdc'}` }]),
        ],
      } as const;
      if (isBlocklisted) return [{ ...about, severity: 'crit', condition: 'blocklisted', sentence: `${kind} client blocklisted, all I/O fails`, next: '`ceph osd blocklist ls`; unmount and mount again once the cause is gone' }];
      if (oldest === undefined || oldestSeconds < STUCK_SECONDS) return [];
      return [
        {
          ...about,
          severity: 'crit',
          condition: 'requests',
          sentence: `${kind} ${plural(requests.length + client.left, 'request')} in flight, oldest for ${span(oldestSeconds)}: ${plain(oldest.operation)} ${oldest.daemon === undefined ? 'without an up OSD' : `on ${oldest.daemon}`}`,
          next: oldest.daemon === undefined ? '`ceph health detail`: PGs that are down or inactive' : `\`ceph tell ${oldest.daemon} dump_ops_in_flight\`; check the network to it`,
          ...onsetAgo(oldestSeconds, 'requests in two readings'),
        },
      ];
    }),
}); // prettier-ignore
