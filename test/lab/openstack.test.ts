import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Console } from './lib/console.ts';
import { broughtUpHere, lab, labDir } from './lib/lab.ts';
import { namesFaults } from './lib/named-faults.ts';

/** With `CRASHCART_LAB_ALL=1` only: its packages are half a gigabyte, and it is up after minutes. */
const ALL = Boolean(process.env['CRASHCART_LAB_ALL']);
const launcher = resolve(import.meta.dirname, '../../bin/crashcart.cjs');
vi.setConfig({ testTimeout: 120_000 });

/** Console in the namespaces of a cloud of one host, with consecutive faults. */
let screen: Console;

/** Command in the namespaces of the lab. */
async function inside(): Promise<readonly string[]> {
  const parent = readFileSync(join(labDir, 'openstack/init.pid'), 'utf8').trim();
  const { stdout } = await promisify(execFile)('pgrep', ['-P', parent]);
  return ['-t', stdout.trim(), '-m', '-u', '-i', '-n', '-p', '--'];
}

/** Opens the credentials of the APIs and agrees to those of the administrator. */
async function agree(): Promise<void> {
  await screen.go('OpenStack');
  await screen.press('tab', 'tab', 'enter');
  await screen.until(/openrc +\/root\/admin-openrc/, 30_000);
  await screen.press('enter');
  await screen.until('y: use these credentials');
  await screen.press('y');
  await screen.until(/\/root\/admin-openrc, [\d.]+m?s for all requests/, 60_000);
  await screen.press('esc', 'esc');
}

describe.skipIf(!ALL)('OpenStack', () => {
  beforeAll(async () => {
    await lab('openstack', 'up');
    const args = [...(await inside()), process.execPath, launcher, '--budget', '60'];
    screen = new Console(args, { program: 'nsenter', columns: 180, rows: 60 });
    await screen.until('LIVE', 60_000);
  }, 900_000);
  afterAll(async () => {
    await screen[Symbol.asyncDispose]();
    if (broughtUpHere('openstack')) await lab('openstack', 'down');
  });

  it('pane shows the services and the instance without credentials', async () => {
    await screen.go('OpenStack');
    for (const service of ['glance-api', 'keystone', 'neutron-api', 'neutron-rpc-server', 'nova-api', 'placement-api'])
      await screen.until(new RegExp(String.raw`${service} +running +packages +\d+`), 60_000);
    await screen.until(/web +instance-00000001 +running +admin +m1\.lab/, 60_000);
    await screen.until('none agreed to');
  });

  it('pane shows services, agents and hosts of the cloud after consent', async () => {
    await agree();
    await screen.until(
      [/neutron-openvswitch-agent +lab-cloud +up/, /nova-compute +lab-cloud +up/, /4 of 4 up/],
      60_000,
    );
    await screen.until(/lab-cloud +up +1 +\d/);
  });

  it('story of a request has its lines of all services in order of time', async () => {
    const log = readFileSync(join(labDir, 'openstack/log/nova/nova-api.log'), 'utf8');
    const request = /\[None (req-[0-9a-f-]{36}) .*"POST \/v2\.1\/servers"/.exec(log)?.[1];
    expect(request).toBeDefined();
    await screen.press(':');
    screen.type(request ?? '');
    await screen.press('enter');
    const text = await screen.until(/services .*nova-compute/, 60_000);
    expect(text).toMatch(/services .*glance-api.*nova-api.*placement-api/);
    expect(text).toMatch(/error +none in these lines/);
    expect(text).toMatch(/nova-api +INFO +req-\w+ +[\d.]+m?s .*POST \/v2\.1\/servers/);
    expect(text).toMatch(/Took [\d.]+ seconds to build instance/);
    await screen.press('esc');
  });

  namesFaults(
    'openstack',
    () => screen,
    [
      ['agent', /neutron-openvswitch-agent +down on lab-cloud, no process/],
      ['port-binding', /neutron-openvswitch-agent +down on lab-cloud, no process/, ['OpenStack', /new +ERROR .*Exceeded maximum number of retries/]],
      ['conductor', /nova-conductor\[\d+\] +stopped \(SIGSTOP\)/, ['OpenStack', /nova-compute +lab-cloud +down/]],
      ['compute', /nova-compute\[\d+\] +stopped \(SIGSTOP\)/, ['OpenStack', /nova-compute +lab-cloud +down/]],
      ['no-host', /nova-compute\[\d+\] +stopped \(SIGSTOP\)/, ['OpenStack', /new +ERROR .*No valid host was found/]],
      ['mq-alarm', /rabbitmq:15692 +memory alarm, publishers blocked/],
      ['qemu', /instance-00000001 +shut off \(crashed\)/],
    ],
    { namedMs: 90_000 },
  ); // prettier-ignore
});
