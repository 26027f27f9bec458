import type { Dump } from '../../sources/network/dump.ts';
import type { Link } from '../../sources/network/links.ts';
import type { Address, Route, RoutingRule } from '../../sources/network/routing.ts';
import { MAIN_TABLE } from './routes.ts';

const LOCAL_TABLE = 255;

/** Rules of the kernel itself: `ip rule` of a host without policy routing. */
const KERNEL_RULES = new Set(['0 lookup local', '32766 lookup main', '32767 lookup default']);

const isKernelRule = ({ priority, selector, action }: RoutingRule): boolean =>
  selector === 'from all' && KERNEL_RULES.has(`${priority} ${action}`);

/** Rule of policy routing, with the routes of the table that it looks up. */
export interface PolicyRule extends RoutingRule {
  /** Routes of the table; undefined where it is not known. */
  readonly routes: readonly Route[] | undefined;
}

/** Rules besides those of the kernel. */
export function policyRules(rules: readonly RoutingRule[], routes: Dump<Route> | undefined): readonly PolicyRule[] {
  // Of more routes than a reply has, those of a table may be among the rest.
  const known = routes !== undefined && routes.items.length === routes.all ? routes.items : undefined;
  return rules
    .filter((rule) => !isKernelRule(rule))
    .map((rule) => ({
      ...rule,
      routes:
        rule.table === undefined || rule.table === LOCAL_TABLE
          ? undefined
          : known?.filter(({ table, family }) => table === rule.table && family === rule.family),
    }));
}

/** Address of this host whose own table has lost its routes: its packets leave over another link. */
export interface StrayedAddress {
  readonly rule: PolicyRule;
  readonly address: string;
  /** That has the address. */
  readonly link: Link;
  /** Of the main table's default route. */
  readonly over: Link;
}

const hostOf = ({ selector }: RoutingRule): string | undefined => /^from ([\da-f.:]+)$/.exec(selector)?.[1];

/**
 * Addresses whose rule looks up a table without routes while the main table leads over another link. Where another rule may match their
 * packets nothing is stated, since that one may have a route for them.
 */
export function strayedAddresses(
  rules: readonly PolicyRule[],
  routes: readonly Route[],
  addresses: readonly Address[],
  links: ReadonlyMap<number, Link>,
): readonly StrayedAddress[] {
  return rules.flatMap((rule): StrayedAddress[] => {
    const address = hostOf(rule);
    const link = links.get(addresses.find((one) => one.address === address)?.index ?? -1);
    if (address === undefined || rule.routes?.length !== 0 || link?.isUp !== true || link.operState !== 'up') return [];
    const mayMatch = (other: PolicyRule): boolean => {
      const host = hostOf(other);
      return other.family === rule.family && other.routes?.length !== 0 && (host === undefined || host === address);
    };
    if (rules.some((other) => other !== rule && mayMatch(other))) return [];
    const over = links.get(defaultRoute(routes, rule.family)?.hops[0]?.index ?? -1);
    return over === undefined || over.index === link.index ? [] : [{ rule, address, link, over }];
  });
}

/** Default route of the main table that is used, unless it has several hops. */
function defaultRoute(routes: readonly Route[], family: number): Route | undefined {
  const [first] = routes
    .filter((route) => route.destination === 'default' && route.table === MAIN_TABLE && route.family === family)
    .toSorted((a, b) => (a.metric ?? 0) - (b.metric ?? 0));
  return first?.hops.length === 1 ? first : undefined;
}
