import type { Missing } from '../../host/host.ts';
import { toNumber } from '../../lib/lines.ts';
import { replyOf, snapSwitchTables, switchTables } from './sockets.ts';
import { certificatesOf, tablesIn, type Row } from './ovsdb-values.ts';
import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';

/**
 * Configuration and state of Open vSwitch from its database: ovs-vswitchd.conf.db(5). Counters of interfaces are written
 * there by ovs-vswitchd every 5 s (`stats-update-interval`).
 */
export const ovsDb = defineSource({
  id: 'ovs-db',
  title: 'Open vSwitch database',
  why: 'Names bridges, ports with their owners, errors and drops, and controllers.',
  everySeconds: 5,
  reads: { tables: switchTables, snapTables: snapSwitchTables },
  parse: ({ tables, snapTables }): OvsDbSample => {
    const { text, silent } = replyOf(tables, snapTables);
    return { ...understood(text), silent };
  },
  weightKiB: ({ interfaces }: OvsDbSample) => interfaces.length * 1.2,
  identifiers: ({ systemId, externalIds }) => [
    ...named('id', [systemId]),
    ...named('host', [externalIds.get('hostname')]),
  ],
});

export interface OvsDbSample {
  /** False when the database was not read. */
  readonly read: boolean;
  readonly version: string | undefined;
  readonly systemId: string | undefined;
  /** `other_config` of Open_vSwitch: flow-limit, max-idle, pmd-cpu-mask… */
  readonly settings: ReadonlyMap<string, string>;
  readonly externalIds: ReadonlyMap<string, string>;
  readonly bridges: readonly Bridge[];
  readonly interfaces: readonly Interface[];
  readonly controllers: readonly Controller[];
  /** Paths of the certificate and of the CA's, where TLS is configured. */
  readonly certificates: readonly string[];
  readonly silent: Missing | undefined;
}

export interface Bridge {
  readonly name: string;
  readonly datapathType: string;
  /** `secure`: without a controller present rules only; else normal MAC learning. */
  readonly failMode: string | undefined;
  readonly ports: number;
}

export interface Interface {
  readonly name: string;
  readonly bridge: string | undefined;
  /** Port of the interface; a bond has several interfaces. */
  readonly port: string | undefined;
  readonly type: string;
  /** -1: not created, see `error`. */
  readonly ofport: number | undefined;
  readonly admin: string | undefined;
  readonly link: string | undefined;
  readonly error: string | undefined;
  readonly mtu: number | undefined;
  readonly mac: string | undefined;
  readonly tag: number | undefined;
  readonly remote: string | undefined;
  readonly linkResets: number | undefined;
  /** `up`, `down`: bidirectional forwarding detection, where it is on. */
  readonly bfd: string | undefined;
  /** Session of BFD, where it is on. */
  readonly bfdSession: BfdSession | undefined;
  readonly externalIds: ReadonlyMap<string, string>;
  /** rx_packets, tx_dropped… since the interface was created. */
  readonly statistics: ReadonlyMap<string, number>;
}

/** State of a BFD session: ovs-vswitchd.conf.db(5), bfd_status. */
export interface BfdSession {
  /** `up`, `down`, `init`, `admin_down`. */
  readonly state: string;
  readonly remoteState: string | undefined;
  /** `true`, `false`: whether the interface carries traffic. */
  readonly forwarding: string | undefined;
  /** Reason of the last change; undefined without one. */
  readonly diagnostic: string | undefined;
  readonly remoteDiagnostic: string | undefined;
  /** Changes of forwarding since BFD was enabled. */
  readonly flaps: number | undefined;
}

export interface Controller {
  readonly bridge: string | undefined;
  /** OpenFlow controller of a bridge, or a manager of the database. */
  readonly kind: 'controller' | 'manager';
  readonly target: string;
  readonly connected: boolean | undefined;
  readonly state: string | undefined;
  readonly lastError: string | undefined;
  /** Time in this state. */
  readonly connectedSeconds: number | undefined;
  readonly disconnectedSeconds: number | undefined;
}

type Understood = Omit<OvsDbSample, 'silent'>;
let last: { readonly text: string; readonly sample: Understood } | undefined;

/** Sample cache: an unchanged reply is the same text, so the sample stays the same object. */
function understood(text: string | undefined): Understood {
  if (text !== undefined && last?.text === text) return last.sample;
  const sample = sampleOf(text);
  if (text !== undefined) last = { text, sample };
  return sample;
}

function sampleOf(text: string | undefined): Understood {
  const rows = tablesIn(text);
  const [own] = rows('Open_vSwitch');
  const ports = new Map(rows('Port').map((row) => [row.uuid, row]));
  const portOfInterface = new Map<string, Row>();
  for (const port of ports.values()) for (const id of port.ids('interfaces')) portOfInterface.set(id, port);
  const bridgeOfPort = new Map<string, string>();
  const bridgeOfController = new Map<string, string>();
  const bridges = rows('Bridge').map((row): Bridge => {
    const name = row.text('name') ?? row.uuid;
    for (const id of row.ids('ports')) bridgeOfPort.set(id, name);
    for (const id of row.ids('controller')) bridgeOfController.set(id, name);
    return {
      name,
      datapathType: row.text('datapath_type') || 'system',
      failMode: row.text('fail_mode'),
      ports: row.ids('ports').length,
    };
  });
  const interfaces = rows('Interface').map((row): Interface => {
    const port = portOfInterface.get(row.uuid);
    return interfaceOf(row, port, port && bridgeOfPort.get(port.uuid));
  });
  return {
    read: own !== undefined,
    version: own?.text('ovs_version'),
    systemId: own?.map('external_ids').get('system-id'),
    settings: own?.map('other_config') ?? new Map<string, string>(),
    externalIds: own?.map('external_ids') ?? new Map<string, string>(),
    bridges: bridges.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    interfaces,
    certificates: certificatesOf(rows('SSL')),
    controllers: [
      ...rows('Controller').map((row) => controllerOf(row, 'controller', bridgeOfController.get(row.uuid))),
      ...rows('Manager').map((row) => controllerOf(row, 'manager', undefined)),
    ],
  };
}

function interfaceOf(row: Row, port: Row | undefined, bridge: string | undefined): Interface {
  const statistics = new Map<string, number>();
  for (const [name, value] of row.map('statistics')) {
    const count = toNumber(value);
    if (count !== undefined && count >= 0) statistics.set(name, count);
  }
  return {
    name: row.text('name') ?? row.uuid,
    bridge,
    port: port?.text('name'),
    type: row.text('type') || 'system',
    ofport: row.number('ofport'),
    admin: row.text('admin_state'),
    link: row.text('link_state'),
    error: row.text('error'),
    mtu: row.number('mtu'),
    mac: row.text('mac_in_use'),
    tag: port?.number('tag'),
    remote: row.map('options').get('remote_ip') ?? row.map('options').get('peer'),
    linkResets: row.number('link_resets'),
    bfd: row.map('bfd_status').get('state'),
    bfdSession: bfdOf(row.map('bfd_status')),
    externalIds: row.map('external_ids'),
    statistics,
  };
}

function bfdOf(status: ReadonlyMap<string, string>): BfdSession | undefined {
  const state = status.get('state');
  if (state === undefined) return undefined;
  const wordsOf = (key: string) => (status.get(key) === 'No Diagnostic' ? undefined : status.get(key));
  return {
    state,
    remoteState: status.get('remote_state'),
    forwarding: status.get('forwarding'),
    diagnostic: wordsOf('diagnostic'),
    remoteDiagnostic: wordsOf('remote_diagnostic'),
    flaps: toNumber(status.get('flap_count')),
  };
}

function controllerOf(row: Row, kind: Controller['kind'], bridge: string | undefined): Controller {
  const status = row.map('status');
  return {
    bridge,
    kind,
    target: row.text('target') ?? row.uuid,
    connected: row.flag('is_connected'),
    state: status.get('state'),
    lastError: status.get('last_error'),
    connectedSeconds: toNumber(status.get('sec_since_connect')),
    disconnectedSeconds: toNumber(status.get('sec_since_disconnect')),
  };
}
