import { expect, test } from 'vitest';
import { criticalChain, slowestUnits } from '../../../src/entities/systemd/boot.ts';
import type { BootUnits } from '../../../src/sources/systemd/boot-units.ts';

const boot: BootUnits = {
  userspaceAt: 2,
  finishedAt: 20,
  units: new Map([
    ['multi-user.target', { startedAt: 15, activeAt: 15, after: ['web.service', 'cron.service', 'gone.service'] }],
    ['web.service', { startedAt: 10, activeAt: 15, after: ['network.target', 'late.service'] }],
    ['cron.service', { startedAt: 4, activeAt: 4.1, after: ['network.target'] }],
    ['network.target', { startedAt: 10, activeAt: 10, after: ['dhcp.service', 'web.service'] }],
    ['dhcp.service', { startedAt: 3, activeAt: 10, after: [] }],
    // Started by hand after the boot.
    ['late.service', { startedAt: 100, activeAt: 160, after: [] }],
    ['dead.service', { startedAt: 5, activeAt: undefined, after: [] }],
  ]),
};

test('slowestUnits has units by the time that they took in the boot', () => {
  expect(slowestUnits(boot).map(({ name, seconds }) => [name, Math.round(seconds * 10) / 10])).toEqual([
    ['dhcp.service', 7],
    ['web.service', 5],
    ['cron.service', 0.1],
  ]);
});

test('criticalChain follows what was active last before each unit started', () => {
  expect(criticalChain(boot).map(({ name, atSeconds }) => [name, atSeconds])).toEqual([
    ['multi-user.target', 13],
    ['web.service', 13],
    ['network.target', 8],
    ['dhcp.service', 8],
  ]);
  expect(criticalChain({ ...boot, units: new Map() })).toEqual([]);
});
