import { causeWords, slowOsds, type OsdCause } from '../../entities/ceph/osd-cause.ts';
import { osdLoads } from '../../entities/ceph/osd-load.ts';
import { count, ms, percent } from '../../lib/units.ts';
import { cephAllOsds } from '../../sources/ceph/all-osds.ts';
import { cephOsdmap } from '../../sources/ceph/osdmap.ts';
import { cephOsds } from '../../sources/ceph/osds.ts';
import { defineFinding, type Found } from '../finding.ts';

const NEXT: Readonly<Record<OsdCause, string>> = {
  device: 'look at its disk in Hardware (await, SMART), and at compaction and spill-over in its detail',
  queue: 'look at its CPU, its threads and the PGs it waits for; scrubbing and recovery share its queue',
  network:
    'look at the network of its host: errors and drops of its cards, MTU, bonds, and the heartbeats between OSDs',
  unclear: 'look at its operations: which event they stand at',
};

/** Seen over this long: a second of compaction is none of ours. */
const WINDOW_SECONDS = 20;

/**
 * One OSD that is slower than its peers, and why. By the time of a write as replica, which is its own alone: client writes
 * are slow on every primary that has it as replica.
 */
export const cephOsdSlow = defineFinding({
  id: 'ceph-osd-slow',
  title: 'A slow OSD',
  needs: { cephOsds, cephAllOsds, cephOsdmap },
  authority:
    'own: a replica write above the median of its device class by 3.5 MAD (Iglewicz and Hoaglin), twice the median and 10 ms (a rotating device 50 ms); bad from 100 ms, as CephLens has it',
  judge: (moment) => {
    const classes = moment.cephOsdmap.now?.osds;
    return slowOsds(osdLoads(moment, WINDOW_SECONDS), (osd) => classes?.get(osd)?.deviceClass).map((slow): Found => {
      const { load, cause } = slow;
      const source = load.local ? 'perf dump of its admin socket' : 'perf dump through the cluster';
      return {
        severity: slow.subopWriteMs >= 100 ? 'crit' : 'warn',
        subject: `osd.${load.osd}`,
        sentence: `osd.${load.osd} takes ${ms(slow.subopWriteMs)} for a replica write, its ${slow.peers} peers ${ms(slow.medianMs)} (median); ${cause === 'unclear' ? 'device, queue and network do not explain it' : `its ${causeWords[cause]} explains ${percent(slow.explainedPct)} of it`}`,
        evidence: [
          { what: 'on the device (commit)', value: ms(load.commitMs), source },
          { what: 'in the queue', value: ms(load.queueMs), source },
          { what: 'before the queue (network, messenger)', value: ms(load.receiveMs), source },
          { what: 'replica writes', value: `${count(load.subopsPerSec)}/s`, source },
          { what: "clients' writes as primary", value: ms(load.opWriteMs), source },
        ],
        next: NEXT[cause],
        pane: 'ceph',
      };
    });
  },
});
