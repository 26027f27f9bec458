import type { Missing, Why } from '../../host/host.ts';
import { epochSeconds } from '../../lib/iso-time.ts';
import { countOf, fields, flagOf, items, json, numberOf, textOf, type Fields } from '../../lib/json.ts';
import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';
import { openstackRead } from './logs.ts';

/**
 * State of the cloud by the APIs of Nova, Neutron, Cinder and Placement, with credentials that the engineer agreed to; absent before that.
 * https://docs.openstack.org/api-ref/compute/ (2.1), /network/v2/, /block-storage/v3/, /placement/
 *
 *     {"now":…,"services":[{"binary":"nova-compute","host":"lab-compute","status":"enabled","state":"down","updated_at":"2026-11-23T17:38:45.000000"}],
 *      "failed":[{"id":"1d62f276-…","name":"vm-err","fault":{"message":"Exceeded maximum number of retries. …"}}],"missing":{"volumes":{"why":"absent",…}}}
 */
export const openstackCloud = defineSource({
  id: 'openstack-cloud',
  title: 'OpenStack APIs',
  why: 'Shows services and agents that are down, servers and volumes that failed or are stuck, ports that are DOWN, and capacity.',
  everySeconds: 10,
  reads: { cloud: openstackRead('cloud', 30_000) },
  weightKiB: (cloud: Cloud | undefined) =>
    cloud === undefined ? 0 : 0.4 * (cloud.services.length + cloud.servers.length + cloud.ports.length),
  parse: ({ cloud }): Cloud | undefined => parseCloud(cloud),
  identifiers: (cloud) => [
    ...named('host', [...(cloud?.services ?? []), ...(cloud?.hypervisors ?? [])].map(({ host }) => host)),
    ...named('guest', cloud?.servers.map(({ name }) => name)),
    ...named('uuid', [...(cloud?.servers ?? []), ...(cloud?.ports ?? []), ...(cloud?.volumes ?? [])].map(({ id }) => id)),
    ...named('volume', cloud?.volumes.map(({ name }) => name)),
  ],
}); // prettier-ignore

/** Part of a reply that an API gives. */
export type CloudPart =
  | 'services'
  | 'hypervisors'
  | 'failed'
  | 'building'
  | 'agents'
  | 'ports'
  | 'volumeServices'
  | 'volumes'
  | 'placement';

/** Service of Nova or Cinder, or agent of Neutron. */
export interface CloudService {
  readonly binary: string;
  readonly host: string;
  readonly isUp: boolean | undefined;
  readonly isEnabled: boolean;
  readonly heartbeatSecondsAgo: number | undefined;
  readonly disabledReason: string | undefined;
}

export interface Hypervisor {
  readonly host: string;
  readonly isUp: boolean | undefined;
  readonly runningVms: number | undefined;
}

export interface CloudServer {
  readonly id: string;
  readonly name: string | undefined;
  readonly status: 'ERROR' | 'BUILD';
  /** `scheduling`, `spawning`, `networking`. */
  readonly task: string | undefined;
  readonly host: string | undefined;
  readonly fault: string | undefined;
  /** Since its last change. */
  readonly secondsAgo: number | undefined;
  /** From its creation to its fault. */
  readonly failedAfterSeconds: number | undefined;
}

/** Neutron port that is DOWN though it is bound to a host and has a device. */
export interface CloudPort {
  readonly id: string;
  readonly host: string;
  readonly device: string;
  readonly owner: string | undefined;
  readonly isBindingFailed: boolean;
  readonly isAdminUp: boolean;
}

export interface CloudVolume {
  readonly id: string;
  readonly name: string | undefined;
  readonly status: string;
  readonly host: string | undefined;
  readonly secondsAgo: number | undefined;
}

/** Resource of a provider: capacity is (total − reserved) × allocation ratio. */
export interface Capacity {
  readonly provider: string;
  /** `VCPU`, `MEMORY_MB`, `DISK_GB`. */
  readonly resource: string;
  readonly used: number;
  readonly capacity: number;
}

export interface Cloud {
  readonly credentials: string | undefined;
  readonly tookMs: number | undefined;
  readonly services: readonly CloudService[];
  readonly hypervisors: readonly Hypervisor[];
  readonly servers: readonly CloudServer[];
  readonly ports: readonly CloudPort[];
  readonly volumes: readonly CloudVolume[];
  readonly capacities: readonly Capacity[];
  /** Parts that an API did not give, with the reason. */
  readonly missing: ReadonlyMap<CloudPart, Missing>;
}

const PARTS: readonly CloudPart[] = ['services', 'hypervisors', 'failed', 'building', 'agents', 'ports', 'volumeServices', 'volumes', 'placement']; // prettier-ignore
const WHYS: readonly Why[] = ['absent', 'denied', 'timeout', 'failed'];

/** Cloud of a reply; undefined without one. */
export function parseCloud(text: string | undefined): Cloud | undefined {
  const reply = fields(json(text));
  const now = numberOf(reply['now']);
  if (now === undefined) return undefined;
  const listed = <Item>(part: CloudPart, of: (one: Fields) => Item | undefined): readonly Item[] =>
    items(reply[part]).flatMap((one) => of(fields(one)) ?? []);
  const since = (time: unknown): number | undefined => {
    const at = secondsOf(time);
    return at === undefined ? undefined : Math.max(0, now - at);
  };
  const missing = fields(reply['missing']);
  return {
    credentials: textOf(reply['credentials']),
    tookMs: countOf(reply['tookMs']),
    services: [
      ...listed('services', (one) => serviceOf(one, since)),
      ...listed('agents', (one) => agentOf(one, since)),
      ...listed('volumeServices', (one) => serviceOf(one, since)),
    ],
    hypervisors: listed('hypervisors', hypervisorOf),
    servers: [
      ...listed('failed', (one) => serverOf(one, 'ERROR', since)),
      ...listed('building', (one) => serverOf(one, 'BUILD', since)),
    ],
    ports: listed('ports', portOf),
    volumes: listed('volumes', (one) => volumeOf(one, since)),
    capacities: items(reply['placement']).flatMap((one) => capacitiesOf(fields(one))),
    missing: new Map(
      PARTS.flatMap((part) => {
        if (missing[part] === undefined) return [];
        const { why, detail } = fields(missing[part]);
        return [[part, { ok: false, why: WHYS.find((one) => one === why) ?? 'failed', detail: textOf(detail) ?? 'no error text' }] as const];
      }),
    ),
  };
} // prettier-ignore

type Since = (time: unknown) => number | undefined;

/** `2026-11-23T17:38:45.000000`, `2026-11-23 17:34:41`: UTC without a zone, or with one. */
function secondsOf(time: unknown): number | undefined {
  const text = textOf(time)?.replace(' ', 'T');
  return text === undefined ? undefined : epochSeconds(/(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
}

function serviceOf(one: Fields, since: Since): CloudService | undefined {
  const [binary, host, state] = [textOf(one['binary']), textOf(one['host']), textOf(one['state'])];
  return binary === undefined || host === undefined
    ? undefined
    : {
        binary,
        host,
        isUp: state === undefined ? undefined : state === 'up',
        isEnabled: textOf(one['status']) !== 'disabled',
        heartbeatSecondsAgo: since(one['updated_at']),
        disabledReason: textOf(one['disabled_reason']),
      };
}

function agentOf(one: Fields, since: Since): CloudService | undefined {
  const [binary, host] = [textOf(one['binary']), textOf(one['host'])];
  return binary === undefined || host === undefined
    ? undefined
    : {
        binary,
        host,
        isUp: flagOf(one['alive']),
        isEnabled: flagOf(one['admin_state_up']) !== false,
        heartbeatSecondsAgo: since(one['heartbeat_timestamp']),
        disabledReason: undefined,
      };
}

function hypervisorOf(one: Fields): Hypervisor | undefined {
  const [host, state] = [textOf(one['hypervisor_hostname']), textOf(one['state'])];
  return host === undefined
    ? undefined
    : { host, isUp: state === undefined ? undefined : state === 'up', runningVms: countOf(one['running_vms']) };
}

function serverOf(one: Fields, status: CloudServer['status'], since: Since): CloudServer | undefined {
  const id = textOf(one['id']);
  if (id === undefined) return undefined;
  const fault = fields(one['fault']);
  const [created, failed] = [secondsOf(one['created']), secondsOf(fault['created'])];
  return {
    id,
    name: textOf(one['name']),
    status,
    task: textOf(one['OS-EXT-STS:task_state']),
    host: textOf(one['OS-EXT-SRV-ATTR:host']),
    fault: textOf(fault['message']),
    secondsAgo: since(one['updated'] ?? one['created']),
    failedAfterSeconds: created === undefined || failed === undefined ? undefined : Math.max(0, failed - created),
  };
}

function portOf(one: Fields): CloudPort | undefined {
  const [id, host, device] = [textOf(one['id']), textOf(one['binding:host_id']), textOf(one['device_id'])];
  return id === undefined || host === undefined || device === undefined
    ? undefined
    : {
        id,
        host,
        device,
        owner: textOf(one['device_owner']),
        isBindingFailed: textOf(one['binding:vif_type']) === 'binding_failed',
        isAdminUp: flagOf(one['admin_state_up']) !== false,
      };
}

function volumeOf(one: Fields, since: Since): CloudVolume | undefined {
  const [id, status] = [textOf(one['id']), textOf(one['status'])];
  return id === undefined || status === undefined
    ? undefined
    : {
        id,
        name: textOf(one['name']),
        status,
        host: textOf(one['os-vol-host-attr:host']),
        secondsAgo: since(one['updated_at'] ?? one['created_at']),
      };
}

function capacitiesOf(one: Fields): readonly Capacity[] {
  const provider = textOf(one['name']);
  if (provider === undefined) return [];
  return Object.entries(fields(one['resources'])).flatMap(([resource, value]): readonly Capacity[] => {
    const { total, reserved, allocation_ratio: ratio, used } = fields(value);
    const [all, usage] = [countOf(total), countOf(used)];
    if (all === undefined || usage === undefined) return [];
    return [{ provider, resource, used: usage, capacity: Math.max(0, all - (countOf(reserved) ?? 0)) * (countOf(ratio) ?? 1) }];
  });
} // prettier-ignore
