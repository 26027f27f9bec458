import { describe, expect, test } from 'vitest';
import { policyRules, strayedAddresses } from '../../../src/entities/network/rules.ts';
import { links } from '../../../src/sources/network/links.ts';
import { addresses, routes, routingRules } from '../../../src/sources/network/routing.ts';

const dump = (objects: readonly object[], all = objects.length) => JSON.stringify({ all, objects });

const ETH0 = { index: 2, name: 'eth0', flags: 1, operState: 'up' };
const ETH1 = { index: 3, name: 'eth1', flags: 1, operState: 'up' };
const MAIN = { family: 4, table: 254, destination: 'default', type: 'unicast', gateway: '192.0.2.1', index: 2 };
const RULES = [
  { family: 4, priority: 0, selector: 'from all', action: 'lookup local', table: 255 },
  { family: 4, priority: 100, selector: 'from 198.51.100.2', action: 'lookup 100', table: 100 },
  { family: 4, priority: 32_766, selector: 'from all', action: 'lookup main', table: 254 },
];
const rule = (selector: string, table: number, priority = 90) => ({ family: 4, priority, selector, action: `lookup ${table}`, table }); // prettier-ignore

interface Host {
  readonly rules?: readonly object[];
  readonly routes?: readonly object[];
  readonly links?: readonly object[];
  readonly allRoutes?: number;
}

function strayed({ rules = RULES, routes: ways = [MAIN], links: present = [ETH0, ETH1], allRoutes }: Host) {
  const table = routes.parse({ routes: dump(ways, allRoutes) });
  const own = addresses.parse({ addresses: dump([{ index: 3, address: '198.51.100.2', prefix: 24 }]) });
  const known = new Map(links.parse({ links: dump(present) })?.items.map((link) => [link.index, link]));
  const policy = policyRules(routingRules.parse({ rules: dump(rules) })?.items ?? [], table);
  return strayedAddresses(policy, table?.items ?? [], own?.items ?? [], known).map(
    ({ address, link, over }) => `${address} ${link.name} ${over.name}`,
  );
}

describe('policyRules', () => {
  const of = (rules: readonly object[], ways: readonly object[], all = ways.length) =>
    policyRules(routingRules.parse({ rules: dump(rules) })?.items ?? [], routes.parse({ routes: dump(ways, all) }));

  test('policyRules leaves out the rules of the kernel, and keeps one that took the place of main', () => {
    expect(of(RULES, [MAIN]).map(({ priority }) => priority)).toEqual([100]);
    expect(of([rule('from all', 254, 40_000)], [MAIN]).map(({ priority }) => priority)).toEqual([40_000]);
  });

  test('policyRules has the routes of a table by version of IP', () => {
    const ways = [MAIN, { ...MAIN, table: 100 }, { ...MAIN, family: 6, table: 100 }];
    expect(of(RULES, ways)[0]?.routes).toHaveLength(1);
    expect(of(RULES, [MAIN])[0]?.routes).toEqual([]);
  });

  test('policyRules knows no routes of a table where some were not read, of the local one, and of a VRF', () => {
    expect(of(RULES, [MAIN], 9000)[0]?.routes).toBeUndefined();
    expect(of([rule('from 10.0.0.1', 255)], [MAIN])[0]?.routes).toBeUndefined();
    expect(of([{ ...rule('from all', 0), table: undefined, action: 'lookup [l3mdev-table]' }], [MAIN])[0]?.routes).toBeUndefined(); // prettier-ignore
  });
});

describe('strayedAddresses', () => {
  test('strayedAddresses names an address whose table is empty, and the link of the main default route', () => {
    expect(strayed({})).toEqual(['198.51.100.2 eth1 eth0']);
    expect(strayed({ rules: [...RULES, rule('from 203.0.113.9', 254)] })).toEqual(['198.51.100.2 eth1 eth0']);
  });

  test.each<[string, Host]>([
    ['the table has a route', { routes: [MAIN, { ...MAIN, table: 100, index: 3 }] }],
    ['the default route leads over the same link', { routes: [{ ...MAIN, index: 3 }] }],
    ['no route is the default', { routes: [{ ...MAIN, destination: '10.0.0.0/8' }] }],
    ['the default route has several hops', { routes: [{ ...MAIN, hops: [{ index: 2 }, { index: 3 }] }] }],
    ['the link of the address is down', { links: [ETH0, { ...ETH1, operState: 'down' }] }],
    ['not all routes were read', { allRoutes: 9000 }],
    ['another rule may have a route', { rules: [...RULES, rule('from all fwmark 0x1', 254)] }],
    ['another rule refuses', { rules: [...RULES, { ...rule('from 198.51.100.2', 0), table: undefined, action: 'prohibit' }] }],
    ['the rule takes a part of its packets', { rules: [rule('from 198.51.100.2 fwmark 0x1', 100)] }],
    ['the address is of another host', { rules: [rule('from 198.51.100.99', 100)] }],
  ])('strayedAddresses is empty where %s', (_, host) => {
    expect(strayed(host)).toEqual([]);
  }); // prettier-ignore
});
