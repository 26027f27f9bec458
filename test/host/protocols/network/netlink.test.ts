import { networkInterfaces } from 'node:os';
import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { netlink } from '../../../../src/host/protocols/network/netlink.ts';
import { links } from '../../../../src/sources/network/links.ts';
import { listeners, unixListeners } from '../../../../src/sources/network/queues.ts';
import { addresses, routes, routingRules } from '../../../../src/sources/network/routing.ts';
import { opened, reach } from '../../../helpers/daemon-reach.ts';

async function ask() {
  const { lane, daemons } = await reach(netlink);
  return async (request: string, protocol = 0) => {
    const reading = await daemons.request(lane, {
      kind: 'talk',
      dialect: 'netlink',
      to: `netlink:${protocol}`,
      request,
    });
    if (!reading.ok) throw new Error(reading.detail);
    return reading.value;
  };
}

test('netlink has the links and addresses of this machine', async () => {
  const request = await ask();
  const found = links.parse({ links: await request('links') })?.items ?? [];
  const own = addresses.parse({ addresses: await request('addresses') })?.items ?? [];
  expect(found.find(({ name }) => name === 'lo')).toMatchObject({ isUp: true, kind: undefined });
  const shown = Object.values(networkInterfaces()).flatMap((all) => all?.map(({ address }) => address) ?? []);
  expect(own.map(({ address }) => address)).toEqual(expect.arrayContaining(shown));
  expect(routes.parse({ routes: await request('routes') })?.items).toBeDefined();
  const rules = routingRules.parse({ rules: await request('rules') })?.items;
  expect(rules).toContainEqual({
    family: 4,
    priority: 32_766,
    selector: 'from all',
    action: 'lookup main',
    table: 254,
  });
});

test('netlink has a listener with its accept queue', async () => {
  const server = createServer().listen(0, '127.0.0.1', 7);
  opened.push({ close: () => void server.close() });
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const request = await ask();
  const found = listeners.parse({ listeners: await request('listeners', 4) })?.items.find((one) => one.port === port);
  expect(found).toMatchObject({ address: '127.0.0.1', waiting: 0, backlog: 7 });
});

test('netlink has a listening unix socket with its accept queue', async () => {
  const name = `\0crashcart-test-${process.pid}`;
  const server = createServer().listen({ path: name, backlog: 7 });
  opened.push({ close: () => void server.close() });
  await new Promise((resolve) => server.once('listening', resolve));
  const request = await ask();
  const found = unixListeners.parse({ listeners: await request('unixListeners', 4) })?.items ?? [];
  expect(found.find((one) => one.name === name.replace('\0', '@'))).toMatchObject({ waiting: 0, backlog: 7 });
});
