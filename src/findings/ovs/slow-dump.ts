import { count, ms } from '../../lib/units.ts';
import { ovsDatapath } from '../../sources/ovs/datapath.ts';
import { defineFinding, type Found } from '../finding.ts';
import { grade, limits } from '../../thresholds.ts';

/** A pass over all flows takes so long that the switch cuts their number. */
export const ovsSlowDump = defineFinding({
  id: 'ovs-slow-dump',
  title: 'Revalidators do not keep up',
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
          sentence: `a pass over the ${count(flows)} flows of ${datapath} takes ${ms(dumpMs)}; above 1.3 s their limit (${count(limit)}) is cut`,
          evidence: [{ what: 'dump duration', value: ms(dumpMs), source: 'upcall/show' }],
          next: 'CPU and waiting of the revalidator threads; what else uses the CPUs that they may run on',
          pane: 'ovs',
        },
      ];
    }),
});
