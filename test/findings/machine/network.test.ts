import { describe, expect, test } from 'vitest';
import { bondMemberDown } from '../../../src/findings/machine/bond-member-down.ts';
import { nicDrops } from '../../../src/findings/machine/nic-drops.ts';
import { nicErrors } from '../../../src/findings/machine/nic-errors.ts';
import { nicFlaps } from '../../../src/findings/machine/nic-flaps.ts';
import { softnetDrops } from '../../../src/findings/machine/softnet-drops.ts';
import { foundOn } from '../../helpers/found-on.ts';

const REAL = ['cloud-vm', 'numa-guest', 'bare-kernel', 'denied'];

test.each([bondMemberDown, nicDrops, nicErrors, nicFlaps, softnetDrops])(
  '$id finds nothing on healthy hosts',
  async (rule) => {
    for (const host of REAL) expect(await foundOn(rule, host)).toEqual([]);
  },
);

/** /proc/net/dev of one card: packets and losses since boot. */
const netdev = (packets: number, { rxErrors = 0, rxDropped = 0, txDropped = 0 } = {}) => ({
  '/proc/net/dev': `Inter-|   Receive    |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
  eth0: ${packets * 1000} ${packets} ${rxErrors} ${rxDropped} 0 0 0 0 ${packets * 100} ${packets} 0 ${txDropped} 0 0 0 0
`,
});

describe('nic-errors', () => {
  test('nic-errors warns at 0.01 % of packets, is critical above 1 %', async () => {
    const [few] = await foundOn(nicErrors, 'cloud-vm', [netdev(1000), netdev(31_000, { rxErrors: 9 })]);
    expect(few).toMatchObject({ severity: 'warn', subject: 'eth0' });
    expect(few?.sentence).toContain('0.3 errors/s in 2.0k packets/s');
    const [many] = await foundOn(nicErrors, 'cloud-vm', [netdev(1000), netdev(31_000, { rxErrors: 900 })]);
    expect(many).toMatchObject({ severity: 'crit' });
    expect(many?.evidence[0]).toMatchObject({ value: '30/s', source: '/proc/net/dev' });
  });

  test('nic-errors finds nothing when the counters do not grow', async () => {
    const old = { rxErrors: 100_000 };
    expect(await foundOn(nicErrors, 'cloud-vm', [netdev(1000, old), netdev(31_000, old)])).toEqual([]);
  });

  test('nic-errors sanitises a name with control characters', async () => {
    const hostile = (errors: number) => ({
      '/proc/net/dev': `e\u001B[2Jh: 1 ${errors} ${errors} 0 0 0 0 0 1 1 0 0 0 0 0 0\n`,
    });
    const [found] = await foundOn(nicErrors, 'cloud-vm', [hostile(0), hostile(900)]);
    expect(found?.subject).toBe('e␛[2Jh');
    expect(JSON.stringify(found)).not.toContain('\\u001b');
  });
});

describe('nic-drops', () => {
  test('nic-drops warns when share and rate are both high', async () => {
    const some = async (packets: number, lost: object) =>
      foundOn(nicDrops, 'cloud-vm', [netdev(0), netdev(packets, lost)]);
    expect(await some(30_000, { rxDropped: 290 })).toEqual([]);
    expect(await some(3_000_000, { rxDropped: 3000 })).toEqual([]);
    const [found] = await some(30_000, { rxDropped: 3000 });
    expect(found).toMatchObject({ severity: 'warn', subject: 'eth0' });
    expect(found?.sentence).toBe('100 drops/s of 2.0k packets/s (5.0%)');
    expect(found?.next).toContain('softnet');
  });

  test('nic-drops points at the guest when drops are on transmit', async () => {
    const [found] = await foundOn(nicDrops, 'cloud-vm', [netdev(0), netdev(30_000, { txDropped: 3000 })]);
    expect(found?.next).toContain('guest');
  });
});

describe('nic-flaps', () => {
  const changes = (times: number) => ({ '/sys/class/net/enp129s0/carrier_changes': `${times}\n` });

  test('nic-flaps warns of three changes in the window, not of earlier ones', async () => {
    expect(await foundOn(nicFlaps, 'numa-guest', [changes(40), changes(40)])).toEqual([]);
    expect(await foundOn(nicFlaps, 'numa-guest', [changes(40), changes(42)])).toEqual([]);
    const [found] = await foundOn(nicFlaps, 'numa-guest', [changes(40), changes(41), changes(43)]);
    expect(found).toMatchObject({ severity: 'warn', subject: 'enp129s0' });
    expect(found?.sentence).toBe('3 link changes in 1m00s, last 0 s ago, link unknown now');
  });

  test('nic-flaps turns past when the link has been up again for more than a minute, not when it stayed down', async () => {
    const state = (operState: string) => ({ '/sys/class/net/enp129s0/operstate': `${operState}\n` });
    const looks = (operState: string) => [40, 43, 43, 43].map((times) => ({ ...changes(times), ...state(operState) }));
    expect(await foundOn(nicFlaps, 'numa-guest', looks('up'), 60)).toMatchObject([
      { sentence: '3 link changes in 3m00s, last 2m00s ago, link up now', past: { ageSeconds: 120 } },
    ]);
    const [down] = await foundOn(nicFlaps, 'numa-guest', looks('down'), 60);
    expect(down?.sentence).toContain('link down now');
    expect(down?.past).toBeUndefined();
  });
});

describe('bond-member-down', () => {
  const member = (name: string, status: string) =>
    `\nSlave Interface: ${name}\nMII Status: ${status}\nLink Failure Count: 1\n`;
  const bond = (...status: readonly string[]) => [
    {
      '/proc/net/bonding/bond0': `Bonding Mode: IEEE 802.3ad Dynamic link aggregation\nMII Status: up\n${status.map((each, i) => member(`eno${i}`, each)).join('')}`,
    },
  ];

  test('bond-member-down warns of one member, is critical when all are down', async () => {
    const [one] = await foundOn(bondMemberDown, 'numa-guest', bond('up', 'down'));
    expect(one).toMatchObject({ severity: 'warn', subject: 'bond0' });
    expect(one?.sentence).toBe('degraded, 1 of 2 members up (eno1 down)');
    expect(await foundOn(bondMemberDown, 'numa-guest', bond('down', 'down'))).toMatchObject([
      { severity: 'crit', sentence: 'down, 0 of 2 members up (eno0, eno1 down)' },
    ]);
    expect(await foundOn(bondMemberDown, 'numa-guest', bond('up', 'up'))).toEqual([]);
  });
});

describe('softnet-drops', () => {
  const hex = (value: number) => value.toString(16).padStart(8, '0');
  const softnet = (packets: number, dropped: number) => ({
    '/proc/net/softnet_stat': `${hex(packets)} ${hex(dropped)} 00000000\n${hex(packets)} 00000000 00000000\n`,
  });

  test('softnet-drops names the CPU and ranks by rate', async () => {
    const [few] = await foundOn(softnetDrops, 'cloud-vm', [softnet(0, 0), softnet(300_000, 30)]);
    expect(few).toMatchObject({ severity: 'warn' });
    const [many] = await foundOn(softnetDrops, 'cloud-vm', [softnet(0, 0), softnet(30_000, 3000)]);
    expect(many).toMatchObject({ severity: 'crit' });
    expect(many?.sentence).toContain('100 drops/s (4.8%) on cpu0, backlog full');
  });

  test('softnet-drops finds nothing when the counters do not grow', async () => {
    expect(await foundOn(softnetDrops, 'cloud-vm', [softnet(1, 900), softnet(2, 900)])).toEqual([]);
  });
});
