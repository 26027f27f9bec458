import type { BlockDevice } from './block-devices.ts';
import type { Machine } from './dmi.ts';
import type { Nic } from './nics.ts';
import { defineSource } from '../source.ts';

/**
 * Inventory of the local machine, by systeminformation: it knows cloud and container machines without DMI, runs dmidecode
 * for memory modules where it may, and has names for boards without one. It reads the local machine only, so it serves
 * `crashcart` without a host; parts have the shape of the sources that read the same from any host.
 * https://systeminformation.io
 */
export interface Inventory {
  readonly machine: Machine | undefined;
  /** `KVM`, `VMware`: hypervisor of this guest. */
  readonly hypervisor: string | undefined;
  readonly cpu: InventoryCpu | undefined;
  readonly memoryKiB: number | undefined;
  /** Populated slots; empty without root or without dmidecode. */
  readonly modules: readonly InventoryModule[];
  readonly disks: readonly InventoryDisk[];
  readonly nics: readonly InventoryNic[];
  readonly system: InventorySystem | undefined;
}

export interface InventoryCpu {
  readonly model: string | undefined;
  readonly sockets: number | undefined;
  /** Of all sockets. */
  readonly cores: number | undefined;
  /** Logical CPUs that are online. */
  readonly cpus: number | undefined;
  /** In the format of lscpu: of one CPU, or the sum over all since util-linux 2.37. */
  readonly l3KiB: number | undefined;
}

export interface InventoryModule {
  readonly slot: string | undefined;
  readonly sizeKiB: number;
  /** `DDR4`. */
  readonly type: string | undefined;
  /** Configured speed, MT/s. */
  readonly speedMTs: number | undefined;
  readonly maker: string | undefined;
  readonly part: string | undefined;
}

export type InventoryDisk = Pick<BlockDevice, 'name' | 'sizeBytes' | 'model' | 'rotational'>;
export type InventoryNic = Pick<Nic, 'name' | 'address' | 'mtuBytes' | 'operState' | 'speedMbps' | 'carrierChanges'>;

export interface InventorySystem {
  /** As in os-release: `Debian GNU/Linux`, `12`. */
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly kernel: string | undefined;
  readonly hostname: string | undefined;
}

/** Local inventory; a remote host has none, and its other sources have what can be read. */
export const inventory = defineSource({
  id: 'inventory',
  title: 'Local inventory',
  why: 'Names the local machine and its memory modules, when no host is given.',
  everySeconds: 'once',
  reads: { inventory: { kind: 'inventory' } },
  parse: ({ inventory: text }) => ({ inventory: text === undefined ? undefined : inventoryOf(text) }),
});

/** Fields that are shown. From a recording the value may be anything, so each field is checked. */
export interface ShownInventory {
  readonly machine: Machine | undefined;
  readonly hypervisor: string | undefined;
  readonly modules: readonly Pick<InventoryModule, 'sizeKiB' | 'type' | 'speedMTs'>[];
}

function inventoryOf(text: string): ShownInventory | undefined {
  const all = fieldsOf(parsed(text));
  if (!all) return undefined;
  const machine = fieldsOf(all['machine']);
  const modules = Array.isArray(all['modules']) ? all['modules'] : [];
  return {
    machine: machine && {
      vendor: word(machine['vendor']),
      product: word(machine['product']),
      version: word(machine['version']),
      board: word(machine['board']),
      biosVendor: word(machine['biosVendor']),
      biosVersion: word(machine['biosVersion']),
      biosDate: word(machine['biosDate']),
      serial: word(machine['serial']),
    },
    hypervisor: word(all['hypervisor']),
    modules: modules.flatMap((module: unknown) => {
      const { sizeKiB, type, speedMTs } = fieldsOf(module) ?? {};
      const size = figure(sizeKiB);
      return size === undefined ? [] : [{ sizeKiB: size, type: word(type), speedMTs: figure(speedMTs) }];
    }),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
const word = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
const figure = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;
