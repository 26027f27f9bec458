import { count, ms } from '../../lib/units.ts';
import { ovsDatapath } from '../../sources/ovs/datapath.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { grade, limits } from '../../thresholds.ts';

/** Revalidator dumps so long that ovs-vswitchd cuts the flow limit. */
export const ovsSlowDump = defineFinding({
  id: 'ovs-slow-dump',
  title: 'Revalidators slow: long flow dump',
  needs: { ovsDatapath },
  authority: limits.ovsDumpMs.authority,
  judge: ({ ovsDatapath: seen }) =>
    (seen.now?.upcalls ?? []).flatMap(({ datapath, dumpMs, flows, limit }): Found[] => {
      const severity = grade(dumpMs, limits.ovsDumpMs);
      if (severity === 'text') return [];
      return [
        {
          severity,
          subject: datapath,
          entity: entityRef('datapath', datapath),
          sentence: `revalidator dump ${ms(dumpMs)}, ${count(flows)} flows; above 1.3 s the flow limit (${count(limit)}) is cut`,
          evidence: [{ what: 'dump duration', value: ms(dumpMs), source: 'upcall/show' }],
          next: 'open OVS, Datapath: CPU of the revalidators; open Processes, sort by CPU: what else runs on their CPUs',
          pane: 'ovs',
        },
      ];
    }),
});
