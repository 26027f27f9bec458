import { cpuTopology } from '../../sources/machine/cpu-topology.ts';
import { mmSettings } from '../../sources/machine/mm-settings.ts';
import { hostResource } from '../entity-ref.ts';
import { defineFinding } from '../finding.ts';

/** zone_reclaim_mode: a node drops its page cache before it allocates on another. */
export const zoneReclaim = defineFinding({
  id: 'zone-reclaim',
  title: 'zone_reclaim_mode on',
  needs: { mmSettings, topology: cpuTopology },
  authority: 'docs.kernel.org/admin-guide/sysctl/vm.html: keep zone_reclaim_mode off where caching matters',
  judge: (moment) => {
    const mode = moment.mmSettings.now?.zoneReclaimMode;
    const nodes = moment.topology.now?.nodes.length ?? 0;
    if (mode === undefined || mode === 0 || nodes < 2) return [];
    return [
      {
        severity: 'info',
        subject: 'zone_reclaim_mode',
        subjectVocabulary: 'fixed',
        entity: hostResource('memory'),
        sentence: `set to ${mode}, each of ${nodes} nodes reclaims locally before it allocates remotely`,
        evidence: [
          { what: 'zone_reclaim_mode', value: `${mode}`, source: '/proc/sys/vm/zone_reclaim_mode' },
          { what: 'nodes', value: `${nodes}`, source: '/sys/devices/system/node' },
        ],
        next: '`sysctl vm.zone_reclaim_mode=0` for databases and file servers: it stalls with free memory elsewhere',
        pane: 'hardware',
      },
    ];
  },
});
