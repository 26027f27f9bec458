import { diskOfPath, kindOf, type BlockDevice } from '../../sources/machine/block-devices.ts';
import { mountFinder } from '../../sources/machine/mounts.ts';
import type { StackDevice } from '../../sources/storage/block-stack.ts';
import type { Btrfs } from '../../sources/storage/filesystem-errors.ts';
import type { Filesystem } from '../../sources/storage/filesystems.ts';
import type { RaidArray } from '../../sources/machine/mdstat.ts';
import type { MappedDevice } from '../../sources/storage/mapped-devices.ts';
import type { StorageLink } from '../../sources/storage/storage-links.ts';
import { deviceOfPath } from './device-name.ts';
import { nvmePaths, type NvmePath } from './nvme-paths.ts';

export interface StackParts {
  readonly devices: ReadonlyMap<string, BlockDevice> | undefined;
  readonly stack: ReadonlyMap<string, StackDevice> | undefined;
  readonly btrfs: readonly Btrfs[] | undefined;
  readonly filesystems: readonly Filesystem[] | undefined;
  /** For the state of each step. */
  readonly mapped?: ReadonlyMap<string, MappedDevice> | undefined;
  readonly arrays?: readonly RaidArray[] | undefined;
  readonly links?: readonly StorageLink[] | undefined;
}

/** Step of a stack: a block device with what it stands on. */
export interface StackStep {
  readonly name: string;
  /** `partition`, `LVM`, `crypt`, `multipath`, `raid`, `loop`, `zram`, `disk`… */
  readonly kind: string;
  readonly device: BlockDevice | undefined;
  readonly layer: StackDevice | undefined;
  readonly mapped: MappedDevice | undefined;
  readonly array: RaidArray | undefined;
  /** Of a path of an NVMe disk. */
  readonly path: NvmePath | undefined;
  readonly below: readonly StackStep[];
}

const DEEPEST = 12;

/** Names of the block devices right below a mount. A btrfs, NFS or tmpfs has a device number of no block device. */
export function devicesOf(
  { device, source, type }: Filesystem,
  { devices, stack, btrfs }: StackParts,
): readonly string[] {
  for (const { name, number } of stack?.values() ?? []) if (number === device) return [name];
  const known = deviceOfPath(source, { devices, stack });
  if (known === undefined) return [];
  const members = type === 'btrfs' ? btrfs?.find((one) => one.devices.includes(known))?.devices : undefined;
  return members ?? [known];
}

/** Steps of one stack: more than an md of all disks of a host has, less than a hostile recording may describe. */
const MOST_STEPS = 2000;

/** What a block device stands on, down to disks. */
export const stackOf = (name: string, parts: StackParts): StackStep => stepOf(name, parts, 0, { steps: MOST_STEPS });

function stepOf(name: string, parts: StackParts, depth: number, left: { steps: number }): StackStep {
  left.steps--;
  const { devices, stack } = parts;
  const device = devices?.get(name);
  const layer = stack?.get(name);
  const mapped = parts.mapped?.get(name);
  const paths = pathsBelow(name, parts);
  const lower = device?.slaves.length
    ? device.slaves
    : paths.length > 0
      ? paths
      : layer?.partitionOf === undefined
        ? holdersOf(device, parts)
        : [layer.partitionOf];
  return {
    name,
    kind: stepKind(name, device, layer, mapped),
    device,
    layer,
    mapped,
    array: parts.arrays?.find((one) => one.name === name),
    path: device?.kind === 'path' ? nvmePaths([name], parts.links).find((one) => one.name === name) : undefined,
    below:
      depth >= DEEPEST ? [] : lower.flatMap((one) => (left.steps > 0 ? [stepOf(one, parts, depth + 1, left)] : [])),
  };
}

/** Paths of an NVMe disk; a single one, as of a local disk, adds no step. */
function pathsBelow(name: string, { devices }: StackParts): readonly string[] {
  if (!name.startsWith('nvme')) return [];
  const paths = [...(devices?.keys() ?? [])].filter((one) => diskOfPath(one) === name);
  return paths.length > 1 ? paths : [];
}

/**
 * Tops of the stacks that no listed mount stands on: volumes of guests and OSDs, swap, unused disks. Loops are left out: most hold images of
 * snaps, whose mounts are not listed.
 */
export function unmountedTops(parts: StackParts, mounted: ReadonlySet<string>): readonly string[] {
  const { devices, stack } = parts;
  // Without their members each disk would be a top.
  if (devices === undefined) return [];
  const lower = new Set([...devices.values()].flatMap(({ slaves }) => slaves));
  for (const { partitionOf } of stack?.values() ?? []) if (partitionOf !== undefined) lower.add(partitionOf);
  return [...(stack?.keys() ?? [])].filter((name) => {
    const device = devices.get(name);
    const kind = device?.kind ?? kindOf(name);
    if (mounted.has(name) || lower.has(name) || kind === 'loop' || kind === 'path') return false;
    // Drives without a medium, and memory that is not in use.
    return device?.sizeBytes !== 0 && kind !== 'ram' && !/^(?:fd|sr)\d/.test(name);
  });
}

/** Mount that holds the file of a loop device. */
export const mountOfLoop = (
  device: BlockDevice | undefined,
  all: readonly Filesystem[] | undefined,
): Filesystem | undefined =>
  device?.kind !== 'loop' || device.alias === undefined || all === undefined
    ? undefined
    : mountFinder(new Map(all.map((one) => [one.target, one])))(device.alias);

/** Devices below the mount that holds the file of a loop device. */
function holdersOf(device: BlockDevice | undefined, parts: StackParts): readonly string[] {
  const mount = mountOfLoop(device, parts.filesystems);
  return mount === undefined ? [] : devicesOf(mount, parts);
}

function stepKind(
  name: string,
  device: BlockDevice | undefined,
  layer: StackDevice | undefined,
  mapped: MappedDevice | undefined,
): string {
  if (layer?.partitionOf !== undefined) return 'partition';
  const target = mapped?.targets[0]?.type;
  if (layer?.mapping === 'LVM' && target === 'thin') return 'thin LV';
  if (layer?.mapping !== undefined) return layer.mapping;
  if (target !== undefined) return target;
  if (name.startsWith('zram')) return 'zram';
  if (name.startsWith('bcache')) return 'bcache';
  const kind = device?.kind ?? kindOf(name);
  if (kind === 'path') return 'NVMe path';
  return kind === 'raid' ? 'md' : kind === 'network' ? name.replace(/\d.*$/, '') : kind;
}

/** Steps from the top to the disks, each before what is below it. */
export const stepsOf = (step: StackStep): readonly StackStep[] => [step, ...step.below.flatMap(stepsOf)];

/** `dm-0 (crypt) → sda2 → sda`: the way through the first device of each step. */
export function wayText(step: StackStep): string {
  const [first, ...more] = step.below;
  const rest = first === undefined ? '' : ` → ${wayText(first)}${more.length > 0 ? ` +${more.length}` : ''}`;
  return `${step.name}${rest}`;
}
