import { socketMemoryUse } from '../../entities/machine/socket-memory.ts';
import { count, percent } from '../../lib/units.ts';
import { sockstat } from '../../sources/machine/sockstat.ts';
import { limits } from '../../thresholds.ts';
import { thisHost } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

/** Memory of TCP or UDP sockets near or at tcp_mem, udp_mem: packets of all connections are dropped. */
export const socketMemoryFull = defineFinding({
  id: 'socket-memory-full',
  title: 'TCP or UDP memory exhausted',
  needs: { sockstat },
  authority: limits.socketMemoryPct.authority,
  judge: ({ sockstat: { now } }) =>
    (now ?? []).flatMap((one): Found[] => {
      const use = socketMemoryUse(one);
      if (use === undefined || use.grade === 'text') return [];
      const sysctl = `net.ipv4.${one.protocol.toLowerCase()}_mem`;
      const condition = use.usedPct >= 100 ? 'exhausted' : `${percent(use.usedPct)} used`;
      return [
        {
          severity: use.grade,
          subject: one.protocol,
          subjectVocabulary: 'fixed',
          entity: thisHost,
          condition: one.protocol,
          sentence: `socket memory ${condition}, ${count(use.pages)} of ${count(use.maximumPages)} pages (${sysctl})`,
          evidence: [
            { what: 'pages', value: `${use.pages} of ${use.maximumPages}`, source: `/proc/net/sockstat, ${sysctl}` },
            { what: 'pressure limit', value: `${count(one.pressurePages)} pages`, source: sysctl },
            { what: 'sockets', value: count(one.sockets), source: '/proc/net/sockstat inuse' },
            ...(one.orphans === undefined
              ? []
              : [{ what: 'orphans', value: count(one.orphans), source: '/proc/net/sockstat orphan' }]),
          ],
          next: `find sockets with full queues: \`ss -tunmp\`; raise the limit: \`sysctl -w ${sysctl}=…\``,
          pane: 'hardware',
        },
      ];
    }),
});
