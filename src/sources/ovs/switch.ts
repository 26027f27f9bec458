import { lines, toCount, words } from '../../lib/lines.ts';
import { bondsOf, type Bond } from './bonds.ts';
import { limitsOf } from './conntrack-zones.ts';
import { parts, replyOf, snapSwitchd, switchd } from './sockets.ts';
import { pmdsOf, rxqsOf, type Pmd, type Rxq } from './threads-shown.ts';
import { defineSource } from '../source.ts';

/**
 * Slowly changing state of Open vSwitch: FDB, conntrack, PMD threads and rx queues, bonds. ovs-vswitchd(8).
 *
 *     handlers:1 ofconns:3 ports:12 revalidators:1 rules:914 udpif keys:108          memory/show
 *     == br-int                                                                     fdb/stats-show of each bridge
 *       Current/maximum MAC entries in the table: 3/8192
 *
 * Connections of the kernel datapath are counted in /proc.
 */
export const ovsSwitch = defineSource({
  id: 'ovs-switch',
  title: 'Open vSwitch tables',
  why: 'Shows FDB and conntrack against their limits, PMD threads, and bonds with a disabled member.',
  everySeconds: 10,
  reads: {
    memory: switchd('memory/show'),
    snapMemory: snapSwitchd('memory/show'),
    pmds: switchd('dpif-netdev/pmd-stats-show'),
    snapPmds: snapSwitchd('dpif-netdev/pmd-stats-show'),
    rxqs: switchd('dpif-netdev/pmd-rxq-show'),
    snapRxqs: snapSwitchd('dpif-netdev/pmd-rxq-show'),
    fdb: switchd('fdb/stats-show *'),
    snapFdb: snapSwitchd('fdb/stats-show *'),
    bonds: switchd('bond/show'),
    snapBonds: snapSwitchd('bond/show'),
    lacp: switchd('lacp/show'),
    snapLacp: snapSwitchd('lacp/show'),
    connections: switchd('dpctl/ct-get-nconns *'),
    snapConnections: snapSwitchd('dpctl/ct-get-nconns *'),
    mostConnections: switchd('dpctl/ct-get-maxconns *'),
    snapMostConnections: snapSwitchd('dpctl/ct-get-maxconns *'),
    zoneLimits: switchd('dpctl/ct-get-limits *'),
    snapZoneLimits: snapSwitchd('dpctl/ct-get-limits *'),
    kernelConnections: { kind: 'file', path: '/proc/sys/net/netfilter/nf_conntrack_count' },
    kernelMostConnections: { kind: 'file', path: '/proc/sys/net/netfilter/nf_conntrack_max' },
  },
  parse: (values): OvsSwitchSample => {
    const memory = replyOf(values.memory, values.snapMemory);
    return {
      memory: memoryOf(memory.text),
      pmds: pmdsOf(replyOf(values.pmds, values.snapPmds).text),
      rxqs: rxqsOf(replyOf(values.rxqs, values.snapRxqs).text),
      fdb: fdbOf(replyOf(values.fdb, values.snapFdb).text),
      bonds: bondsOf(replyOf(values.bonds, values.snapBonds).text, replyOf(values.lacp, values.snapLacp).text),
      conntrack: [
        ...conntrackOf(
          replyOf(values.connections, values.snapConnections).text,
          replyOf(values.mostConnections, values.snapMostConnections).text,
        ),
        ...kernelConntrack(values.kernelConnections, values.kernelMostConnections),
      ],
      zones: zonesOf(replyOf(values.zoneLimits, values.snapZoneLimits).text),
    };
  },
});

export interface OvsSwitchSample {
  /** `rules`, `ports`, `handlers`, `revalidators`, `udpif keys`…; zero counts are left out. */
  readonly memory: ReadonlyMap<string, number>;
  readonly pmds: readonly Pmd[];
  readonly rxqs: readonly Rxq[];
  readonly fdb: readonly Fdb[];
  readonly bonds: readonly Bond[];
  readonly conntrack: readonly Conntrack[];
  /** ct zones with a limit. */
  readonly zones: readonly LimitedZone[];
}

export interface LimitedZone {
  /** Name of the datapath. */
  readonly where: string;
  readonly zone: number;
  readonly connections: number;
  readonly most: number;
}

/** FDB of one bridge. */
export interface Fdb {
  readonly bridge: string;
  readonly entries: number | undefined;
  readonly most: number | undefined;
  /** Totals since the bridge was created. */
  readonly evicted: number | undefined;
  readonly moved: number | undefined;
}

export interface Conntrack {
  /** Name of the datapath, or `kernel`. */
  readonly where: string;
  readonly connections: number | undefined;
  readonly most: number | undefined;
}

/** Names may hold blanks: `udpif keys:108`. */
export function memoryOf(text: string | undefined): ReadonlyMap<string, number> {
  const figures = new Map<string, number>();
  for (const [, name, value] of (text ?? '').matchAll(/(?:^|\s)(\S[^:]*?):(\d+)(?=\s|$)/g)) {
    const count = toCount(value);
    if (name !== undefined && count !== undefined) figures.set(name, count);
  }
  return figures;
}

function fdbOf(text: string | undefined): readonly Fdb[] {
  return parts(text).map(({ name, text: own }) => {
    const figure = (row: RegExp) => toCount(row.exec(own)?.[1]);
    return {
      bridge: name,
      entries: figure(/Current\/maximum MAC entries[^:]*: (\d+)\//),
      most: figure(/Current\/maximum MAC entries[^:]*: \d+\/(\d+)/),
      evicted: figure(/evicted MAC entries[^:]*: (\d+)/),
      moved: figure(/port moved MAC entries[^:]*: (\d+)/),
    };
  });
}

/** Conntrack counts by datapath; the kernel datapath refuses the request and has none. */
function conntrackOf(connections: string | undefined, most: string | undefined): readonly Conntrack[] {
  const limits = new Map(parts(most).map(({ name, text }) => [name, toCount(lines(text)[0])]));
  return parts(connections).flatMap(({ name, text }) => {
    const count = toCount(lines(text)[0]);
    return count === undefined ? [] : [{ where: name, connections: count, most: limits.get(name) }];
  });
}

const zonesOf = (text: string | undefined): readonly LimitedZone[] =>
  parts(text).flatMap(({ name }) =>
    [...limitsOf(text, name).byZone].flatMap(([zone, { connections, most }]) =>
      most === undefined ? [] : [{ where: name, zone, connections, most }],
    ),
  );

function kernelConntrack(count: string | undefined, most: string | undefined): readonly Conntrack[] {
  const connections = toCount(words(count ?? '')[0]);
  return connections === undefined ? [] : [{ where: 'kernel', connections, most: toCount(words(most ?? '')[0]) }];
}
