import { epochSeconds } from '../../lib/iso-time.ts';
import { fields, flagOf, items, textOf, textsOf } from '../../lib/json.ts';
import { fromLxd, lxdReads, type LxdPlace } from './lxd-sockets.ts';
import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';

/**
 * Instances of LXD or Incus, from its database: names, limits, wanted state. Without their live state (recursion
 * 1, not 2), which would enter every container and cost the daemon several times as much; that is read from cgroups.
 * https://documentation.ubuntu.com/lxd/latest/api/#/instances/instances_get_recursion1
 */
export const lxd = defineSource({
  id: 'lxd',
  title: 'LXD instances',
  why: 'Shows containers of LXD and Incus by their names, with project, limits and state.',
  everySeconds: 60,
  reads: lxdReads('GET /1.0/instances?recursion=1&all-projects=true'),
  parse: (values) => ({
    instances: fromLxd(values, (metadata, place) =>
      Array.isArray(metadata) ? items(metadata).flatMap((item) => instanceOf(item, place) ?? []) : undefined,
    ),
  }),
  identifiers: ({ instances }) =>
    [...instances.values()]
      .flat()
      .flatMap(({ name, project, location, image, description }) => [
        ...named('container', [name]),
        ...named('project', [project]),
        ...named('host', [location]),
        ...named('image', [image, description]),
      ]),
});

export interface LxdInstance {
  readonly place: LxdPlace;
  readonly name: string;
  readonly project: string;
  /** container, virtual-machine. */
  readonly type: string | undefined;
  /** Running, Stopped, Frozen, Error… */
  readonly status: string | undefined;
  /** Cluster member that it is on; undefined without a cluster. */
  readonly location: string | undefined;
  readonly image: string | undefined;
  readonly description: string | undefined;
  readonly pool: string | undefined;
  readonly profiles: readonly string[];
  readonly privileged: boolean;
  readonly nesting: boolean;
  readonly ephemeral: boolean;
  /** Limits as configured: `20ms/100ms`, `2`, `64MiB`. */
  readonly limits: ReadonlyMap<string, string>;
  /** Interface inside → its veth on the host. */
  readonly nics: ReadonlyMap<string, string>;
  readonly createdEpochSeconds: number | undefined;
  readonly usedEpochSeconds: number | undefined;
}

function instanceOf(item: unknown, place: LxdPlace): LxdInstance | undefined {
  const one = fields(item);
  const name = textOf(one['name']);
  if (name === undefined) return undefined;
  const own = textsOf(one['config']);
  const expanded = textsOf(one['expanded_config']);
  const config = expanded.size > 0 ? expanded : own;
  const devices = { ...fields(one['devices']), ...fields(one['expanded_devices']) };
  const root = Object.values(devices)
    .map(textsOf)
    .find((device) => device.get('type') === 'disk' && device.get('path') === '/');
  const location = textOf(one['location']);
  return {
    place,
    name,
    project: textOf(one['project']) ?? 'default',
    type: textOf(one['type']),
    status: textOf(one['status']),
    location: location === 'none' ? undefined : location,
    image: imageOf(config),
    description: textOf(one['description']),
    pool: root?.get('pool'),
    profiles: items(one['profiles']).flatMap((profile) => textOf(profile) ?? []),
    privileged: isOn(config.get('security.privileged')),
    nesting: isOn(config.get('security.nesting')),
    ephemeral: flagOf(one['ephemeral']) ?? false,
    limits: new Map([...config].flatMap(([key, value]) => (key.startsWith('limits.') ? [[key.slice(7), value]] : []))),
    nics: nicsOf(config),
    createdEpochSeconds: epochSeconds(textOf(one['created_at'])),
    usedEpochSeconds: epochSeconds(textOf(one['last_used_at'])),
  };
}

const isOn = (value: string | undefined): boolean =>
  value === 'true' || value === '1' || value === 'yes' || value === 'on';

const imageOf = (config: ReadonlyMap<string, string>): string | undefined =>
  config.get('image.description') ??
  ([config.get('image.os'), config.get('image.release')].filter((word) => word !== undefined).join(' ') || undefined);

/** `volatile.eth0.host_name` is the end on the host; `volatile.eth0.name` the one inside, where it differs from the device. */
function nicsOf(config: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const nics = new Map<string, string>();
  for (const [key, host] of config) {
    const device = /^volatile\.(.+)\.host_name$/.exec(key)?.[1];
    if (device !== undefined && host !== '') nics.set(config.get(`volatile.${device}.name`) ?? device, host);
  }
  return nics;
}
