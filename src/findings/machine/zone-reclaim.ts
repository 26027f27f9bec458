import { cpuTopology } from '../../sources/machine/cpu-topology.ts';
import { mmSettings } from '../../sources/machine/mm-settings.ts';
import { defineFinding } from '../finding.ts';

/** Each node throws out its own page cache before it takes memory from a neighbour. */
export const zoneReclaim = defineFinding({
  id: 'zone-reclaim',
  title: 'Nodes drop their cache before they share memory',
  needs: { mmSettings, topology: cpuTopology },
  authority: 'docs.kernel.org/admin-guide/sysctl/vm.html: zone_reclaim_mode is to stay off where caching matters',
  judge: (moment) => {
    const mode = moment.mmSettings.now?.zoneReclaimMode;
    const nodes = moment.topology.now?.nodes.length ?? 0;
    if (mode === undefined || mode === 0 || nodes < 2) return [];
    return [
      {
        severity: 'info',
        subject: 'zone_reclaim_mode',
        sentence: `zone_reclaim_mode is ${mode}: each of the ${nodes} nodes reclaims its own memory before it uses another’s`,
        evidence: [
          { what: 'zone_reclaim_mode', value: `${mode}`, source: '/proc/sys/vm/zone_reclaim_mode' },
          { what: 'nodes', value: `${nodes}`, source: '/sys/devices/system/node' },
        ],
        next: 'stalls with much memory free elsewhere come from this; databases and file servers want it off',
        pane: 'hardware',
      },
    ];
  },
});
