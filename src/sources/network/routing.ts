import { countOf, fields, items, textOf, type Fields } from '../../lib/json.ts';
import { defineSource } from '../source.ts';
import { dumpOf, netlinkRead, type Dump } from './dump.ts';

export interface Address {
  readonly index: number;
  readonly address: string;
  readonly prefix: number;
  /** `dadfailed`: another host has it; `tentative`: not checked yet; `deprecated`. */
  readonly states: readonly string[];
}

/** Addresses of all links. RTM_GETADDR, rtnetlink(7). */
export const addresses = defineSource({
  id: 'addresses',
  title: 'Network addresses',
  why: 'Shows addresses of every interface, and those that another host has as well.',
  everySeconds: 5,
  reads: { addresses: netlinkRead('addresses') },
  parse: ({ addresses: text }): Dump<Address> | undefined => dumpOf(text, addressOf),
});

const addressOf = (value: Fields): Address | undefined => {
  const index = countOf(value['index']);
  const address = textOf(value['address']);
  return index === undefined || address === undefined
    ? undefined
    : {
        index,
        address,
        prefix: countOf(value['prefix']) ?? 0,
        states: items(value['states']).flatMap((state) => textOf(state) ?? []),
      };
};

export interface Hop {
  readonly gateway: string | undefined;
  readonly index: number | undefined;
}

export interface Route {
  readonly family: number;
  /** 254 is main. */
  readonly table: number;
  /** `default`, or a network. */
  readonly destination: string;
  /** `unicast`; `blackhole`, `unreachable` and `prohibit` refuse. */
  readonly type: string | undefined;
  readonly metric: number | undefined;
  /** One, or several of a multipath route. */
  readonly hops: readonly Hop[];
  /** The link of its only hop is down. */
  readonly linkDown: boolean;
}

/** Routes of all tables but the local one. RTM_GETROUTE, rtnetlink(7). */
export const routes = defineSource({
  id: 'routes',
  title: 'Routes',
  why: 'Shows default routes, their gateways and routes over links that are down.',
  everySeconds: 5,
  reads: { routes: netlinkRead('routes') },
  parse: ({ routes: text }): Dump<Route> | undefined => dumpOf(text, routeOf),
});

function routeOf(value: Fields): Route | undefined {
  const destination = textOf(value['destination']);
  const table = countOf(value['table']);
  if (destination === undefined || table === undefined) return undefined;
  const several = items(value['hops']).map((hop) => hopOf(fields(hop)));
  return {
    family: countOf(value['family']) ?? 4,
    table,
    destination,
    type: textOf(value['type']),
    metric: countOf(value['metric']),
    hops: several.length > 0 ? several : [hopOf(value)],
    linkDown: value['linkDown'] === true,
  };
}

const hopOf = (value: Fields): Hop => ({ gateway: textOf(value['gateway']), index: countOf(value['index']) });

export interface RoutingRule {
  readonly family: number;
  /** Rules are tried from the lowest on. */
  readonly priority: number;
  /** Which packets, as ip(8) prints it: `from 10.9.0.2`, `from all fwmark 0x10/0xff`. */
  readonly selector: string;
  /** `lookup 100`, `goto 32766`, `prohibit`. */
  readonly action: string;
  /** Number of the table that is looked up; undefined of another action, of the table of a VRF, and of a name without a number. */
  readonly table: number | undefined;
}

/** Rules of policy routing. RTM_GETRULE, rtnetlink(7), ip-rule(8). */
export const routingRules = defineSource({
  id: 'routing-rules',
  title: 'Routing rules',
  why: 'Shows which packets are routed by other tables than the main one.',
  everySeconds: 15,
  reads: { rules: netlinkRead('rules') },
  parse: ({ rules: text }): Dump<RoutingRule> | undefined => dumpOf(text, ruleOf),
});

function ruleOf(value: Fields): RoutingRule | undefined {
  const priority = countOf(value['priority']);
  const [selector, action] = [textOf(value['selector']), textOf(value['action'])];
  if (priority === undefined || selector === undefined || action === undefined) return undefined;
  return { family: countOf(value['family']) ?? 4, priority, selector, action, table: countOf(value['table']) };
}

export interface Neighbour {
  readonly index: number;
  readonly address: string;
  readonly mac: string | undefined;
  /** NUD state: REACHABLE, STALE, DELAY, PROBE, PERMANENT; INCOMPLETE and FAILED have no MAC. */
  readonly state: string;
  /** Of FAILED: time since the last packet to it was refused. The kernel keeps such entries below gc_thresh1. */
  readonly failedSeconds?: number | undefined;
}

/** Neighbour tables of IPv4 and IPv6. RTM_GETNEIGH, rtnetlink(7); limits of Documentation/networking/ip-sysctl.rst. */
export const neighbours = defineSource({
  id: 'neighbours',
  title: 'Neighbours',
  why: 'Shows whether gateways resolve, and the neighbour table against its limit.',
  everySeconds: 3,
  reads: {
    neighbours: netlinkRead('neighbours'),
    limit4: { kind: 'file', path: '/proc/sys/net/ipv4/neigh/default/gc_thresh3' },
  },
  parse: (values): NeighbourTable | undefined => {
    const dump = dumpOf(values.neighbours, neighbourOf);
    return dump && { ...dump, limit: countOf(Number(values.limit4 ?? Number.NaN)) };
  },
});

export interface NeighbourTable extends Dump<Neighbour> {
  /** gc_thresh3: entries that the kernel keeps at most, over all network namespaces. */
  readonly limit: number | undefined;
}

const neighbourOf = (value: Fields): Neighbour | undefined => {
  const index = countOf(value['index']);
  const address = textOf(value['address']);
  return index === undefined || address === undefined
    ? undefined
    : {
        index,
        address,
        mac: textOf(value['mac']),
        state: textOf(value['state']) ?? 'NONE',
        failedSeconds: countOf(value['failedSeconds']),
      };
};
