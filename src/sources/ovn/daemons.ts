import { lines, toCount, toNumber } from '../../lib/lines.ts';
import type { Missing } from '../../host/host.ts';
import { raftOf, type RaftView } from './raft.ts';
import { ovnDaemon, ovnReplyOf } from '../ovs/sockets.ts';
import { defineSource } from '../source.ts';

const CONTROLLER = 'ovn-controller.*';
const NORTHD = 'ovn-northd.*';

/**
 * State of the OVN daemons: ovn-controller(8), ovn-northd(8), ovsdb-server(1).
 *
 *     connected                                   connection-status
 *     Status: active                              status
 *     Node: lflow_output                          inc-engine/show-stats
 *     - recompute:          265
 *     Statistics for 'ovn-northd-loop'            stopwatch/show
 *       95th percentile: 3.408402 msec
 *
 * A recompute is a full one, a compute an incremental one; the first is expensive.
 */
export const ovnDaemons = defineSource({
  id: 'ovn-daemons',
  title: 'OVN daemons',
  why: 'Shows connection, recomputes and loop time of ovn-controller and ovn-northd, and the RAFT state of databases.',
  everySeconds: 5,
  reads: {
    ...ovnDaemon('connection', CONTROLLER, 'connection-status'),
    ...ovnDaemon('engine', CONTROLLER, 'inc-engine/show-stats'),
    ...ovnDaemon('status', NORTHD, 'status'),
    ...ovnDaemon('northdEngine', NORTHD, 'inc-engine/show-stats'),
    ...ovnDaemon('watches', NORTHD, 'stopwatch/show'),
    ...ovnDaemon('nbCluster', 'ovnnb_db', 'cluster/status OVN_Northbound'),
    ...ovnDaemon('sbCluster', 'ovnsb_db', 'cluster/status OVN_Southbound'),
  },
  parse: (values): OvnDaemonsSample => {
    const connection = ovnReplyOf(values, 'connection');
    const status = ovnReplyOf(values, 'status');
    return {
      connection: connection.text?.trim() || undefined,
      controllerSilent: connection.silent,
      controllerEngine: engineOf(ovnReplyOf(values, 'engine').text),
      northd: /^Status: (\S+)/m.exec(status.text ?? '')?.[1],
      northdSilent: status.silent,
      northdEngine: engineOf(ovnReplyOf(values, 'northdEngine').text),
      watches: watchesOf(ovnReplyOf(values, 'watches').text),
      clusters: [
        ...raftOf('northbound', ovnReplyOf(values, 'nbCluster').text),
        ...raftOf('southbound', ovnReplyOf(values, 'sbCluster').text),
      ],
    };
  },
});

export interface OvnDaemonsSample {
  /** Connection of ovn-controller to the southbound database: `connected`, `not connected`. */
  readonly connection: string | undefined;
  /** Reason for no reply of ovn-controller, where it has a socket. */
  readonly controllerSilent: Missing | undefined;
  readonly controllerEngine: ReadonlyMap<string, Engine>;
  /** `active`, `standby`, `paused`. */
  readonly northd: string | undefined;
  readonly northdSilent: Missing | undefined;
  readonly northdEngine: ReadonlyMap<string, Engine>;
  readonly watches: ReadonlyMap<string, Stopwatch>;
  /** Clustered databases of this host. */
  readonly clusters: readonly RaftView[];
}

/** Node of the incremental engine; counters since its start. */
export interface Engine {
  readonly recomputes: number | undefined;
  readonly computes: number | undefined;
}

/** Stopwatch, ms. */
export interface Stopwatch {
  readonly samples: number | undefined;
  readonly mostMs: number | undefined;
  readonly p95Ms: number | undefined;
  readonly averageMs: number | undefined;
}

function engineOf(text: string | undefined): ReadonlyMap<string, Engine> {
  const nodes = new Map<string, Engine>();
  for (const part of (text ?? '').split(/^Node: /m).slice(1)) {
    const [name = ''] = lines(part);
    nodes.set(name, {
      recomputes: toCount(/^- recompute:\s*(\d+)/m.exec(part)?.[1]),
      computes: toCount(/^- compute:\s*(\d+)/m.exec(part)?.[1]),
    });
  }
  return nodes;
}

function watchesOf(text: string | undefined): ReadonlyMap<string, Stopwatch> {
  const watches = new Map<string, Stopwatch>();
  for (const part of (text ?? '').split(/^Statistics for /m).slice(1)) {
    const name = /^'([^']*)'/.exec(part)?.[1];
    if (name === undefined) continue;
    const figure = (label: string) => toNumber(new RegExp(String.raw`^\s*${label}: ([\d.]+)`, 'm').exec(part)?.[1]);
    watches.set(name, {
      samples: figure('Total samples'),
      mostMs: figure('Maximum'),
      p95Ms: figure('95th percentile'),
      averageMs: figure('Short term average'),
    });
  }
  return watches;
}
