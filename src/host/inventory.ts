import { networkInterfaces } from 'node:os';
import type { Inventory } from '../sources/machine/inventory.ts';

/** It reads interfaces one by one, and the program stands still for some 30 ms at each: with more it is not asked. */
const MOST_NICS = 4;
const TIMEOUT_MS = 10_000;

/** Takes a quarter to half a second and a few dozen short commands. Never rejects: a part that cannot be told is missing. */
export async function localInventory(): Promise<Inventory> {
  const ask = await import('systeminformation');
  const few = Object.keys(networkInterfaces()).length <= MOST_NICS;
  const [machine, bios, board, cpu, memory, modules, disks, nics, os] = await Promise.all([
    part(ask.system()),
    part(ask.bios()),
    part(ask.baseboard()),
    part(ask.cpu()),
    part(ask.mem()),
    part(ask.memLayout()),
    part(ask.blockDevices()),
    few ? part(ask.networkInterfaces('*')) : undefined,
    part(ask.osInfo()),
  ]);
  // Without lscpu it counts one socket, and a core for each CPU.
  const counted = told(cpu?.vendor) !== undefined;
  return {
    machine: machine && {
      vendor: told(machine.manufacturer),
      // What it calls any machine on which it sees a trace of Docker is no product.
      product: machine.model === 'Docker Container' ? undefined : told(machine.model),
      version: told(machine.version),
      board: told(board?.model),
      biosVendor: told(bios?.vendor),
      biosVersion: told(bios?.version),
      biosDate: told(bios?.releaseDate),
      serial: told(machine.serial),
    },
    hypervisor: told(machine?.virtualHost),
    cpu: cpu && {
      model: told([told(cpu.manufacturer), told(cpu.brand)].filter(Boolean).join(' ')),
      sockets: counted ? positive(cpu.processors) : undefined,
      cores: counted ? positive(cpu.physicalCores) : undefined,
      cpus: positive(cpu.cores),
      l3KiB: kib(cpu.cache.l3),
    },
    memoryKiB: kib(memory?.total),
    // Where dmidecode tells nothing it makes up one module that holds all memory, without a type.
    modules: (modules ?? []).flatMap((module) => {
      const [sizeKiB, type] = [kib(module.size), told(module.type)];
      if (sizeKiB === undefined || type === undefined || type === 'Empty') return [];
      return [
        {
          slot: told(module.bank),
          sizeKiB,
          type,
          speedMTs: positive(module.clockSpeed),
          maker: told(module.manufacturer),
          part: told(module.partNum),
        },
      ];
    }),
    disks: (disks ?? [])
      .filter(({ type }) => type === 'disk')
      .map(({ name, size, model, physical }) => ({
        name,
        sizeBytes: size,
        model: told(model),
        rotational: physical === 'HDD' ? true : physical === 'SSD' ? false : undefined,
      })),
    nics: [nics ?? []].flat().map((nic) => ({
      name: nic.iface,
      address: told(nic.mac),
      mtuBytes: positive(nic.mtu),
      operState: told(nic.operstate),
      speedMbps: positive(nic.speed),
      carrierChanges: whole(nic.carrierChanges),
    })),
    system: os && {
      name: told(os.distro),
      version: told(os.release),
      kernel: told(os.kernel),
      hostname: told(os.hostname),
    },
  };
}

/** Undefined when it fails, or hangs as a command on a broken disk may. */
async function part<Value>(asked: Promise<Value>): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((settle) => {
    timer = setTimeout(settle, TIMEOUT_MS, undefined);
  });
  try {
    return await Promise.race([asked, late]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

/** Its ways to say that it does not know. */
const told = (text: string | undefined): string | undefined =>
  text === undefined || /^(?:|-|unknown|not specified|none)$/i.test(text.trim()) ? undefined : text.trim();

const whole = (value: number | null | undefined): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) ? value : undefined;

/** A speed of -1 and a count of 0 both mean unknown here. */
const positive = (value: number | null | undefined): number | undefined => {
  const known = whole(value);
  return known !== undefined && known > 0 ? known : undefined;
};

const kib = (sizeBytes: number | undefined): number | undefined => {
  const known = positive(sizeBytes);
  return known === undefined ? undefined : known / 1024;
};
