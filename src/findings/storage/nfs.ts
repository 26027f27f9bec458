import { nfsRates } from '../../entities/storage/nfs-rates.ts';
import { count, ms, percent } from '../../lib/units.ts';
import { nfsMounts } from '../../sources/storage/nfs-mounts.ts';
import { grade, limits } from '../../thresholds.ts';
import { overLast } from '../../timeline/window.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

const FILE = '/proc/self/mountstats';
/** Requests below which a share is noise. */
const LEAST_REQUESTS = 20;

/** NFS requests sent again: packets lost on the way, or a server that does not keep up. */
export const nfsRetransmits = defineFinding({
  id: 'nfs-retransmits',
  title: 'NFS retransmits',
  needs: { nfsMounts },
  authority: limits.nfsRetransmitPct.authority,
  judge: (moment) =>
    nfsRates(overLast(moment.nfsMounts, 60, 5)).flatMap((rate): Found[] => {
      const severity = grade(rate.retransmitPct, limits.nfsRetransmitPct);
      if (severity === 'text' || rate.requests < LEAST_REQUESTS) return [];
      return [
        {
          severity,
          subject: rate.target,
          entity: entityRef('mount', rate.target),
          sentence: `NFS ${percent(rate.retransmitPct)} of requests retransmitted, RTT ${ms(rate.rttMs)}, execution ${ms(rate.executeMs)}`,
          evidence: [
            { what: 'requests', value: `${count(rate.requestsPerSec)}/s`, source: FILE },
            { what: 'retransmits', value: percent(rate.retransmitPct), source: FILE },
            { what: 'major timeouts', value: `${count(rate.timeoutsPerSec)}/s`, source: FILE },
            { what: 'server', value: rate.source, source: FILE },
          ],
          next: 'open Network: retransmits and drops on the way to its server; `nfsiostat` for single operations',
          pane: 'storage',
        },
      ];
    }),
});
