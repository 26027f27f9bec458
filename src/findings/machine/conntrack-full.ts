import { count, percent } from '../../lib/units.ts';
import { conntrack } from '../../sources/machine/conntrack.ts';
import { grade, limits } from '../../thresholds.ts';
import { delta } from '../../timeline/moment.ts';
import { thisHost } from '../entity-ref.ts';
import { defineFinding } from '../finding.ts';

/** The kernel's conntrack table near or at its limit: new connections are dropped. */
export const conntrackFull = defineFinding({
  id: 'conntrack-full',
  title: 'Kernel conntrack table full',
  needs: { conntrack },
  authority: limits.conntrackUsedPct.authority,
  judge: ({ conntrack: seen }) => {
    const { now, before, seconds } = seen;
    if (now === undefined || !now.most) return [];
    const usedPct = (100 * now.connections) / now.most;
    const graded = grade(usedPct, limits.conntrackUsedPct);
    const droppedPerSec = delta(now.dropped, before?.dropped, seconds);
    const evictedPerSec = delta(now.evicted, before?.evicted, seconds);
    // Drops alone have other causes: a helper, or no memory.
    if (graded === 'text') return [];
    const loss = droppedPerSec
      ? `, ${count(droppedPerSec)} packets/s dropped`
      : evictedPerSec
        ? `, ${count(evictedPerSec)} evictions/s`
        : '';
    return [
      {
        severity: loss === '' ? graded : 'crit',
        subject: 'conntrack',
        subjectVocabulary: 'fixed',
        entity: thisHost,
        sentence: `table ${percent(usedPct)} full, ${count(now.connections)} of ${count(now.most)} connections${loss}`,
        evidence: [
          {
            what: 'connections',
            value: `${count(now.connections)} of ${count(now.most)}`,
            source: 'net.netfilter.nf_conntrack_count and nf_conntrack_max',
          },
          { what: 'drop', value: `${count(droppedPerSec)}/s`, source: '/proc/net/stat/nf_conntrack' },
          { what: 'early_drop', value: `${count(evictedPerSec)}/s`, source: '/proc/net/stat/nf_conntrack' },
        ],
        next: 'find who opens them: `conntrack -L | sort`; raise the limit: `sysctl -w net.netfilter.nf_conntrack_max=…`',
        pane: 'hardware',
      },
    ];
  },
});
