import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSocket } from 'node:dgram';
import { connect, createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { facts } from '../../../../src/host/protocols/network/facts.ts';
import { netlink } from '../../../../src/host/protocols/network/netlink.ts';
import type { Protocol } from '../../../../src/host/protocols/protocol.ts';
import { connections } from '../../../../src/sources/network/connections.ts';
import { peerFlows } from '../../../../src/sources/network/peer-flows.ts';
import { clock } from '../../../../src/sources/network/clock.ts';
import { drivers } from '../../../../src/sources/network/drivers.ts';
import { namespaces } from '../../../../src/sources/network/namespaces.ts';
import { packageFiles } from '../../../../src/sources/packages/package-files.ts';
import { processObjects } from '../../../../src/sources/processes/objects.ts';
import { nvmeHealth } from '../../../../src/sources/storage/nvme-health.ts';
import { resolvers } from '../../../../src/sources/network/resolvers.ts';
import { opened, reach } from '../../../helpers/daemon-reach.ts';

const isDebian = existsSync('/var/lib/dpkg/status');

async function asking(protocol: Protocol) {
  const { lane, daemons } = await reach(protocol);
  return async (to: string, request: string) => {
    const reading = await daemons.request(lane, { kind: 'talk', dialect: protocol.name, to, request });
    if (!reading.ok) throw new Error(reading.detail);
    return reading.value;
  };
}

test('facts has the clock of this machine, without a difference to itself', async () => {
  const ask = await asking(facts);
  const { aheadSeconds, roundTripSeconds, kernel } = clock.parse({ clock: await ask('facts:clock', 'clock') }) ?? {};
  expect(Math.abs(aheadSeconds ?? 9)).toBeLessThanOrEqual((roundTripSeconds ?? 0) / 2 + 0.01);
  expect(kernel?.maxErrorSeconds).toBeGreaterThan(0);
});

test('facts has the drivers of the cards of this machine', async () => {
  const ask = await asking(facts);
  const sample = drivers.parse({ drivers: await ask('facts:drivers', 'drivers') });
  expect(sample?.all).toBe(sample?.cards.size);
  for (const { driver } of sample?.cards.values() ?? []) expect(driver).toMatch(/\w/);
});

test.runIf(process.getuid?.() === 0)('facts has a namespace as long as it is there', async () => {
  const child = spawn('unshare', ['--net', 'sleep', '60'], { stdio: 'ignore' });
  opened.push({ close: () => void child.kill() });
  const ask = await asking(facts);
  const find = async () => {
    const sample = namespaces.parse({ namespaces: await ask('facts:namespaces', 'namespaces') });
    return [...(sample?.spaces.values() ?? [])].find(({ pid }) => pid === child.pid);
  };
  for (let tries = 0; tries < 50 && (await find()) === undefined; tries++) await sleep(100);
  expect(await find()).toMatchObject({ command: 'sleep', listeners: [] });
  expect((await find())?.counters.get('Tcp OutSegs')).toBe(0);
  child.kill();
  await new Promise((resolve) => child.once('exit', resolve));
  expect(await find()).toBeUndefined();
});

test.runIf(isDebian && existsSync('/usr/bin/readelf'))(
  'facts has the objects of this process, with the build-id that readelf prints',
  async () => {
    const ask = await asking(facts);
    const text = await ask('facts:objects', `objects ${process.pid}`);
    const sample = processObjects.parse({ objects: text }, { pid: process.pid });
    const libc = sample?.objects.find(({ path }) => path.includes('libc.so'));
    const notes = execFileSync('readelf', ['-n', libc?.path ?? ''], { encoding: 'utf8' });
    expect(libc?.buildId).toBe(/Build ID: ([\da-f]+)/.exec(notes)?.[1]);
    expect(libc).toMatchObject({
      isDeleted: false,
      package: { name: 'libc6', version: expect.stringMatching(/^2\./) as string },
    });
    expect(sample).toMatchObject({ left: 0, isInside: false });
  },
);

test.runIf(process.getuid?.() === 0)('facts has the build-id of an object that was replaced on disk', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'crashcart-test-'));
  const file = join(folder, 'program');
  copyFileSync('/bin/sleep', file);
  const child = spawn(file, ['60'], { stdio: 'ignore' });
  opened.push({
    close: () => {
      child.kill();
      rmSync(folder, { recursive: true });
    },
  });
  await new Promise((resolve) => child.once('spawn', resolve));
  rmSync(file);
  writeFileSync(file, 'another');
  const ask = await asking(facts);
  const of = async (pid: number) =>
    processObjects.parse({ objects: await ask('facts:objects', `objects ${pid}`) }, { pid });
  const program = (await of(child.pid ?? 0))?.objects.find(({ path }) => path === file);
  expect(program).toMatchObject({ isDeleted: true, package: undefined });
  expect(program?.buildId).toMatch(/^[\da-f]{40}$/);
});

test.runIf(isDebian)('facts has the files of the package manager and who holds its locks', async () => {
  const ask = await asking(facts);
  const sample = packageFiles.parse({ files: await ask('facts:packages', 'packages') });
  expect(sample?.database).toMatch(/^\/var\/lib\/dpkg\/status \d+ \d+ \d+/m);
  expect(sample?.locks.every(({ path }) => path.startsWith('/var/'))).toBe(true);
});

test('facts has the health logs of NVMe controllers, or none', async () => {
  const ask = await asking(facts);
  const sample = nvmeHealth.parse({ logs: await ask('facts:nvme', 'nvme') });
  expect((sample?.controllers.size ?? 0) + (sample?.failed.size ?? 0)).toBe(existsSync('/sys/class/nvme') ? readdirSync('/sys/class/nvme').length : 0); // prettier-ignore
});

test('facts has the mapped devices of this machine, or why not', async () => {
  const ask = await asking(facts);
  const reply = await ask('facts:mapped', 'mapped').catch((error: Error) => error.message);
  expect(reply).toMatch(/^\{"all":\d+,"devices":\{|^\/dev\/mapper\/control: /);
});

/** Connections to one port: more than other tests open to all but a few, since the collector keeps the 20 fullest destinations. */
const CONNECTIONS = 50;

test.each(['127.0.0.1', '::1'])('facts has both ends of connections over %s, and their round trip', async (address) => {
  const server = createServer().listen(0, address);
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const accepted = Promise.withResolvers<void>();
  let count = 0;
  server.on('connection', () => ++count === CONNECTIONS && accepted.resolve());
  const clients = Array.from({ length: CONNECTIONS }, () => connect(port, address));
  opened.push({
    close: () => {
      for (const client of clients) client.destroy();
      server.close();
    },
  });
  await accepted.promise;
  const ask = await asking(facts);
  const sample = connections.parse({ connections: await ask('facts:connections', 'connections') });
  const own = sample?.peers.filter((peer) => peer.port === port) ?? [];
  expect(new Set(own.map((peer) => `${peer.side} ${peer.address}: ${peer.sockets}`))).toEqual(new Set([`from ${address}: ${CONNECTIONS}`, `to ${address}: ${CONNECTIONS}`])); // prettier-ignore
  expect(sample?.ports.find((use) => use.port === port)?.used).toBe(CONNECTIONS);
  for (const side of ['to', 'from'] as const) {
    const target = { address, port, side };
    const flows = peerFlows.parse({ flows: await ask('facts:flows', `flows ${address} ${port} ${side}`) }, target);
    expect(flows?.all).toBe(CONNECTIONS);
    expect(flows?.flows[0]).toMatchObject({ state: 'ESTAB', [side === 'to' ? 'remotePort' : 'localPort']: port });
    expect(flows?.flows[0]?.info?.rttMs).toBeGreaterThan(0);
  }
});

test('facts has the drops of a UDP socket that is not read', async () => {
  const ask = await asking(facts);
  const reader = spawn('/usr/bin/python3', ['-c', 'import socket,sys,time\ns=socket.socket(2,2); s.setsockopt(1,8,4096); s.bind(("127.0.0.1",0)); print(s.getsockname()[1],flush=True); time.sleep(60)']); // prettier-ignore
  opened.push({ close: () => void reader.kill() });
  const port = Number(
    await new Promise<string>((resolve) => reader.stdout.once('data', (text) => resolve(String(text)))),
  );
  const sender = createSocket('udp4');
  opened.push({ close: () => void sender.close() });
  for (let i = 0; i < 50; i++)
    await new Promise((resolve) => sender.send(Buffer.alloc(1000), port, '127.0.0.1', resolve));
  const sample = connections.parse({ connections: await ask('facts:connections', 'connections') });
  expect(sample?.udp.find((socket) => socket.port === port)).toMatchObject({ address: '127.0.0.1', drops: expect.toSatisfy((drops: number) => drops > 0) as number }); // prettier-ignore
});

test('facts refuses other requests', () => {
  expect(facts.refusal('facts:objects', 'objects 42')).toBeUndefined();
  for (const request of [
    'objects',
    'objects 0',
    'objects 1 2',
    'objects ../1',
    'clock 1',
    'flows',
    'flows 192.0.2.7 5432 over',
    'flows x 1 to',
    'connections 1',
  ])
    expect(facts.refusal(`facts:${request.split(' ')[0]}`, request)).toContain('no facts');
  expect(facts.refusal('facts:clock', 'clock')).toBeUndefined();
  for (const [to, request] of [['facts:clock', 'drivers'], ['facts:toString', 'toString'], ['/run/x', 'clock']] as const)
    expect(facts.refusal(to, request)).toContain('no facts'); // prettier-ignore
});

test('netlink has the sockets of lookups, and no others', async () => {
  const socket = createSocket('udp4');
  opened.push({ close: () => void socket.close() });
  await new Promise<void>((resolve) => socket.connect(53, '127.0.0.1', resolve));
  const ask = await asking(netlink);
  const [lookups, listening] = [await ask('netlink:4', 'lookups'), await ask('netlink:4', 'nameservers')];
  const sample = resolvers.parse({ conf: '', upstream: undefined, lookups, listening });
  expect(sample?.lookups).toContainEqual(expect.objectContaining({ remote: '127.0.0.1', remotePort: 53, localPort: socket.address().port })); // prettier-ignore
  expect(sample?.lookups?.every(({ remotePort }) => remotePort === 53)).toBe(true);
  expect(sample?.listening?.every(({ localPort }) => localPort === 53)).toBe(true);
});
