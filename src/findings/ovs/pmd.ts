import { couldShare, pmdLoads, type PmdLoad } from '../../entities/ovs/pmd.ts';
import { plain } from '../../lib/plain.ts';
import { count, percent } from '../../lib/units.ts';
import { ovsDb } from '../../sources/ovs/db.ts';
import { ovsSwitch } from '../../sources/ovs/switch.ts';
import { ovsThreads } from '../../sources/ovs/threads.ts';
import { cpuRef, entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { grade, limits } from '../../thresholds.ts';
import { overLast } from '../../timeline/window.ts';

const WINDOW_SECONDS = 20;

/** PMD threads near full load, and PMD threads that share their CPU with other tasks. */
export const ovsPmd = defineFinding({
  id: 'ovs-pmd',
  title: 'PMD thread overloaded, or without its CPU',
  needs: { ovsSwitch, ovsThreads, ovsDb },
  authority: `${limits.pmdBusyPct.authority}; ${limits.pmdKeptPct.authority}`,
  judge: (moment) => {
    // The longer window keeps one odd reading out, the latest reading ends the finding and has its figures.
    const overWindow = pmdLoads({
      ...moment,
      ovsSwitch: overLast(moment.ovsSwitch, WINDOW_SECONDS, 5),
      ovsThreads: overLast(moment.ovsThreads, WINDOW_SECONDS, 5),
    });
    const loads = pmdLoads(moment);
    return loads.flatMap((one): Found[] => {
      const longer = overWindow.find(({ pmd }) => pmd.name === one.pmd.name);
      return [
        ...(grade(longer?.loadPct, limits.pmdBusyPct) === 'text' ? [] : overloaded(one, loads)),
        ...(grade(longer?.delayPct, limits.pmdKeptPct) === 'text' ? [] : waitingForCpu(one)),
      ];
    });
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
      entity: entityRef('thread', one.pmd.name),
      sentence: `${one.pmd.core === undefined ? 'forwarding' : 'PMD'} load ${percent(one.loadPct)}, ${count(one.packetsPerSec)} packets/s${idler === undefined ? '' : `; ${plain(idler.pmd.name)} has ${percent(idler.loadPct)}`}`,
      evidence: [
        { what: 'load', value: percent(one.loadPct), source: 'dpif-netdev/pmd-stats-show, processing cycles of all' },
        { what: 'rx queues', value: queuesOf(one), source: 'dpif-netdev/pmd-rxq-show' },
        ...(idler
          ? [
              {
                what: `rx queues of ${plain(idler.pmd.name)}`,
                value: queuesOf(idler),
                source: 'dpif-netdev/pmd-rxq-show',
              },
            ]
          : []),
      ],
      next: idler
        ? 'rebalance rx queues: `ovs-appctl dpif-netdev/pmd-rxq-rebalance`, or always: `other_config:pmd-auto-lb=true`'
        : 'add PMD threads (`other_config:pmd-cpu-mask`) or rx queues (`options:n_rxq`); open OVS, PMD threads: MISS and MASKS',
      pane: 'ovs',
    },
  ];
}

function waitingForCpu(one: PmdLoad): readonly Found[] {
  const severity = grade(one.delayPct, limits.pmdKeptPct);
  if (severity === 'text' || one.pmd.core === undefined) return [];
  const name = plain(one.pmd.name);
  return [
    {
      severity,
      subject: `${name} CPU`,
      entity: cpuRef(one.pmd.core),
      sentence: `PMD waits ${percent(one.delayPct)} of the time, other tasks run on CPU ${one.pmd.core}`,
      evidence: [
        { what: 'CPU wait', value: percent(one.delayPct), source: '/proc/PID/task/TID/schedstat' },
        { what: 'on CPU', value: percent(one.cpuPct), source: '/proc/PID/task/TID/schedstat' },
      ],
      next: 'open Processes, sort by CPU: tasks on that CPU; put the CPUs of `pmd-cpu-mask` into isolcpus, pin vCPUs to others',
      pane: 'ovs',
    },
  ];
}
