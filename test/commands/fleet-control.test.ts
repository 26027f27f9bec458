import { expect, test } from 'vitest';
import { controlOf } from '../../src/commands/fleet-control.ts';
import { FleetTargets } from '../../src/commands/fleet-targets.ts';
import { entityRef } from '../../src/findings/entity-ref.ts';
import { hostRow } from '../fleet/host-rows.ts';

/** Fleet of mon1, whose cluster names `siblings`; it has what connects to each host that is added. */
function fleetWith(siblings: readonly string[]) {
  const targets = new FleetTargets([{ name: 'mon1', target: 'ops@mon1' }], undefined);
  const connected: string[] = [];
  const learned: string[] = [];
  const homes = siblings.map((host) => ({ entity: entityRef('osd', '3'), via: 'runs-as' as const, host, disks: [] }));
  const sample = { atMs: 0, hosts: [hostRow('mon1', { ties: { names: ['mon1'], ends: [], homes } })] };
  const fleet = {
    names: () => targets.names(),
    add: async (names: readonly string[]) => void connected.push(...names.map((name) => targets.of(name))),
    drop: async () => undefined,
    locked: () => [],
    refusals: () => 0,
    unlock: async () => [],
    sample: () => sample,
  };
  const control = controlOf(() => fleet, targets, { learnTarget: (target) => void learned.push(target) });
  return { control, targets, connected, learned };
}

test.each(['osd9', 'osd9.example.org', '10.0.0.9', 'fd00::9'])('the control gives %s, which a cluster names, its name as target', async (name) => {
  const { control, connected, learned } = fleetWith([name]);
  const names = control.siblings().flatMap((one) => one.names);
  expect(names).toEqual([name]);
  await control.add(names);
  expect(connected).toEqual([name]);
  expect(learned).toContain(name);
}); // prettier-ignore

test('the control keeps the target of a host that it knows, and learns its user', async () => {
  const { control, targets, connected, learned } = fleetWith([]);
  await control.add(control.expand('root@osd[1-2]'));
  expect(connected).toEqual(['root@osd1', 'root@osd2']);
  expect(learned).toEqual(['osd1', 'root@osd1', 'osd2', 'root@osd2']);
  expect(targets.names()).toEqual(['mon1', 'osd1', 'osd2']);
});

test('the control connects to none of a set with a name that ssh does not take', async () => {
  const { control, connected, targets } = fleetWith([]);
  await expect(control.add(['osd1', '-oProxy'])).rejects.toThrow('begins with a dash');
  expect(connected).toEqual([]);
  expect(targets.names()).toEqual(['mon1']);
});

test('targets refuse the name of a host without one, which would be this machine', () => {
  const { targets } = fleetWith([]);
  expect(targets.of('mon1')).toBe('ops@mon1');
  expect(() => targets.of('osd9')).toThrow('osd9: no target of ssh');
});
