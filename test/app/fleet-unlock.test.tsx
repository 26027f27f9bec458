import { expect, test } from 'vitest';
import type { FleetControl } from '../../src/app/fleet-flow.ts';
import { fleet } from '../../src/fleet/fleet-source.ts';
import { hostsPane } from '../../src/fleet/pane.ts';
import { fullDisk, hostRows } from '../fleet/host-rows.ts';
import { FakeSession, START_MS } from '../helpers/fake-session.ts';
import { open } from '../helpers/screen.tsx';

/** Screen of the matrix of five hosts, of which these have no root. */
async function matrix(locked: readonly string[], refusals = 0) {
  const session = Object.assign(new FakeSession(), { live: undefined });
  const hosts = hostRows(5, { 2: { problems: [fullDisk] }, 4: { problems: [fullDisk] } });
  session.timeline.append(fleet.id, { sample: { hosts, atMs: START_MS }, at: 1, wallMs: START_MS, missing: {}, tookMs: 0 }); // prettier-ignore
  const given: (readonly string[])[] = [];
  const control: FleetControl = {
    names: () => hosts.map(({ name }) => name),
    expand: (set) => [set],
    add: async () => undefined,
    drop: async () => undefined,
    siblings: () => [],
    locked: () => locked,
    refusals: () => refusals,
    unlock: async (names, password) => {
      given.push([...names, password]);
      return names.map((host) => ({ host, reason: host === 'node04' ? 'sudo refused the password (1 incorrect password attempt)' : undefined })); // prettier-ignore
    },
  };
  const screen = await open({ session, panes: [hostsPane], tab: 'hosts', columns: 120, rows: 40, fleet: control, openHost: async () => new FakeSession() }); // prettier-ignore
  return { screen, given };
}

test('s asks for one sudo password for all hosts, which it names, and shows where root is open', async () => {
  const { screen, given } = await matrix(['node01', 'node02', 'node04', 'node05']);
  await screen.press('/', 'node05', 'enter', 's');
  expect(screen.text()).toContain('Open root on the selected hosts, node[01,05], or on all 4 without it?');
  await screen.press('a');
  expect(screen.text()).toContain('sudo on 4 hosts');
  expect(screen.text()).toContain('passed to sudo on node[01-02,04-05] once');
  await screen.press('pw', 'enter');
  expect(given).toEqual([['node01', 'node02', 'node04', 'node05', 'pw']]);
  expect(screen.text()).toContain('root is open on 3 of 4 hosts');
  expect(screen.text()).toContain('node04: sudo refused the password (1 incorrect password attempt)');
  expect(screen.text()).not.toContain('pw');
  await screen.press('esc');
  await screen.quit();
});

test('s on a row gives the password to its hosts alone, and esc to none', async () => {
  const { screen, given } = await matrix(['node01', 'node02', 'node04', 'node05']);
  await screen.press('/', 'node02', 'enter', 's', 's', 'pw', 'enter');
  expect(given).toEqual([['node02', 'node04', 'pw']]);
  await screen.press('esc', 's', 'n');
  await screen.press('s', 'a', 'pw', 'esc');
  expect(given).toHaveLength(1);
  await screen.quit();
});

test('s over a matrix whose hosts have root gives that reason and asks nothing', async () => {
  const { screen, given } = await matrix([]);
  await screen.press('s');
  expect(screen.text()).toContain('each connected host has root');
  expect(given).toEqual([]);
  await screen.press('esc');
  await screen.quit();
});

test('s warns of a lock-out where sudo has refused passwords before', async () => {
  const { screen } = await matrix(['node01'], 2);
  await screen.press('s');
  expect(screen.text().replaceAll(/[\s│]+/g, ' ')).toContain('Refused 2 times so far: one more may lock the account.');
});
