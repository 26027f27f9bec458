import { readPolicy } from '../../src/subsystems/index.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SourceReader } from '../../src/collect/source-reader.ts';
import { Audit } from '../../src/host/audit.ts';
import { localInventory } from '../../src/host/inventory.ts';
import type { Inventory } from '../../src/sources/machine/inventory.ts';
import { ReachedHost } from '../../src/host/live-host.ts';
import { localTransport } from '../../src/host/local-transport.ts';
import { blockDevices } from '../../src/sources/machine/block-devices.ts';
import { cpuTopology } from '../../src/sources/machine/cpu-topology.ts';
import { dmi } from '../../src/sources/machine/dmi.ts';
import { identity } from '../../src/sources/machine/identity.ts';
import { meminfo } from '../../src/sources/machine/meminfo.ts';
import { nics } from '../../src/sources/machine/nics.ts';
import type { AnySource, SampleOf } from '../../src/sources/source.ts';

/**
 * systeminformation and our parsers must agree about this machine.
 */
const folder = mkdtempSync(join(tmpdir(), 'crashcart-inventory-'));
let inventory: Inventory;
let host: ReachedHost;
let ask: <S extends AnySource>(source: S) => Promise<SampleOf<S>>;

beforeAll(async () => {
  host = await ReachedHost.reach({
    policy: readPolicy,
    name: 'this machine',
    kind: 'local',
    connect: () => Promise.resolve(localTransport()),
    audit: new Audit('this machine', Date.now(), folder),
    nowMs: () => Date.now(),
  });
  const reader = new SourceReader(host);
  // The sample is the result of the source's parser.
  ask = async <S extends AnySource>(source: S) => (await reader.read(source)).sample as SampleOf<S>;
  inventory = await localInventory();
});
afterAll(async () => {
  await host.close();
  rmSync(folder, { recursive: true });
});

/** What the oracle knows: only that is compared. */
const known = (fields: object | undefined): object =>
  Object.fromEntries(Object.entries(fields ?? {}).filter(([, value]) => value !== undefined));

test('CPUs, cores and sockets', async () => {
  const topology = await ask(cpuTopology);
  const { cpu } = inventory;
  expect(cpu?.cpus).toBeGreaterThan(0);
  expect({ ...topology, cpus: topology.onlineCpus?.length }).toMatchObject(
    known({ cpus: cpu?.cpus, cores: cpu?.cores, sockets: cpu?.sockets }),
  );
  // It cuts trade marks and the speed behind @ out of the name; ours keeps the words.
  const words = cpu?.model?.toLowerCase().replaceAll(/[®™]/g, '').split(/\s+/) ?? [];
  expect(words.filter((word) => !topology.model?.toLowerCase().includes(word))).toEqual([]);
});

test('memory', async () => {
  expect(inventory.memoryKiB).toBeGreaterThan(0);
  expect((await ask(meminfo)).totalKiB).toBe(inventory.memoryKiB);
  // Modules are installed memory: firmware and kernel reserve a part.
  const pluggedKiB = inventory.modules.reduce((sum, { sizeKiB }) => sum + sizeKiB, 0);
  expect(pluggedKiB === 0 || pluggedKiB >= (inventory.memoryKiB ?? 0)).toBe(true);
});

test('kernel, distribution and name', async () => {
  const { kernel, hostname, os = '', osVersion = '' } = await ask(identity);
  const { system } = inventory;
  expect(system?.kernel).toMatch(/^\d+\.\d+/);
  expect({ kernel, hostname }).toEqual({ kernel: system?.kernel, hostname: system?.hostname });
  expect(os).toContain(system?.name ?? '');
  expect(system?.version ?? osVersion).toContain(osVersion);
});

describe('devices', () => {
  test('disks and their sizes, complete on both sides', async () => {
    const ours = await ask(blockDevices);
    for (const { name, ...fields } of inventory.disks)
      expect(ours?.get(name)).toMatchObject(known({ name, ...fields }));
    const isReal = ({ name }: { readonly name: string }) =>
      ours?.get(name)?.kind === 'disk' && (ours.get(name)?.sizeBytes ?? 0) > 0;
    const theirs = inventory.disks.filter(isReal).map(({ name }) => name);
    const mine = [...(ours?.values() ?? [])].filter(isReal).map(({ name }) => name);
    // Without lsblk it knows none.
    expect(theirs.toSorted()).toEqual(inventory.disks.length === 0 ? [] : mine.toSorted());
  });

  test('interfaces: address, mtu, link', async () => {
    const ours = (await ask(nics))?.nics;
    const many = Object.keys(networkInterfaces()).length > 4;
    expect(inventory.nics.some(({ name }) => name === 'lo')).toBe(!many);
    for (const { name, ...fields } of inventory.nics) expect(ours?.get(name)).toMatchObject(known({ name, ...fields }));
  });

  test('maker and firmware, where both have them', async () => {
    const ours = await ask(dmi);
    const theirs = inventory.machine;
    // Without DMI it names the container or board that it recognises, and the source is undefined.
    const firmware = ours?.vendor === undefined ? {} : { vendor: theirs?.vendor, biosVersion: theirs?.biosVersion };
    expect({ ...ours }).toMatchObject(known(firmware));
  });
});
