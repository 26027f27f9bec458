import { isGone, serviceNeeds } from '../../entities/openstack/services.ts';
import {
  CAPACITY_PCT,
  deadBinaries,
  failedServers,
  FAST_SECONDS,
  faultKind,
  faultWords,
  isDown,
  isRecentFailure,
  isRetired,
  isStuckBuild,
  isStuckVolume,
  stuckCause,
  unread,
  usedPct,
  type FaultKind,
} from '../../entities/openstack/trouble.ts';
import { plain } from '../../lib/plain.ts';
import { percent, plural, span } from '../../lib/units.ts';
import { openstackCloud, type Cloud, type CloudServer } from '../../sources/openstack/cloud.ts';
import type { Moment } from '../../timeline/moment.ts';
import { openstackCloudRef, openstackHostRef, openstackServiceRef } from '../entity-ref.ts';
import { defineFinding, onsetAgo, type Found } from '../finding.ts';

const needs = { openstackCloud };

const cloudOf = ({ openstackCloud: seen }: Moment<typeof needs>): Cloud | undefined => seen.now;

const ofCloud = {
  entity: openstackCloudRef,
  subject: 'openstack',
  subjectVocabulary: 'fixed' as const,
  pane: 'openstack',
};

const newest = (servers: readonly { readonly secondsAgo: number | undefined }[]): number | undefined =>
  servers.reduce<number | undefined>((least, { secondsAgo }) => secondsAgo === undefined ? least : Math.min(least ?? Infinity, secondsAgo), undefined); // prettier-ignore
const oldest = (servers: readonly { readonly secondsAgo: number | undefined }[]): number | undefined =>
  servers.reduce<number | undefined>((most, { secondsAgo }) => secondsAgo === undefined ? most : Math.max(most ?? 0, secondsAgo), undefined); // prettier-ignore

const named = (servers: readonly CloudServer[]): string => servers.slice(0, 3).map(({ name, id }) => plain(name ?? id)).join(', '); // prettier-ignore

/** Services of Nova and Cinder, agents of Neutron, that are enabled and sent no heartbeat. */
export const openstackServiceDown = defineFinding({
  id: 'openstack-service-down',
  title: 'Service or agent of OpenStack down',
  needs: { ...serviceNeeds, ...needs },
  authority: 'state and alive of the APIs (service_down_time, agent_down_time); awesome-prometheus-alerts: Nova, Neutron, Cinder agent down',
  judge: (moment): readonly Found[] => {
    const cloud = cloudOf(moment);
    const dead = cloud && deadBinaries(cloud);
    return (cloud?.services ?? []).filter(isDown).map((one): Found => {
      const { binary, host, heartbeatSecondsAgo } = one;
      const isLast = dead?.has(binary) === true;
      const retired = isRetired(one);
      return {
        severity: retired ? 'info' : isLast ? 'crit' : 'warn',
        entity: openstackServiceRef({ name: binary, host }),
        subject: plain(binary),
        sentence: `down on ${plain(host)}${isGone(moment, one) ? ', no process' : ''}${heartbeatSecondsAgo === undefined ? '' : `, no heartbeat for ${span(heartbeatSecondsAgo)}`}${isLast && !retired ? ', none up' : ''}`,
        evidence: [{ what: 'state', value: 'down, enabled', source: binary.startsWith('neutron') ? 'GET /v2.0/agents' : 'GET /os-services' }],
        next: retired
          ? 'delete the record of that host: `openstack compute service delete`, `openstack network agent delete`'
          : 'check its unit or container on that host, the end of its log, AMQP and the clock',
        pane: 'openstack',
        ...onsetAgo(heartbeatSecondsAgo, 'last heartbeat'),
      };
    });
  },
}); // prettier-ignore

/** Builds that do not get further. */
export const openstackBuildsStuck = defineFinding({
  id: 'openstack-builds-stuck',
  title: 'Servers stuck in BUILD',
  needs,
  authority: '[own]: 60 s in scheduling, 10 min in BUILD; Platform9: all new builds stuck without a fault and services up is messaging',
  judge: (moment): readonly Found[] => {
    const cloud = cloudOf(moment);
    const stuck = cloud?.servers.filter(isStuckBuild) ?? [];
    if (cloud === undefined || stuck.length === 0) return [];
    const { cause, words } = stuckCause(cloud, stuck);
    const tasks = [...new Set(stuck.map(({ task }) => plain(task ?? 'no task')))].slice(0, 2).join(', ');
    return [
      {
        ...ofCloud,
        condition: cause,
        severity: stuck.length > 1 || cause !== 'host' ? 'crit' : 'warn',
        sentence: `${plural(stuck.length, 'build')} stuck for ${span(oldest(stuck) ?? 0)} (${tasks}), ${plain(words)}`,
        evidence: [{ what: 'servers', value: named(stuck), source: 'GET /servers/detail?status=BUILD' }],
        next:
          cause === 'host'
            ? 'open the log of nova-compute there; the story of the server (↵) has its last step'
            : 'check `rabbitmqctl list_queues name messages consumers` for conductor and scheduler, then their logs',
        ...onsetAgo(oldest(stuck), 'updated of the server'),
      },
    ];
  },
}); // prettier-ignore

const NEXT: Readonly<Record<FaultKind, string>> = {
  'no-valid-host': 'compare free capacity in Hosts, then the filters: `grep Filter` of nova-scheduler.log at debug',
  'port-binding': 'check the Neutron agent of the host of the port, then neutron-server.log for that port',
  retries: 'open its story (↵): the first error of nova-compute.log names the cause',
  messaging: 'check `rabbitmqctl list_queues name messages consumers` and the alarms of RabbitMQ',
  volume: 'open its story (↵), then cinder-volume.log and its backend',
  other: 'open its story (↵): the first error in all logs of this host',
};

/** Servers that failed within a day, by the kind of their fault. */
export const openstackServersFailed = defineFinding({
  id: 'openstack-servers-failed',
  title: 'Servers in ERROR',
  needs,
  authority: 'status ERROR with its fault; within an hour a warning, within a day an info: [own]',
  judge: (moment): readonly Found[] => {
    const cloud = cloudOf(moment);
    const byKind = Map.groupBy(cloud ? failedServers(cloud) : [], ({ fault }) => faultKind(fault));
    return [...byKind].map(([kind, servers]): Found => {
      const ago = newest(servers);
      const fast = servers.every(({ failedAfterSeconds: after }) => after !== undefined && after < FAST_SECONDS);
      const text = servers[0]?.fault;
      const words = faultWords(kind) ?? (text === undefined ? 'no fault text' : plain(text).slice(0, 40));
      return {
        ...ofCloud,
        condition: kind,
        severity: servers.some(isRecentFailure) ? 'warn' : 'info',
        sentence: `${plural(servers.length, 'server')} in ERROR: ${words}${fast ? `, within ${FAST_SECONDS} s` : ''}${ago === undefined ? '' : `, last ${span(ago)} ago`}`,
        evidence: [
          { what: 'servers', value: named(servers), source: 'GET /servers/detail?status=ERROR' },
          { what: 'fault', value: plain(text ?? '—').slice(0, 200), source: 'fault.message' },
        ],
        next: NEXT[kind],
        ...onsetAgo(oldest(servers), 'updated of the server'),
      };
    });
  },
}); // prettier-ignore

/** Ports that are DOWN because their binding failed, by host. */
export const openstackPortBinding = defineFinding({
  id: 'openstack-port-binding',
  title: 'Port bindings that failed',
  needs,
  authority: 'binding:vif_type binding_failed: no mechanism driver bound the port on its host',
  judge: (moment): readonly Found[] => {
    const failed = cloudOf(moment)?.ports.filter(({ isBindingFailed, isAdminUp }) => isBindingFailed && isAdminUp) ?? [];
    return [...Map.groupBy(failed, ({ host }) => host)].map(([host, ports]): Found => ({
      severity: 'crit',
      entity: openstackHostRef(host),
      subject: plain(host),
      sentence: `${plural(ports.length, 'port')} DOWN, binding failed`,
      evidence: [{ what: 'ports', value: ports.slice(0, 3).map(({ id }) => plain(id)).join(', '), source: 'GET /v2.0/ports?status=DOWN' }],
      next: 'check the Neutron agent of this host and its bridge mappings; neutron-server.log names the driver',
      pane: 'openstack',
    }));
  },
}); // prettier-ignore

/** Volumes in an error or in a state that should pass. */
export const openstackVolumesStuck = defineFinding({
  id: 'openstack-volumes-stuck',
  title: 'Volumes in error or stuck',
  needs,
  authority: '[own]: 10 min in a state that passes by itself; status error…',
  judge: (moment): readonly Found[] => {
    const stuck = cloudOf(moment)?.volumes.filter(isStuckVolume) ?? [];
    if (stuck.length === 0) return [];
    const states = [...Map.groupBy(stuck, ({ status }) => status)].map(([status, all]) => `${all.length} ${plain(status)}`);
    return [
      {
        ...ofCloud,
        condition: 'volumes',
        severity: 'warn',
        sentence: `${plural(stuck.length, 'volume')} stuck: ${states.slice(0, 3).join(', ')}`,
        evidence: [{ what: 'volumes', value: stuck.slice(0, 3).map(({ id }) => plain(id)).join(', '), source: 'GET /volumes/detail' }],
        next: 'open its story (↵), then cinder-volume.log and its backend',
        ...onsetAgo(oldest(stuck), 'updated_at of the volume'),
      },
    ];
  },
}); // prettier-ignore

/** Hosts whose capacity is allocated, as the scheduler sees it. */
export const openstackCapacity = defineFinding({
  id: 'openstack-capacity',
  title: 'Capacity of Placement allocated',
  needs,
  authority: 'awesome-prometheus-alerts: 90 % of (total − reserved) × allocation ratio',
  judge: (moment): readonly Found[] => {
    const full = (cloudOf(moment)?.capacities ?? []).flatMap((one) => {
      const pct = usedPct(one);
      return pct !== undefined && pct >= CAPACITY_PCT.warn ? [{ ...one, pct }] : [];
    });
    return [...Map.groupBy(full, ({ provider }) => provider)].map(([provider, all]): Found => ({
      severity: all.some(({ pct }) => pct >= CAPACITY_PCT.crit) ? 'crit' : 'warn',
      entity: openstackHostRef(provider),
      condition: 'capacity',
      subject: plain(provider),
      sentence: all.map(({ resource, pct }) => `${plain(resource)} ${percent(pct)} allocated`).slice(0, 3).join(', '),
      evidence: all.map(({ resource, used, capacity }) => ({ what: plain(resource), value: `${used} of ${Math.round(capacity)}`, source: 'GET /resource_providers/…/usages' })),
      next: 'migrate or delete servers there, or raise the allocation ratio if the host has room',
      pane: 'openstack',
    }));
  },
}); // prettier-ignore

/** APIs that refuse, fail or do not respond. */
export const openstackApi = defineFinding({
  id: 'openstack-api',
  title: 'API of OpenStack that fails or does not respond',
  needs,
  authority: '[own]: no reply within 5 s, HTTP 4xx and 5xx',
  judge: (moment): readonly Found[] => {
    const cloud = cloudOf(moment);
    const parts = cloud ? unread(cloud) : [];
    // Without python3 or the connection nothing is known of the cloud.
    const [, refused] = /^keystone: (.+)$/s.exec(moment.openstackCloud.missing['cloud']?.detail ?? '') ?? [];
    const whole = refused === undefined ? [] : [['keystone', refused] as const];
    const [first] = [...whole, ...parts];
    if (first === undefined) return [];
    return [
      {
        ...ofCloud,
        condition: 'api',
        severity: 'crit',
        sentence: `${plain(first[1]).slice(0, 60)} (${first[0]})${parts.length > 1 ? `, ${parts.length} requests` : ''}`,
        evidence: [...whole, ...parts].map(([part, detail]) => ({ what: part, value: plain(detail), source: 'reply of the API' })),
        next: 'open its service in OpenStack, then the end of its log; HAProxy or Apache before it',
      },
    ];
  },
}); // prettier-ignore
