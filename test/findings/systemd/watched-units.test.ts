import { expect, test } from 'vitest';
import { timerOverdue } from '../../../src/findings/systemd/watched-units.ts';
import { foundOn } from '../../helpers/found-on.ts';

const BUS = '/run/dbus/system_bus_socket';
const timer = (properties: Readonly<Record<string, number>>) => ({
  [`${BUS} < units`]: JSON.stringify({ units: [['x.timer', 'x', 'loaded', 'active', 'waiting', '']], suspects: {} }),
  [`${BUS} < watched`]: JSON.stringify({ timers: { 'x.timer': properties } }),
});

test.each([
  ['by the clock of the day', { NextElapseUSecRealtime: 1.6e15, NextElapseUSecMonotonic: 0 }, 1],
  ['by both clocks', { NextElapseUSecRealtime: 1.6e15, NextElapseUSecMonotonic: 1 }, 0],
  ['by neither', { NextElapseUSecRealtime: 0, NextElapseUSecMonotonic: 0 }, 0],
  [
    'by the clock since boot, which OnStartupSec= set once',
    { NextElapseUSecRealtime: 8e15, NextElapseUSecMonotonic: 1 },
    0,
  ],
] as const)('timerOverdue has a timer where its next run is past %s', async (_, properties, count) => {
  expect(await foundOn(timerOverdue, 'cloud-vm', [timer(properties)])).toHaveLength(count);
});
