import { describe, expect, test } from 'vitest';
import { bondMemberDown } from '../../../src/findings/machine/bond-member-down.ts';
import { nicDrops } from '../../../src/findings/machine/nic-drops.ts';
import { nicErrors } from '../../../src/findings/machine/nic-errors.ts';
import { nicFlaps } from '../../../src/findings/machine/nic-flaps.ts';
import { softnetDrops } from '../../../src/findings/machine/softnet-drops.ts';
import { foundOn } from '../../helpers/found-on.ts';
import { bond, carrierChanges as changes, netdev, softnet } from './changes.ts';

const REAL = ['cloud-vm', 'numa-guest', 'bare-kernel', 'denied'];

test.each([bondMemberDown, nicDrops, nicErrors, nicFlaps, softnetDrops])(
  '$id finds nothing on healthy hosts',
  async (rule) => {
    for (const host of REAL) expect(await foundOn(rule, host)).toEqual([]);
  },
);

describe('nic-errors', () => {
  test('nic-errors is critical above 1 % of packets', async () => {
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
    expect(found?.next).toContain('softnet');
  });

  test('nic-drops points at the guest when drops are on transmit', async () => {
    const [found] = await foundOn(nicDrops, 'cloud-vm', [netdev(0), netdev(30_000, { txDropped: 3000 })]);
    expect(found?.next).toContain('guest');
  });
});

describe('nic-flaps', () => {
  test('nic-flaps is silent when changes are two or before the watch', async () => {
    expect(await foundOn(nicFlaps, 'numa-guest', [changes(40), changes(40)])).toEqual([]);
    expect(await foundOn(nicFlaps, 'numa-guest', [changes(40), changes(42)])).toEqual([]);
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
  test('bond-member-down is critical when all members are down', async () => {
    expect(await foundOn(bondMemberDown, 'numa-guest', [bond('down', 'down')])).toMatchObject([
      { severity: 'crit', sentence: 'down, 0 of 2 members up (eno0, eno1 down)' },
    ]);
    expect(await foundOn(bondMemberDown, 'numa-guest', [bond('up', 'up')])).toEqual([]);
  });
});

describe('softnet-drops', () => {
  test('softnet-drops warns of a few drops', async () => {
    const [few] = await foundOn(softnetDrops, 'cloud-vm', [softnet(0, 0), softnet(300_000, 30)]);
    expect(few).toMatchObject({ severity: 'warn' });
  });

  test('softnet-drops finds nothing when the counters do not grow', async () => {
    expect(await foundOn(softnetDrops, 'cloud-vm', [softnet(1, 900), softnet(2, 900)])).toEqual([]);
  });
});
