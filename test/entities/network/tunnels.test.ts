import { expect, test } from 'vitest';
import { wideTunnels } from '../../../src/entities/network/tunnels.ts';
import { links } from '../../../src/sources/network/links.ts';
import { routes } from '../../../src/sources/network/routing.ts';

const dump = (...objects: readonly object[]) => JSON.stringify({ all: objects.length, objects });
const link = (index: number, name: string, mtu: number, fields: object = {}) => ({ index, name, flags: 1, mtu, ...fields }); // prettier-ignore
const route = (destination: string, index: number) => ({ family: 4, table: 254, type: 'unicast', destination, index });

const wide = (tunnel: object, ...table: readonly object[]) => {
  const all = links.parse({ links: dump(link(2, 'eth0', 1500), link(3, 'eth1', 9000), tunnel) })?.items ?? [];
  const found = wideTunnels(new Map(all.map((one) => [one.index, one])), routes.parse({ routes: dump(...table) })?.items ?? []); // prettier-ignore
  return found.map(({ link: { name }, lower, fitsBytes }) => `${name} over ${lower.name}: ${fitsBytes}`);
};
const geneve = (fields: object = {}) =>
  link(7, 'gnv0', 1500, { kind: 'geneve', id: 9, remote: '192.0.2.9', ...fields });

test('wideTunnels takes the narrowest route to the peer of a tunnel without a link below', () => {
  expect(wide(geneve(), route('default', 2))).toEqual(['gnv0 over eth0: 1450']);
  expect(wide(geneve(), route('default', 2), route('192.0.2.0/24', 3))).toEqual([]);
  expect(wide(geneve(), route('192.0.2.0/24', 3), route('192.0.2.9', 2))).toEqual(['gnv0 over eth0: 1450']);
  expect(wide(geneve({ mtu: 1450 }), route('default', 2))).toEqual([]);
});

test('wideTunnels leaves out a tunnel without a route, and one that is down', () => {
  expect(wide(geneve())).toEqual([]);
  expect(wide(geneve(), { ...route('default', 2), table: 100 })).toEqual([]);
  expect(wide(geneve({ flags: 0 }), route('default', 2))).toEqual([]);
});

test('wideTunnels has VLANs, and 20 bytes more for a peer over IPv6', () => {
  expect(wide(link(7, 'eth0.7', 9000, { kind: 'vlan', id: 7, lower: 2 }))).toEqual(['eth0.7 over eth0: 1500']);
  expect(wide(geneve({ kind: 'vxlan', over: 2, remote: '2001:db8::9' }))).toEqual(['gnv0 over eth0: 1430']);
});
