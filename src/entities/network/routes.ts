import type { Seen } from '../../timeline/moment.ts';
import type { Neighbour, NeighbourTable, Route } from '../../sources/network/routing.ts';
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
  /** Time since the last packet to it, of one that failed more than two minutes ago. */
  readonly unusedSeconds: number | undefined;
}

export const MAIN_TABLE = 254;
const NO_MAC = new Set(['FAILED', 'INCOMPLETE']);
/** Age from which a failure is past: any packet would have repeated it. */
const UNUSED_SECONDS = 120;

type Resolution = Pick<Gateway, 'state' | 'isUnresolved' | 'unusedSeconds'>;

/** State of a neighbour, and whether it resolves. */
export function resolution(
  { now, before }: Pick<Seen<NeighbourTable | undefined>, 'now' | 'before'>,
  matches: (neighbour: Neighbour) => boolean,
): Resolution {
  const { state, failedSeconds } = now?.items.find(matches) ?? {};
  const earlier = before?.items.find(matches)?.state;
  return {
    state,
    isUnresolved: state === 'FAILED' || (state === 'INCOMPLETE' && NO_MAC.has(earlier ?? '')),
    unusedSeconds: failedSeconds !== undefined && failedSeconds > UNUSED_SECONDS ? failedSeconds : undefined,
  };
}

/** Gateways of the default routes of the main table. */
export function gateways(
  routes: readonly Route[],
  neighbours: Pick<Seen<NeighbourTable | undefined>, 'now' | 'before'>,
  links: ReadonlyMap<number, Link>,
): readonly Gateway[] {
  const found = new Map<string, Gateway>();
  for (const { destination, table, metric, hops } of routes) {
    if (destination !== 'default' || table !== MAIN_TABLE) continue;
    for (const { gateway, index } of hops) {
      if (gateway === undefined) continue;
      found.set(`${gateway} ${index}`, {
        address: gateway,
        link: index === undefined ? undefined : links.get(index),
        metric,
        ...resolution(neighbours, (one) => one.address === gateway && one.index === index),
      });
    }
  }
  return [...found.values()];
}

/**
 * Severity of a gateway that does not resolve: crit where none of the others does, else warn. One to which nothing is sent, as by a route of a
 * router advertisement that no program uses, is a grade lower. Undefined for one that resolves.
 */
export function gatewaySeverity(one: Gateway, all: readonly Gateway[]): 'crit' | 'warn' | undefined {
  if (!one.isUnresolved) return undefined;
  const isUsed = one.unusedSeconds === undefined;
  if (all.every(({ isUnresolved }) => isUnresolved)) return isUsed ? 'crit' : 'warn';
  return isUsed ? 'warn' : undefined;
}
