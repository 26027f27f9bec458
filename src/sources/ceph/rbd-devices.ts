import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';

/** Image that the kernel has mapped. */
export interface RbdDevice {
  /** `rbd0` */
  readonly name: string;
  readonly pool: string;
  readonly image: string;
  /** Client of the cluster that the kernel has mapped it as: `client.4165`. */
  readonly client: string | undefined;
}

/** RBD images mapped by the kernel, with their devices: Documentation/ABI/testing/sysfs-bus-rbd. */
export const rbdDevices = defineSource({
  id: 'rbd-devices',
  title: 'RBD devices',
  why: 'Shows which RBD image and pool is behind a /dev/rbd device.',
  everySeconds: 60,
  value: 'low',
  reads: {
    pools: { kind: 'glob', pattern: '/sys/bus/rbd/devices/*/pool' },
    images: { kind: 'glob', pattern: '/sys/bus/rbd/devices/*/name' },
    clients: { kind: 'glob', pattern: '/sys/bus/rbd/devices/*/client_id' },
  },
  parse: ({ pools, images, clients }): readonly RbdDevice[] =>
    [...(images ?? [])].flatMap(([path, name]): readonly RbdDevice[] => {
      const id = /\/devices\/(\d{1,6})\/name$/.exec(path)?.[1];
      const pool = pools?.get(path.replace(/name$/, 'pool'))?.trim();
      const image = name.trim();
      const client = /^client(\d+)$/.exec(clients?.get(path.replace(/name$/, 'client_id'))?.trim() ?? '')?.[1];
      return id === undefined || !pool || !image
        ? []
        : [{ name: `rbd${id}`, pool, image, client: client && `client.${client}` }];
    }),
  identifiers: (devices) =>
    devices.flatMap(({ pool, image }) => [...named('pool', [pool]), ...named('volume', [image])]),
});
