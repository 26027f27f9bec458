import { causeWords, osdWarnMs, slowOsds, type OsdCause, type SlowOsd } from '../../entities/ceph/osd-cause.ts';
import { clientEvidence, opClientNeeds } from '../../entities/ceph/op-clients.ts';
import { osdLoads } from '../../entities/ceph/osd-load.ts';
import { count, ms, percent } from '../../lib/units.ts';
import { cephAllOsds } from '../../sources/ceph/all-osds.ts';
import { cephOsdmap } from '../../sources/ceph/osdmap.ts';
import { cephOsds } from '../../sources/ceph/osds.ts';
import { osdRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

const NEXT: Readonly<Record<OsdCause, (osd: number) => string>> = {
  device: () =>
    '`ceph osd perf`; open Hardware: await and SMART of its disk; then compaction and spillover in its detail',
  queue: (osd) =>
    `\`ceph tell osd.${osd} dump_ops_in_flight\`; check its CPU and threads, scrub and recovery on its PGs`,
  network: (osd) =>
    `\`ceph tell osd.${osd} dump_osd_network 0\`; open Hardware: errors, drops, MTU and bonds of its host`,
  unclear: (osd) => `\`ceph tell osd.${osd} dump_historic_slow_ops\`: the event that its ops spend their time at`,
};

/** Length of the comparison, so that one second of compaction is not a finding. */
const WINDOW_SECONDS = 20;
/** Newest part of it: an OSD whose writes are fast again in it is not slow any more, even where the mean is. */
const RECENT_SECONDS = 5;
const LEAST_RECENT_SUBOPS = 5;

/**
 * OSD slower than its peers, with the cause. Compared by subop_w_latency, which covers this OSD only: op_w_latency also
 * rises on every primary that has it as replica.
 */
export const cephOsdSlow = defineFinding({
  id: 'ceph-osd-slow',
  title: 'Slow OSD',
  needs: { cephOsds, cephAllOsds, cephOsdmap, ...opClientNeeds },
  authority:
    '[own]: subop_w_latency above the median of its device class by 3.5 MAD (Iglewicz and Hoaglin), twice the median and 10 ms (hdd: 50 ms); critical from 100 ms, as in CephLens',
  judge: (moment) => {
    const classes = moment.cephOsdmap.now?.osds;
    const classOf = (osd: number) => classes?.get(osd)?.deviceClass;
    const recent = new Map(osdLoads(moment, RECENT_SECONDS).map((load) => [load.osd, load]));
    const isOver = ({ load, medianMs }: SlowOsd): boolean => {
      const { subopWriteMs, subops = 0 } = recent.get(load.osd) ?? {};
      if (subopWriteMs === undefined || subops < LEAST_RECENT_SUBOPS) return false;
      return subopWriteMs <= Math.max(2 * medianMs, osdWarnMs(classOf(load.osd)));
    };
    const slowest = slowOsds(osdLoads(moment, WINDOW_SECONDS), classOf).filter((slow) => !isOver(slow));
    return slowest.map((slow): Found => {
      const { load, cause } = slow;
      const source = load.local ? 'perf dump (admin socket)' : 'perf dump (librados)';
      return {
        severity: slow.subopWriteMs >= 100 ? 'crit' : 'warn',
        subject: `osd.${load.osd}`,
        subjectVocabulary: 'fixed',
        entity: osdRef(load.osd),
        sentence: `slow replica writes, ${ms(slow.subopWriteMs)} (peers ${ms(slow.medianMs)}), cause: ${causeWords[cause]}`,
        evidence: [
          { what: `median of ${slow.peers} peers`, value: ms(slow.medianMs), source },
          ...(cause === 'unclear'
            ? []
            : [{ what: `explained by ${causeWords[cause]}`, value: percent(slow.explainedPct), source }]),
          { what: 'commit latency (device)', value: ms(load.commitMs), source },
          { what: 'queue latency', value: ms(load.queueMs), source },
          { what: 'receive latency (network, messenger)', value: ms(load.receiveMs), source },
          { what: 'replica writes', value: `${count(load.subopsPerSec)}/s`, source },
          { what: 'op_w_latency (client writes as primary)', value: ms(load.opWriteMs), source },
          ...clientEvidence(moment, load.osd),
        ],
        next: NEXT[cause](load.osd),
        pane: 'ceph',
      };
    });
  },
});
