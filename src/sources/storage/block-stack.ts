import { toCount } from '../../lib/lines.ts';
import { nvmeControllerOf } from '../machine/block-devices.ts';
import { defineSource } from '../source.ts';
import { attribute } from '../sysfs.ts';

/**
 * How block devices are built on each other, and their queues: /sys/class/block, Documentation/ABI/{stable,testing}/sysfs-block,
 * sysfs-block-dm. What `block-devices` and `mapped-devices` read is not read again.
 *
 *     /sys/class/block/sda1 (link)     ../../devices/pci0000:00/…/block/sda/sda1
 *     /sys/class/block/dm-0/dev        252:0
 *     /sys/block/dm-0/dm/uuid          LVM-q0X…, mpath-3600…, CRYPT-LUKS2-…, part1-mpath-3600…
 *     /sys/block/sda/queue/scheduler   [mq-deadline] none
 */
export const blockStack = defineSource({
  id: 'block-stack',
  title: 'Stack of block devices',
  why: 'Ties a mount to its volumes, disks and controllers, with scheduler, queue depth and write cache.',
  everySeconds: 30,
  value: 'low',
  reads: {
    links: { kind: 'glob', pattern: '/sys/class/block/*', links: true },
    numbers: { kind: 'glob', pattern: '/sys/class/block/*/dev' },
    mappedIds: { kind: 'glob', pattern: '/sys/block/dm-*/dm/uuid' },
    schedulers: { kind: 'glob', pattern: '/sys/block/*/queue/scheduler' },
    requests: { kind: 'glob', pattern: '/sys/block/*/queue/nr_requests' },
    caches: { kind: 'glob', pattern: '/sys/block/*/queue/write_cache' },
    depths: { kind: 'glob', pattern: '/sys/block/*/device/queue_depth' },
    bcacheStates: { kind: 'glob', pattern: '/sys/block/bcache*/bcache/state' },
    zramStats: { kind: 'glob', pattern: '/sys/block/zram*/mm_stat' },
    pathStates: { kind: 'glob', pattern: '/sys/class/nvme/*/state' },
  },
  parse: (values): ReadonlyMap<string, StackDevice> | undefined => {
    if (values.links === undefined) return undefined;
    const links = attribute(values.links, 4);
    const numbers = attribute(values.numbers, 4);
    const of = (glob: ReadonlyMap<string, string> | undefined) => attribute(glob, 3);
    const [ids, schedulers, requests] = [of(values.mappedIds), of(values.schedulers), of(values.requests)];
    const [caches, depths, bcaches, zrams] = [of(values.caches), of(values.depths), of(values.bcacheStates), of(values.zramStats)]; // prettier-ignore
    const controllers = attribute(values.pathStates, 4);
    return new Map(
      [...links].map(([name, link]): [string, StackDevice] => {
        const parent = link.split('/').at(-2);
        const zram = zrams.get(name)?.split(/\s+/).map(toCount);
        return [
          name,
          {
            name,
            number: numbers.get(name),
            partitionOf: parent !== undefined && links.has(parent) ? parent : undefined,
            mapping: mappingOf(ids.get(name)),
            scheduler: /\[([\w-]+)\]/.exec(schedulers.get(name) ?? '')?.[1] ?? schedulers.get(name),
            requests: toCount(requests.get(name)),
            queueDepth: toCount(depths.get(name)),
            writeCache: caches.get(name),
            bcacheState: bcaches.get(name),
            zramDataBytes: zram?.[0],
            zramMemoryBytes: zram?.[2],
            controllerState: controllers.get(nvmeControllerOf(name, [...links.keys()]) ?? ''),
          },
        ];
      }),
    );
  },
});

export interface StackDevice {
  readonly name: string;
  /** `major:minor`, as in mountinfo. */
  readonly number: string | undefined;
  readonly partitionOf: string | undefined;
  /** Of a mapped device: `LVM`, `thin pool`, `crypt`, `multipath`, `partition`, or the first word of its uuid. */
  readonly mapping: string | undefined;
  readonly scheduler: string | undefined;
  /** Requests that the block layer queues. */
  readonly requests: number | undefined;
  /** Requests that the disk takes at once. */
  readonly queueDepth: number | undefined;
  /** `write back` or `write through`. */
  readonly writeCache: string | undefined;
  /** `clean`, `dirty`, `inconsistent`, `no cache`. */
  readonly bcacheState: string | undefined;
  /** Of zram: data before compression, and memory used for it. */
  readonly zramDataBytes: number | undefined;
  readonly zramMemoryBytes: number | undefined;
  /** Of the NVMe controller with its number: `live`, `connecting`, `dead`. */
  readonly controllerState: string | undefined;
}

/** Kind of a mapped device by its uuid, whose first word is its owner: `LVM-…-tpool`, `CRYPT-LUKS2-…`, `mpath-…`. */
function mappingOf(uuid: string | undefined): string | undefined {
  if (uuid === undefined) return undefined;
  if (uuid.startsWith('LVM-')) return /-(?:tpool|tdata|tmeta|pool)$/.test(uuid) ? 'thin pool' : 'LVM';
  if (uuid.startsWith('CRYPT-')) return 'crypt';
  if (uuid.startsWith('mpath-')) return 'multipath';
  if (/^part\d+-/.test(uuid)) return 'partition';
  return /^[A-Za-z]{2,16}(?=-)/.exec(uuid)?.[0].toLowerCase();
}
