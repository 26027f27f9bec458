import { nfsServerRates } from '../../entities/storage/nfs-server-rates.ts';
import { count, percent } from '../../lib/units.ts';
import { nfsServer } from '../../sources/storage/nfs-server.ts';
import { grade, limits } from '../../thresholds.ts';
import { overLast } from '../../timeline/window.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

/** Packets below which a share is noise. */
const LEAST_PACKETS = 100;

/** Requests of clients that wait because all threads of the NFS server are busy. */
export const nfsServerBusy = defineFinding({
  id: 'nfs-server-busy',
  title: 'NFS server without idle threads',
  needs: { nfsServer },
  authority: limits.nfsWaitedPct.authority,
  judge: ({ nfsServer: seen }): readonly Found[] => {
    const rates = nfsServerRates(overLast(seen, 60, 5));
    const severity = grade(rates?.waitedPct, limits.nfsWaitedPct);
    if (rates === undefined || (severity !== 'warn' && severity !== 'crit') || (rates.packets ?? 0) < LEAST_PACKETS) return [];
    return [
      {
        severity,
        entity: entityRef('daemon', 'nfsd'),
        subject: 'nfsd',
        subjectVocabulary: 'fixed',
        sentence: `${percent(rates.waitedPct)} of packets waited for one of ${count(rates.threads)} threads, ${count(rates.callsPerSec)} calls/s`,
        evidence: [
          { what: 'packets without an idle thread', value: percent(rates.waitedPct), source: '/proc/fs/nfsd/pool_stats' },
          { what: 'threads', value: count(rates.threads), source: '/proc/net/rpc/nfsd' },
          { what: 'calls', value: `${count(rates.callsPerSec)}/s`, source: '/proc/net/rpc/nfsd' },
        ],
        next: 'check the disks below its exports first; more threads: `threads=` in /etc/nfs.conf',
        pane: 'storage',
      },
    ];
  },
}); // prettier-ignore
