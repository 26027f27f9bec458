import { networkInterfaces } from 'node:os';
import type { Inventory } from '../sources/machine/inventory.ts';

/** Limit of interfaces: systeminformation blocks the process for some 30 ms for each. */
const MAX_NICS = 4;
const TIMEOUT_MS = 10_000;

/** Inventory of this machine, in 0.25 to 0.5 s and a few dozen short commands. Never rejects: a failed part is undefined. */
export async function localInventory(): Promise<Inventory> {
  const si = await import('systeminformation');
  const few = Object.keys(networkInterfaces()).length <= MAX_NICS;
  const [machine, bios, board, cpu, memory, modules, disks, nics, os] = await Promise.all([
    part(si.system()),
    part(si.bios()),
    part(si.baseboard()),
    part(si.cpu()),
    part(si.mem()),
    part(si.memLayout()),
    part(si.blockDevices()),
    few ? part(si.networkInterfaces('*')) : undefined,
    part(si.osInfo()),
  ]);
  // Without lscpu it reports one socket, and one core per CPU.
  const counted = known(cpu?.vendor) !== undefined;
  return {
    machine: machine && {
      vendor: known(machine.manufacturer),
      // Its name for any machine with traces of Docker, not a product.
      product: machine.model === 'Docker Container' ? undefined : known(machine.model),
      version: known(machine.version),
      board: known(board?.model),
      biosVendor: known(bios?.vendor),
      biosVersion: known(bios?.version),
      biosDate: known(bios?.releaseDate),
      serial: known(machine.serial),
    },
    hypervisor: known(machine?.virtualHost),
    cpu: cpu && {
      model: known([known(cpu.manufacturer), known(cpu.brand)].filter(Boolean).join(' ')),
      sockets: counted ? positive(cpu.processors) : undefined,
      cores: counted ? positive(cpu.physicalCores) : undefined,
      cpus: positive(cpu.cores),
      l3KiB: kib(cpu.cache.l3),
    },
    memoryKiB: kib(memory?.total),
    // Without dmidecode it makes up one module of all memory, without a type.
    modules: (modules ?? []).flatMap((module) => {
      const [sizeKiB, type] = [kib(module.size), known(module.type)];
      if (sizeKiB === undefined || type === undefined || type === 'Empty') return [];
      return [
        {
          slot: known(module.bank),
          sizeKiB,
          type,
          speedMTs: positive(module.clockSpeed),
          maker: known(module.manufacturer),
          part: known(module.partNum),
        },
      ];
    }),
    disks: (disks ?? [])
      .filter(({ type }) => type === 'disk')
      .map(({ name, size, model, physical }) => ({
        name,
        sizeBytes: size,
        model: known(model),
        rotational: physical === 'HDD' ? true : physical === 'SSD' ? false : undefined,
      })),
    nics: [nics ?? []].flat().map((nic) => ({
      name: nic.iface,
      address: known(nic.mac),
      mtuBytes: positive(nic.mtu),
      operState: known(nic.operstate),
      speedMbps: positive(nic.speed),
      carrierChanges: whole(nic.carrierChanges),
    })),
    system: os && {
      name: known(os.distro),
      version: known(os.release),
      kernel: known(os.kernel),
      hostname: known(os.hostname),
    },
  };
}

/** Value of a part; undefined when it fails, or times out (a command on a broken disk may hang). */
async function part<Value>(pending: Promise<Value>): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((settle) => {
    timer = setTimeout(settle, TIMEOUT_MS, undefined);
  });
  try {
    return await Promise.race([pending, late]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

/** Undefined for the placeholders of unknown values. */
const known = (text: string | undefined): string | undefined =>
  text === undefined || /^(?:|-|unknown|not specified|none)$/i.test(text.trim()) ? undefined : text.trim();

const whole = (value: number | null | undefined): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) ? value : undefined;

/** Undefined for a speed of -1 and a count of 0, which mean unknown. */
const positive = (value: number | null | undefined): number | undefined => {
  const count = whole(value);
  return count !== undefined && count > 0 ? count : undefined;
};

const kib = (sizeBytes: number | undefined): number | undefined => {
  const bytes = positive(sizeBytes);
  return bytes === undefined ? undefined : bytes / 1024;
};
