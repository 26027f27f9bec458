import { toCount } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';
import { attribute, pciOf } from '../sysfs.ts';

/**
 * /sys/block: properties of each whole disk. Documentation/ABI/{stable,testing}/sysfs-block.
 * A link such as `../devices/pci0000:80/0000:80:01.0/0000:82:00.0/nvme/nvme0/nvme0n1` names its PCI function.
 */
export const blockDevices = defineSource({
  id: 'block-devices',
  title: 'Disks',
  why: 'Names size, model, type, NUMA node and members of every disk.',
  everySeconds: 60,
  value: 'low',
  reads: {
    links: { kind: 'glob', pattern: '/sys/block/*', links: true },
    sizes: { kind: 'glob', pattern: '/sys/block/*/size' },
    rotational: { kind: 'glob', pattern: '/sys/block/*/queue/rotational' },
    models: { kind: 'glob', pattern: '/sys/block/*/device/model' },
    states: { kind: 'glob', pattern: '/sys/block/*/device/state' },
    mappedNames: { kind: 'glob', pattern: '/sys/block/dm-*/dm/name' },
    slaves: { kind: 'glob', pattern: '/sys/block/*/slaves/*', links: true },
    backingFiles: { kind: 'glob', pattern: '/sys/block/loop*/loop/backing_file' },
    /** An NVMe disk with several paths is virtual; the controller of a path has the PCI function. */
    nvmeControllers: { kind: 'glob', pattern: '/sys/class/nvme/*', links: true },
  },
  parse: (values) => {
    if (values.links === undefined && values.sizes === undefined) return undefined;
    const links = attribute(values.links, 3);
    const sizes = attribute(values.sizes, 3);
    const rotational = attribute(values.rotational, 3);
    const models = attribute(values.models, 3);
    const states = attribute(values.states, 3);
    const mappedNames = attribute(values.mappedNames, 3);
    const backingFiles = attribute(values.backingFiles, 3);
    const controllers = attribute(values.nvmeControllers, 4);
    const slaves = slavesOf(values.slaves);
    const disks = new Map<string, BlockDevice>();
    for (const name of new Set([...links.keys(), ...sizes.keys()])) {
      const sectors = toCount(sizes.get(name));
      disks.set(name, {
        name,
        sizeBytes: sectors === undefined ? undefined : sectors * 512,
        rotational: flag(rotational.get(name)),
        model: models.get(name),
        state: states.get(name),
        alias: mappedNames.get(name) ?? backingFiles.get(name),
        slaves: slaves.get(name) ?? [],
        pci: pciOf(links.get(name)) ?? pciOf(controllers.get(nvmeControllerOf(name, [...links.keys()]) ?? '')),
        kind: kindOf(name, links.get(name)),
      });
    }
    return disks;
  },
});

export type DiskKind = 'disk' | 'path' | 'mapped' | 'raid' | 'loop' | 'ram' | 'network';

export interface BlockDevice {
  readonly name: string;
  readonly sizeBytes: number | undefined;
  readonly rotational: boolean | undefined;
  readonly model: string | undefined;
  /** `live` (NVMe), `running`, `offline` (SCSI). */
  readonly state: string | undefined;
  /** Alias: name of a mapped device, or the file behind a loop. */
  readonly alias: string | undefined;
  /** Members of a mapped or RAID device. */
  readonly slaves: readonly string[];
  readonly pci: string | undefined;
  readonly kind: DiskKind;
}

/** Whether a disk does not serve requests: `offline`, `dead`, `blocked`, `resetting`. */
export const isOutOfOrder = (device: BlockDevice | undefined): boolean =>
  device?.state !== undefined && device.state !== 'live' && device.state !== 'running';

const flag = (text: string | undefined): boolean | undefined =>
  text === '1' ? true : text === '0' ? false : undefined;

/** Hidden path of an NVMe disk with several: namespace 1 of subsystem 0 by controller 2 is `nvme0c2n1`. */
const NVME_PATH = /^nvme(\d+)c(\d+)n(\d+)$/;

/** The disk of a hidden NVMe path: `nvme0c2n1` is one of `nvme0n1`. */
export function diskOfPath(name: string): string | undefined {
  const [, subsystem, , namespace] = NVME_PATH.exec(name) ?? [];
  return subsystem === undefined ? undefined : `nvme${subsystem}n${namespace}`;
}

/** NVMe controller of a disk: that of its first path, else that of the same number. */
export function nvmeControllerOf(name: string, devices: readonly string[] = []): string | undefined {
  const path = NVME_PATH.test(name) ? name : devices.find((device) => diskOfPath(device) === name);
  const number = NVME_PATH.exec(path ?? '')?.[2] ?? /^nvme(\d+)n\d+$/.exec(name)?.[1];
  return number === undefined ? undefined : `nvme${number}`;
}

/** Kind of a device by its name, and by whether its link leads to hardware. */
export function kindOf(name: string, link?: string): DiskKind {
  if (NVME_PATH.test(name)) return 'path';
  if (name.startsWith('dm-')) return 'mapped';
  if (/^md\d/.test(name) || name.startsWith('md_')) return 'raid';
  if (name.startsWith('loop')) return 'loop';
  if (/^z?ram\d/.test(name)) return 'ram';
  if (/^(?:rbd|nbd|drbd)\d/.test(name)) return 'network';
  return link === undefined || name.startsWith('nvme') || !link.includes('/virtual/') ? 'disk' : 'mapped';
}

/** `/sys/block/md0/slaves/sda1` names a member by its path. */
function slavesOf(glob: ReadonlyMap<string, string> | undefined): Map<string, string[]> {
  const slaves = new Map<string, string[]>();
  for (const path of glob?.keys() ?? []) {
    const [, , , name = '', , slave] = path.split('/');
    if (slave === undefined || slave === '') continue;
    slaves.set(name, [...(slaves.get(name) ?? []), slave]);
  }
  return slaves;
}
