import { lines, toCount, toNumber } from '../../lib/lines.ts';
import type { Missing } from '../../host/host.ts';
import { raftOf, type RaftView } from './raft.ts';
import { ovnDaemon, ovnSaid } from '../ovs/places.ts';
import { defineSource } from '../source.ts';

const CONTROLLER = 'ovn-controller.*';
const NORTHD = 'ovn-northd.*';

/**
 * How the daemons of OVN fare: ovn-controller(8), ovn-northd(8), ovsdb-server(1).
 *
 *     connected                                   connection-status
 *     Status: active                              status
 *     Node: lflow_output                          inc-engine/show-stats
 *     - recompute:          265
 *     Statistics for 'ovn-northd-loop'            stopwatch/show
 *       95th percentile: 3.408402 msec
 *
 * A recompute works out everything anew, a compute what has changed: the first is dear.
 */
export const ovnDaemons = defineSource({
  id: 'ovn-daemons',
  title: 'OVN daemons',
  why: 'Shows whether ovn-controller and ovn-northd have their databases and keep up, and who leads a clustered database.',
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
    const connection = ovnSaid(values, 'connection');
    const status = ovnSaid(values, 'status');
    return {
      connection: connection.text?.trim() || undefined,
      controllerSilent: connection.silent,
      controllerEngine: engineOf(ovnSaid(values, 'engine').text),
      northd: /^Status: (\S+)/m.exec(status.text ?? '')?.[1],
      northdSilent: status.silent,
      northdEngine: engineOf(ovnSaid(values, 'northdEngine').text),
      watches: watchesOf(ovnSaid(values, 'watches').text),
      clusters: [
        ...raftOf('northbound', ovnSaid(values, 'nbCluster').text),
        ...raftOf('southbound', ovnSaid(values, 'sbCluster').text),
      ],
    };
  },
});

export interface OvnDaemonsSample {
  /** `connected`, `not connected`: ovn-controller and the southbound database. */
  readonly connection: string | undefined;
  /** Why ovn-controller said nothing, where it has a socket. */
  readonly controllerSilent: Missing | undefined;
  readonly controllerEngine: ReadonlyMap<string, Engine>;
  /** `active`, `standby`, `paused`. */
  readonly northd: string | undefined;
  readonly northdSilent: Missing | undefined;
  readonly northdEngine: ReadonlyMap<string, Engine>;
  readonly watches: ReadonlyMap<string, Watch>;
  /** Databases of this host that are clustered. */
  readonly clusters: readonly RaftView[];
}

/** One step of the incremental engine, counted since its start. */
export interface Engine {
  readonly recomputes: number | undefined;
  readonly computes: number | undefined;
}

/** How long rounds took, ms. */
export interface Watch {
  readonly samples: number | undefined;
  readonly mostMs: number | undefined;
  readonly p95Ms: number | undefined;
  readonly lateMs: number | undefined;
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

function watchesOf(text: string | undefined): ReadonlyMap<string, Watch> {
  const watches = new Map<string, Watch>();
  for (const part of (text ?? '').split(/^Statistics for /m).slice(1)) {
    const name = /^'([^']*)'/.exec(part)?.[1];
    if (name === undefined) continue;
    const figure = (label: string) => toNumber(new RegExp(String.raw`^\s*${label}: ([\d.]+)`, 'm').exec(part)?.[1]);
    watches.set(name, {
      samples: figure('Total samples'),
      mostMs: figure('Maximum'),
      p95Ms: figure('95th percentile'),
      lateMs: figure('Short term average'),
    });
  }
  return watches;
}
