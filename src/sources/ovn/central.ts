import type { Missing } from '../../host/host.ts';
import { toNumber } from '../../lib/lines.ts';
import { ovnReplyOf, ovnTables, type replyOf } from '../ovs/sockets.ts';
import { certificatesOf, tablesIn, type Row } from '../ovs/ovsdb-values.ts';
import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';

/**
 * Contents of the OVN databases that are served on this host: ovn-nb(5), ovn-sb(5). A transaction may raise `nb_cfg`:
 * ovn-northd copies it to `sb_cfg` once it is in the southbound database, each chassis to its row once it is applied.
 * Logical flows are never read: monitoring them is expensive for the server.
 */
export const ovnCentral = defineSource({
  id: 'ovn-central',
  title: 'OVN databases',
  why: 'Shows chassis behind nb_cfg, and logical ports that are not bound where requested.',
  everySeconds: 5,
  reads: {
    ...ovnTables('nb', 'ovnnb_db', 'OVN_Northbound'),
    ...ovnTables('sb', 'ovnsb_db', 'OVN_Southbound'),
    // Time stamps in the databases are wall clock: boot time plus uptime.
    stat: { kind: 'file', path: '/proc/stat' },
    uptime: { kind: 'file', path: '/proc/uptime' },
  },
  parse: (values): OvnCentralSample => {
    const { stat, uptime } = values;
    const bootSeconds = toNumber(/^btime (\d+)$/m.exec(stat ?? '')?.[1]);
    const upSeconds = toNumber(uptime?.split(' ')[0]);
    return {
      ...databasesOf(ovnReplyOf(values, 'nb'), ovnReplyOf(values, 'sb')),
      hostMs: bootSeconds === undefined || upSeconds === undefined ? undefined : (bootSeconds + upSeconds) * 1000,
    };
  },
  weightKiB: ({ bindings, datapaths }: OvnCentralSample) => (bindings.length + datapaths.length) * 0.3,
  identifiers: ({ chassis, datapaths, logicalPorts }) => [
    ...named(
      'host',
      chassis.flatMap(({ name, hostname }) => [name, hostname]),
    ),
    ...named('network', logicalPorts.keys()),
    ...named(
      'project',
      datapaths.map(({ name }) => name),
    ),
  ],
});

export interface OvnCentralSample {
  readonly northbound: { readonly read: boolean; readonly silent: Missing | undefined };
  readonly southbound: { readonly read: boolean; readonly silent: Missing | undefined };
  readonly global: NbGlobal | undefined;
  readonly chassis: readonly Chassis[];
  readonly bindings: readonly PortBinding[];
  readonly datapaths: readonly LogicalDatapath[];
  /** Configured ports of switches and routers, by name. */
  readonly logicalPorts: ReadonlyMap<string, LogicalPort>;
  /** BFD sessions of gateways with next hops: ovn-sb(5), BFD. */
  readonly bfd: readonly OvnBfd[];
  /** Paths of certificates of the databases. */
  readonly certificates: readonly string[];
  /** Wall clock of the host. */
  readonly hostMs: number | undefined;
}

/** NB_Global: nb_cfg, sb_cfg and hv_cfg with their time stamps (ms since 1970). */
export interface NbGlobal {
  readonly name: string | undefined;
  readonly nbCfg: number | undefined;
  readonly nbCfgMs: number | undefined;
  readonly sbCfg: number | undefined;
  readonly sbCfgMs: number | undefined;
  /** hv_cfg: the nb_cfg of the slowest chassis. */
  readonly hvCfg: number | undefined;
}

export interface Chassis {
  readonly name: string;
  readonly hostname: string | undefined;
  readonly encap: string | undefined;
  readonly nbCfg: number | undefined;
  /** Time stamp of its nb_cfg. */
  readonly nbCfgMs: number | undefined;
  readonly ports: number;
}

export interface PortBinding {
  readonly port: string;
  /** '' is a VIF (guest or container); else `patch`, `localnet`, `chassisredirect`… */
  readonly type: string;
  readonly datapath: string | undefined;
  /** Chassis that it is bound to. */
  readonly chassis: string | undefined;
  /** Changes of the chassis since the databases are monitored, and the chassis that the last change took it from; undefined: none. */
  readonly chassisChanges: number | undefined;
  readonly chassisBefore: string | undefined;
  /** requested_chassis by name. */
  readonly requested: string | undefined;
  readonly up: boolean | undefined;
}

export interface OvnBfd {
  readonly port: string;
  readonly peer: string;
  /** `down`, `init`, `up`, `admin_down`. */
  readonly state: string;
}

export interface LogicalDatapath {
  readonly uuid: string;
  readonly name: string;
  readonly kind: 'switch' | 'router';
  readonly ports: readonly string[];
  /** Of a switch. */
  readonly acls: number | undefined;
  /** Of a router. */
  readonly nats: number | undefined;
  readonly loadBalancers: number | undefined;
}

export interface LogicalPort {
  readonly uuid: string;
  readonly name: string;
  readonly type: string;
  readonly addresses: readonly string[];
  readonly enabled: boolean | undefined;
}

type OvnDatabases = Omit<OvnCentralSample, 'hostMs'>;
let last:
  | { readonly nb: string | undefined; readonly sb: string | undefined; readonly sample: OvnDatabases }
  | undefined;

/** Sample cache: unchanged replies are the same texts. */
function databasesOf(north: ReturnType<typeof replyOf>, south: ReturnType<typeof replyOf>): OvnDatabases {
  if (!(last && last.nb === north.text && last.sb === south.text))
    last = { nb: north.text, sb: south.text, sample: sampleOf(north.text, south.text) };
  return {
    ...last.sample,
    northbound: { read: last.sample.northbound.read, silent: north.silent },
    southbound: { read: last.sample.southbound.read, silent: south.silent },
  };
}

function sampleOf(north: string | undefined, south: string | undefined): OvnDatabases {
  const [nb, sb] = [tablesIn(north), tablesIn(south)];
  const [global] = nb('NB_Global');
  const [sbGlobal] = sb('SB_Global');
  const chassis = new Map(sb('Chassis').map((row) => [row.uuid, row]));
  const nameOf = (ids: readonly string[]) => chassis.get(ids[0] ?? '')?.text('name');
  const datapathNames = new Map(sb('Datapath_Binding').map((row) => [row.uuid, row.map('external_ids').get('name')]));
  const bindings = sb('Port_Binding').map((row): PortBinding => ({
    port: row.text('logical_port') ?? row.uuid,
    type: row.text('type') ?? '',
    datapath: datapathNames.get(row.ids('datapath')[0] ?? ''),
    chassis: nameOf(row.ids('chassis')),
    chassisChanges: row.number('chassis:changes'),
    chassisBefore: nameOf(row.ids('chassis:before')),
    requested: nameOf(row.ids('requested_chassis')) ?? row.map('options').get('requested-chassis'),
    up: row.flag('up'),
  }));
  const held = Map.groupBy(bindings, (one) => one.chassis);
  const encaps = new Map(
    sb('Encap').map((row) => [row.text('chassis_name'), `${row.text('type') ?? ''} ${row.text('ip') ?? ''}`]),
  );
  return {
    northbound: { read: global !== undefined, silent: undefined },
    southbound: { read: sbGlobal !== undefined, silent: undefined },
    global: global && nbGlobalOf(global),
    chassis: chassisOf(sb('Chassis_Private'), chassis).map((one) => ({
      ...one,
      encap: encaps.get(one.name),
      ports: held.get(one.name)?.length ?? 0,
    })),
    bindings,
    bfd: sb('BFD').map((row) => ({
      port: row.text('logical_port') ?? row.uuid,
      peer: row.text('dst_ip') ?? '',
      state: row.text('status') ?? '',
    })),
    certificates: [...new Set([...certificatesOf(nb('SSL')), ...certificatesOf(sb('SSL'))])],
    ...logicalOf(nb),
  };
}

const nbGlobalOf = (row: Row): NbGlobal => ({
  name: row.text('name') || undefined,
  nbCfg: row.number('nb_cfg'),
  nbCfgMs: row.number('nb_cfg_timestamp') || undefined,
  sbCfg: row.number('sb_cfg'),
  sbCfgMs: row.number('sb_cfg_timestamp') || undefined,
  hvCfg: row.number('hv_cfg'),
});

/** nb_cfg per chassis: in Chassis_Private since 20.09, in the Chassis row before. */
function chassisOf(
  reports: readonly Row[],
  known: ReadonlyMap<string, Row>,
): readonly Omit<Chassis, 'encap' | 'ports'>[] {
  const byName = new Map(reports.map((row) => [row.text('name') ?? row.uuid, row]));
  const names = new Set([...[...known.values()].map((row) => row.text('name') ?? row.uuid), ...byName.keys()]);
  return [...names].map((name) => {
    const own = [...known.values()].find((row) => row.text('name') === name);
    const report = byName.get(name);
    return {
      name,
      hostname: own?.text('hostname') || undefined,
      nbCfg: report?.number('nb_cfg') ?? own?.number('nb_cfg'),
      nbCfgMs: report?.number('nb_cfg_timestamp') || undefined,
    };
  });
}

function logicalOf(nb: (table: string) => readonly Row[]): Pick<OvnCentralSample, 'datapaths' | 'logicalPorts'> {
  const rows = new Map([...nb('Logical_Switch_Port'), ...nb('Logical_Router_Port')].map((row) => [row.uuid, row]));
  const logicalPorts = new Map<string, LogicalPort>();
  for (const row of rows.values()) {
    const name = row.text('name') ?? row.uuid;
    logicalPorts.set(name, {
      uuid: row.uuid,
      name,
      type: row.text('type') ?? (row.texts('networks').length > 0 ? 'router port' : ''),
      addresses: [...row.texts('addresses'), ...row.texts('networks')],
      enabled: row.flag('enabled'),
    });
  }
  const datapaths = (['switch', 'router'] as const).flatMap((kind) =>
    nb(kind === 'switch' ? 'Logical_Switch' : 'Logical_Router').map((row): LogicalDatapath => ({
      uuid: row.uuid,
      name: row.text('name') || row.uuid,
      kind,
      ports: row.ids('ports').flatMap((id) => rows.get(id)?.text('name') ?? []),
      acls: kind === 'switch' ? row.size('acls') : undefined,
      nats: kind === 'router' ? row.size('nat') : undefined,
      loadBalancers: row.size('load_balancer'),
    })),
  );
  return { datapaths, logicalPorts };
}
