import { couldShare, pmdLoads, type PmdLoad } from '../../entities/ovs/pmd.ts';
import { plain } from '../../lib/plain.ts';
import { count, percent } from '../../lib/units.ts';
import { ovsDb } from '../../sources/ovs/db.ts';
import { ovsSwitch } from '../../sources/ovs/switch.ts';
import { ovsThreads } from '../../sources/ovs/threads.ts';
import { defineFinding, type Found } from '../finding.ts';
import { grade, limits } from '../../thresholds.ts';
import { overLast } from '../../timeline/window.ts';

const WINDOW_SECONDS = 20;

/** A forwarding thread at its end, while another could help, or one whose CPU is not its own. */
export const ovsPmd = defineFinding({
  id: 'ovs-pmd',
  title: 'A forwarding thread (PMD) that does not keep up',
  needs: { ovsSwitch, ovsThreads, ovsDb },
  authority: `${limits.pmdBusyPct.authority}; ${limits.pmdKeptPct.authority}`,
  judge: (moment) => {
    const loads = pmdLoads({
      ...moment,
      ovsSwitch: overLast(moment.ovsSwitch, WINDOW_SECONDS, 5),
      ovsThreads: overLast(moment.ovsThreads, WINDOW_SECONDS, 5),
    });
    return loads.flatMap((one): Found[] => [...overloaded(one, loads), ...keptFromCpu(one)]);
  },
});

const queuesOf = ({ queues }: PmdLoad): string =>
  queues
    .map(({ port, queue, usagePct }) => plain(`${port}:${queue}${usagePct === undefined ? '' : ` ${usagePct} %`}`))
    .join(', ') || 'none';

function overloaded(one: PmdLoad, all: readonly PmdLoad[]): readonly Found[] {
  const severity = grade(one.loadPct, limits.pmdBusyPct);
  if (severity === 'text') return [];
  const idler = couldShare(one, all);
  const name = plain(one.pmd.name);
  return [
    {
      severity,
      subject: name,
      sentence: `the forwarding thread ${name} is ${percent(one.loadPct)} loaded, ${count(one.packetsPerSec)} packets/s${idler === undefined ? '' : `, while ${plain(idler.pmd.name)} of the same memory node is ${percent(idler.loadPct)} loaded`}`,
      evidence: [
        { what: 'load', value: percent(one.loadPct), source: 'dpif-netdev/pmd-stats-show, processing of all cycles' },
        { what: 'its queues', value: queuesOf(one), source: 'dpif-netdev/pmd-rxq-show' },
        ...(idler
          ? [{ what: `queues of ${plain(idler.pmd.name)}`, value: queuesOf(idler), source: 'dpif-netdev/pmd-rxq-show' }]
          : []),
      ],
      next: idler
        ? 'queues were given out when ports came: dpif-netdev/pmd-rxq-rebalance does it anew by load, other_config:pmd-auto-lb does so by itself'
        : 'more threads (other_config:pmd-cpu-mask) or more queues (options:n_rxq); what each packet costs: misses, tables looked in',
      pane: 'ovs',
    },
  ];
}

function keptFromCpu(one: PmdLoad): readonly Found[] {
  const severity = grade(one.delayPct, limits.pmdKeptPct);
  if (severity === 'text' || one.pmd.core === undefined) return [];
  const name = plain(one.pmd.name);
  return [
    {
      severity,
      subject: `${name} kept`,
      sentence: `the forwarding thread ${name} was kept from its CPU ${percent(one.delayPct)} of the time: something else runs on CPU ${one.pmd.core}`,
      evidence: [
        { what: 'waited for its CPU', value: percent(one.delayPct), source: '/proc/PID/task/TID/schedstat' },
        { what: 'ran', value: percent(one.cpuPct), source: '/proc/PID/task/TID/schedstat' },
      ],
      next: 'who else runs there (Processes, by CPU); CPUs of pmd-cpu-mask belong in isolcpus, and vCPUs are pinned to others',
      pane: 'ovs',
    },
  ];
}
