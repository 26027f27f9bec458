import { lines, toCount, toNumber } from '../lib/lines.ts';
import type { Missing } from '../host/host.ts';
import { ovnDaemon, saidBy, snapOvnDaemon } from './ovs-places.ts';
import { defineSource } from './source.ts';

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
 *     Role: leader                                cluster/status, where the database is clustered
 *     Term: 1
 *
 * A recompute works out everything anew, a compute what has changed: the first is dear.
 */
export const ovnDaemons = defineSource({
  id: 'ovn-daemons',
  title: 'OVN daemons',
  why: 'Shows whether ovn-controller and ovn-northd have their databases and keep up, and who leads a clustered database.',
  everySeconds: 5,
  reads: {
    connection: ovnDaemon(CONTROLLER, 'connection-status'),
    snapConnection: snapOvnDaemon(CONTROLLER, 'connection-status'),
    engine: ovnDaemon(CONTROLLER, 'inc-engine/show-stats'),
    snapEngine: snapOvnDaemon(CONTROLLER, 'inc-engine/show-stats'),
    status: ovnDaemon(NORTHD, 'status'),
    snapStatus: snapOvnDaemon(NORTHD, 'status'),
    northdEngine: ovnDaemon(NORTHD, 'inc-engine/show-stats'),
    snapNorthdEngine: snapOvnDaemon(NORTHD, 'inc-engine/show-stats'),
    watches: ovnDaemon(NORTHD, 'stopwatch/show'),
    snapWatches: snapOvnDaemon(NORTHD, 'stopwatch/show'),
    nbCluster: ovnDaemon('ovnnb_db', 'cluster/status OVN_Northbound'),
    snapNbCluster: snapOvnDaemon('ovnnb_db', 'cluster/status OVN_Northbound'),
    sbCluster: ovnDaemon('ovnsb_db', 'cluster/status OVN_Southbound'),
    snapSbCluster: snapOvnDaemon('ovnsb_db', 'cluster/status OVN_Southbound'),
  },
  parse: (values): OvnDaemonsSample => {
    const connection = saidBy(values.connection, values.snapConnection);
    const status = saidBy(values.status, values.snapStatus);
    return {
      connection: connection.text?.trim() || undefined,
      controllerSilent: connection.silent,
      controllerEngine: engineOf(saidBy(values.engine, values.snapEngine).text),
      northd: /^Status: (\S+)/m.exec(status.text ?? '')?.[1],
      northdSilent: status.silent,
      northdEngine: engineOf(saidBy(values.northdEngine, values.snapNorthdEngine).text),
      watches: watchesOf(saidBy(values.watches, values.snapWatches).text),
      clusters: [
        ...clusterOf('northbound', saidBy(values.nbCluster, values.snapNbCluster).text),
        ...clusterOf('southbound', saidBy(values.sbCluster, values.snapSbCluster).text),
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
  readonly clusters: readonly RaftMember[];
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

/** This server's view of a clustered database. */
export interface RaftMember {
  readonly database: 'northbound' | 'southbound';
  /** `cluster member`, `joining cluster`, `left cluster`… */
  readonly status: string | undefined;
  /** `leader`, `follower`, `candidate`. */
  readonly role: string | undefined;
  /** `self`, or four digits of its id; `unknown` without one. */
  readonly leader: string | undefined;
  readonly term: number | undefined;
  readonly notCommitted: number | undefined;
  readonly notApplied: number | undefined;
  readonly disconnections: number | undefined;
  readonly servers: number;
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

function clusterOf(database: RaftMember['database'], text: string | undefined): readonly RaftMember[] {
  if (text === undefined || !/^Role: /m.test(text)) return [];
  const field = (label: string) => new RegExp(String.raw`^${label}: (.*)$`, 'm').exec(text)?.[1]?.trim();
  const servers = text.slice(text.indexOf('\nServers:') + 1);
  return [
    {
      database,
      status: field('Status'),
      role: field('Role'),
      leader: field('Leader'),
      term: toCount(field('Term')),
      notCommitted: toCount(field('Entries not yet committed')),
      notApplied: toCount(field('Entries not yet applied')),
      disconnections: toCount(field('Disconnections')),
      servers: [...servers.matchAll(/^\s+[0-9a-f]{4} \(/gm)].length,
    },
  ];
}
