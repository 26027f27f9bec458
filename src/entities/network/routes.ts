import type { Seen } from '../../timeline/moment.ts';
import type { NeighbourTable, Route } from '../../sources/network/routing.ts';
import type { Link } from '../../sources/network/links.ts';

/** Gateway of a default route, and whether it resolves. */
export interface Gateway {
  readonly address: string;
  readonly link: Link | undefined;
  readonly metric: number | undefined;
  /** State in the neighbour table; undefined without an entry: nothing was sent to it for minutes. */
  readonly state: string | undefined;
  /** FAILED, or INCOMPLETE at two readings: once is the first second of any resolution. */
  readonly isUnresolved: boolean;
}

const MAIN_TABLE = 254;
const NO_MAC = new Set(['FAILED', 'INCOMPLETE']);
/** Gateways of the default routes of the main table. */
export function gateways(
  routes: readonly Route[],
  { now, before }: Pick<Seen<NeighbourTable | undefined>, 'now' | 'before'>,
  links: ReadonlyMap<number, Link>,
): readonly Gateway[] {
  const found = new Map<string, Gateway>();
  for (const { destination, table, metric, hops } of routes) {
    if (destination !== 'default' || table !== MAIN_TABLE) continue;
    for (const { gateway, index } of hops) {
      if (gateway === undefined) continue;
      const stateIn = (table: NeighbourTable | undefined) =>
        table?.items.find((one) => one.address === gateway && one.index === index)?.state;
      const state = stateIn(now);
      found.set(`${gateway} ${index}`, {
        address: gateway,
        link: index === undefined ? undefined : links.get(index),
        metric,
        state,
        isUnresolved: state === 'FAILED' || (state === 'INCOMPLETE' && NO_MAC.has(stateIn(before) ?? '')),
      });
    }
  }
  return [...found.values()];
}

/** Severity of a gateway that does not resolve: crit where none of the others does, else warn; undefined for one that does. */
export function gatewaySeverity(one: Gateway, all: readonly Gateway[]): 'crit' | 'warn' | undefined {
  if (!one.isUnresolved) return undefined;
  return all.every(({ isUnresolved }) => isUnresolved) ? 'crit' : 'warn';
}
