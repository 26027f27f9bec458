import { type ChildProcess, spawn } from 'node:child_process';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Console } from './lib/console.ts';
import { broughtUpHere, lab, labDir } from './lib/lab.ts';

/**
 * A real Open vSwitch with a real OVN on it, broken in one way after the other, seen by one console over SSH. The order
 * matters where it says so: it saves bringing the same thing up twice.
 */
let screen: Console;

/** A busy machine takes half a minute to load the 100 000 rules of the brief; fewer show the same there. */
const busy = (loadavg()[0] ?? 0) > 4 * availableParallelism();
const RULES = Number(process.env['LAB_RULES'] ?? (busy ? 20_000 : 100_000));
let rulesLoaded: Promise<string> | undefined;

/** By its name: other panes come and go with what is on the machine. */
async function go(pane: string): Promise<void> {
  const [, number = ''] =
    new RegExp(String.raw`(\d) ${pane}`).exec(await screen.until(new RegExp(`\\d ${pane}`))) ?? [];
  await screen.press(number);
  await screen.until(`[${number} ${pane}`);
}

beforeAll(async () => {
  await Promise.all([lab('sshd', 'up'), lab('ovs', 'up')]);
  await lab('ovn', 'up');
  screen = new Console(['--budget', '60', '-F', join(labDir, 'sshd/ssh_config'), 'support@main'], {
    columns: 200,
    rows: 60,
  });
  await screen.until('LIVE', 60_000);
  await go('OVS');
});
afterAll(async () => {
  await screen[Symbol.asyncDispose]();
  await rulesLoaded?.catch(() => undefined);
  if (process.env['CRASHCART_LAB_KEEP']) return;
  for (const name of ['ovn', 'ovs'] as const) if (broughtUpHere(name)) await lab(name, 'down');
});

it('a switch that fares well', async () => {
  await screen.until(/flows +\S+ \d+ of limit .*\n.*lookups +hit [\d.]+k?\/s/, 30_000);
  // Flows have a rate from the second dump on, and are called by the logical ports of the guests that they come from.
  const text = await screen.until(/ [\d.]+k? .* lab-red +\S+ .*→ lab-blue /, 30_000);
  expect(text).not.toMatch(/\[\d OVS▲/);
});

it('a port without a device, and a controller that is not there', async () => {
  await lab('ovs', 'break', 'nodev', 'ctl');
  await screen.until(/ghost0 .*▲-1 .*could not open network device/);
  const text = await screen.until(/br-int .*tcp:127\.0\.0\.1:6699 (BACKOFF|CONNECTING)/);
  // The port and the bridge are rows on top, the others have nothing to complain of.
  expect(text.match(/▲-1/g)).toHaveLength(1);
  expect(await screen.until(/\[\d OVS▲[2-9]/)).toMatch(/br-ex .* none/);
});

it('thousands of megaflows: they are counted, not read, and the screen says so', async () => {
  await lab('ovs', 'break', 'megaflows');
  const text = await screen.until(/not read, to spare the switch: netdev@ovs-netdev \d+ flows, cap 4096/, 30_000);
  // Only the dump is spared: the switch itself goes on being watched.
  expect(text).toMatch(/lookups +hit [\d.]+k?\/s/);
  await lab('ovs', 'mend', 'megaflows');
});

it('more flows than their limit: packets are lost', async () => {
  await lab('ovs', 'break', 'upcall');
  await screen.until(/▲\d+ of limit 150 /, 30_000);
  await screen.until(/▲lost [\d.]+k?\/s/);
  await go('Overview');
  const sentence = /netdev@ovs-netdev loses [\d.]+k? packets\/s/;
  expect(await screen.until(sentence)).toMatch(sentence);
  await lab('ovs', 'mend', 'upcall');
  // Takes its time, in which OVN is looked at.
  process.env['LAB_RULES'] = String(RULES);
  rulesLoaded = lab('ovs', 'break', 'rules');
});

it('a chassis that never reports, a frozen ovn-controller', async () => {
  await go('OVN');
  await screen.until(/controller +has its database/);
  await lab('ovn', 'break', 'chassis');
  await screen.until(/lab-chassis-gone +gone1 +[1-9]\d* +\d+\S/);
  await lab('ovn', 'break', 'frozen');
  await screen.until(/controller +▲says nothing: timeout/);
  // Our own chassis falls behind, as the database tells, which goes on being read.
  await screen.until(/\*lab-chassis-1 +lab1 +[1-9]\d* /);
  await lab('ovn', 'mend');
  const text = await screen.until(/controller +has its database/);
  expect(text).toMatch(/northd +active/);
});

it('rules by the ten thousands are counted', async () => {
  await rulesLoaded;
  await go('OVS');
  const text = await screen.until(/Bridges .* \d{2,}k OpenFlow rules/, 30_000);
  const shown = 1000 * Number(/(\d+)k OpenFlow rules/.exec(text)?.[1]);
  // The switch and OVN have some rules of their own.
  expect(shown).toBeGreaterThanOrEqual(RULES);
  expect(shown).toBeLessThan(RULES + 5000);
});

it('a frozen ovs-vswitchd is said to be silent, and stalls nothing else', async () => {
  let newcomer: ChildProcess | undefined;
  await lab('ovs', 'break', 'frozen');
  try {
    await screen.until(/ovs-vswitchd says nothing: timeout/);
    await go('Processes');
    await screen.press('/');
    screen.type('lab-newcomer');
    await screen.press('enter');
    newcomer = spawn('perl', ['-e', '$0 = "lab-newcomer-of-the-frozen-switch"; sleep 60'], { stdio: 'ignore' });
    const row = new RegExp(`${newcomer.pid} .*lab-newcomer-of-the-frozen-switch`);
    expect(await screen.until(row, 10_000)).toMatch(row);
    await go('OVN');
    await lab('ovn', 'break', 'chassis');
    expect(await screen.until(/lab-chassis-gone +gone1 /)).toMatch(/controller +has its database/);
  } finally {
    newcomer?.kill();
    await lab('ovs', 'mend', 'frozen');
  }
  await go('OVS');
  await screen.until(/^(?![\s\S]*says nothing)[\s\S]*of limit/, 30_000);
});
