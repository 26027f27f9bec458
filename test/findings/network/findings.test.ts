import { expect, test } from 'vitest';
import { bondLacp } from '../../../src/findings/network/cards.ts';
import { clockUnsynchronised } from '../../../src/findings/network/clock.ts';
import { gatewayUnresolved, qdiscDrops } from '../../../src/findings/network/routing.ts';
import { unixAcceptQueue } from '../../../src/findings/network/unix.ts';
import { missing } from '../../../src/host/host.ts';
import { foundOn } from '../../helpers/found-on.ts';
import { bonding, clockReply, dump, eth0, LACP_BOND, ran, twoGateways, unixReply, UNSYNCHRONISED } from './faults.ts';

/** chronyd 4.3 with `local stratum 5`. */
const LOCAL_SOURCE =
  '06020000002100050000000000000000d398752600000000000000007f7f0101000000000000000000000000000000000000000000050000000000006b0d2d632c7610a6000000000000000000000000000000000000000000000000000000000000000000000000';

test('gateway-unresolved finds nothing when nothing is sent to one of two', async () => {
  const changes = twoGateways({ state: 'FAILED', failedSeconds: 6387 });
  expect(await foundOn(gatewayUnresolved, 'cloud-vm', [changes, changes])).toEqual([]);
});

test('gateway-unresolved is a warning when nothing is sent to the only one', async () => {
  const changes = twoGateways({ state: 'FAILED', failedSeconds: 600 });
  const routes = { all: 1, objects: [{ family: 6, table: 254, destination: 'default', gateway: 'fd00::1', index: 2 }] };
  const [found] = await foundOn(gatewayUnresolved, 'cloud-vm', [{ ...changes, 'netlink:0 < routes': JSON.stringify(routes) }]); // prettier-ignore
  expect(found).toMatchObject({
    severity: 'warn',
    sentence: 'default gateway fd00::1 unreachable (FAILED), unused for 10m00s',
  });
});

test('qdisc-drops finds nothing when a cut dump may have left out the queue', async () => {
  const queue = { index: 2, kind: 'tbf', parent: 4_294_967_295, queued: 12, drops: 300 };
  const cut = { 'netlink:0 < qdiscs': JSON.stringify({ all: 6000, objects: [] }) };
  const changes = [cut, dump('qdiscs', queue)].map((one) => ({ ...dump('links', eth0), ...one }));
  expect(await foundOn(qdiscDrops, 'cloud-vm', changes, 10)).toEqual([]);
});

test('bond-lacp finds nothing when a member in a group by itself is down', async () => {
  expect(await foundOn(bondLacp, 'cloud-vm', [{ ...LACP_BOND, '/proc/net/bonding/bond0': bonding('down') }])).toEqual(
    [],
  );
});

test('clock-unsynchronised does not claim that no time service runs when processes are not read', async () => {
  const denied = missing('denied', 'hidden by hidepid=2');
  const changes = { ...clockReply(0, UNSYNCHRONISED), '/proc/[0-9]*/stat': denied };
  const [found] = await foundOn(clockUnsynchronised, 'cloud-vm', [changes]);
  expect(found).toMatchObject({ severity: 'info', sentence: 'not synchronised' });
});

test('clock-unsynchronised finds nothing when chronyd is synchronised without rtcsync', async () => {
  const changes = clockReply(0, { ...UNSYNCHRONISED, chrony: LOCAL_SOURCE });
  expect(await foundOn(clockUnsynchronised, 'cloud-vm', [changes])).toEqual([]);
});

test('clock-unsynchronised accuses no chronyd whose state is unknown', async () => {
  const changes = { ...clockReply(0, UNSYNCHRONISED), '/proc/[0-9]*/stat': ran('chronyd') };
  const [found] = await foundOn(clockUnsynchronised, 'cloud-vm', [changes]);
  expect(found).toMatchObject({ severity: 'info', sentence: 'not synchronised' });
});

test('clock-unsynchronised finds nothing when the error is below 16 s', async () => {
  expect(await foundOn(clockUnsynchronised, 'cloud-vm', [clockReply(0, { ...UNSYNCHRONISED, maxerror: 400 })])).toEqual(
    [],
  );
});

test('clock-unsynchronised finds nothing when the kernel is synchronised', async () => {
  expect(await foundOn(clockUnsynchronised, 'cloud-vm', [clockReply(0)])).toEqual([]);
});

test('unix-accept-queue finds nothing when a queue was full at one reading alone', async () => {
  expect(await foundOn(unixAcceptQueue, 'cloud-vm', [unixReply(0, 2), unixReply(3, 2)], 5)).toEqual([]);
  expect(await foundOn(unixAcceptQueue, 'cloud-vm', [unixReply(0, 0), unixReply(0, 0)], 5)).toEqual([]);
});
