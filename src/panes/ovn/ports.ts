import { entityRef } from '../../findings/entity-ref.ts';
import { bindingProblem } from '../../entities/ovn/binding.ts';
import type { PortOwner } from '../../entities/ovs/port.ts';
import { label, plain } from '../../lib/plain.ts';
import { count, plural } from '../../lib/units.ts';
import type { LogicalDatapath, OvnCentralSample } from '../../sources/ovn/central.ts';
import type { LogicalObject } from '../../sources/ovn/logical-object.ts';
import type { Role } from '../../theme.ts';
import { ownerLinks, portLinks } from '../../ui/kit/links.ts';
import { numberKnown, type NothingWords, type ReadingState } from '../../timeline/reading-state.ts';
import type { Column, TableSection, Link } from '../pane.ts';
import { textColumn } from '../../ui/kit/columns.ts';
import { logicalDetail } from './logical-detail.ts';

/** Logical switch or router, or one of its ports. */
export interface LogicalRow {
  readonly key: string;
  readonly parent: string | undefined;
  readonly name: string;
  readonly kind: string;
  readonly addresses: string;
  readonly chassis: string;
  readonly state: string;
  readonly role: Role;
  readonly here: boolean;
  /** Logical port by its name in the databases; undefined for a switch or a router. */
  readonly port: string | undefined;
  /** Row of the northbound database; undefined without that database, and of a router port. */
  readonly object: LogicalObject | undefined;
}

/** Above this number only ports on this host or with a problem are listed. */
const MAX_PORTS = 5000;

const partsOf = ({ ports, acls, nats, loadBalancers }: LogicalDatapath): string =>
  [
    plural(ports.length, 'port'),
    ...(acls === undefined ? [] : [plural(acls, 'ACL')]),
    ...(nats ? [`${nats} NAT`] : []),
    ...(loadBalancers ? [plural(loadBalancers, 'load balancer')] : []),
  ].join(' · ');

const parentRow = (datapath: LogicalDatapath): LogicalRow => ({
  key: `${datapath.kind} ${datapath.name}`,
  parent: undefined,
  name: plain(datapath.name),
  kind: datapath.kind,
  object: { kind: datapath.kind, uuid: datapath.uuid },
  addresses: partsOf(datapath),
  chassis: '',
  state: '',
  role: 'label',
  here: false,
  port: undefined,
});

export function logicalRows(
  central: OvnCentralSample | undefined,
  systemId: string | undefined,
): readonly LogicalRow[] {
  if (central === undefined) return [];
  const bindings = new Map(central.bindings.map((one) => [one.port, one]));
  const many = bindings.size > MAX_PORTS;
  const portRow = (name: string, parent: string | undefined): LogicalRow => {
    const binding = bindings.get(name);
    const port = central.logicalPorts.get(name);
    const problem = binding && bindingProblem(binding);
    const guest = (binding?.type ?? port?.type) === '';
    const unbound = guest && binding?.chassis === undefined;
    const role: Role = problem === undefined ? (unbound ? 'dim' : 'text') : 'warn';
    return {
      key: `port ${name}`,
      parent,
      name: plain(name),
      kind: port?.type === 'router' ? 'to router' : label(port?.type || binding?.type || 'port'),
      addresses: plain(port?.addresses.join(' ') ?? ''),
      chassis: plain(binding?.chassis ?? ''),
      state: plain(
        problem ??
          (port?.enabled === false ? 'disabled' : unbound ? 'not bound' : guest && binding?.up === true ? 'up' : ''),
      ),
      role,
      here: systemId !== undefined && binding?.chassis === systemId,
      port: name,
      object: port === undefined || port.type === 'router port' ? undefined : { kind: 'port', uuid: port.uuid },
    };
  };
  const listed = new Set<string>();
  const rows = central.datapaths.flatMap((datapath) => {
    const parent = parentRow(datapath);
    const ports = datapath.ports.map((name) => {
      listed.add(name);
      return portRow(name, parent.key);
    });
    return [parent, ...ports.filter((row) => !many || row.here || row.role === 'warn')];
  });
  // A southbound database without its northbound one names ports too.
  const others = [...bindings.keys()].filter((name) => !listed.has(name)).map((name) => portRow(name, undefined));
  return [...rows, ...others.filter((row) => !many || row.here || row.role === 'warn')];
}

const columns: readonly Column<LogicalRow>[] = [
  {
    id: 'name',
    title: 'NAME',
    about: 'Logical switch or router, with its ports below; ↵ shows ACLs, NAT, load balancers and routes.',
    width: 22,
    grow: true,
    rank: 0,
    value: (row) => row.name,
    role: (row) => row.role,
  },
  {
    id: 'kind',
    title: 'TYPE',
    about: 'switch, router; port: of a guest or container (VIF); router, localnet, patch…: ports of OVN itself.',
    vocabulary: 'fixed',
    width: 11,
    rank: 1,
    value: (row) => row.kind,
  },
  textColumn({
    id: 'addresses',
    title: 'ADDRESSES',
    about: 'MAC and IP addresses; networks of a router port.',
    width: 32,
    grow: true,
    rank: 1,
    value: (row) => row.addresses,
  }),
  {
    id: 'chassis',
    title: 'CHASSIS',
    about: 'Chassis that the port is bound to; *: this host.',
    width: 16,
    rank: 0,
    value: (row) => row.chassis || undefined,
    text: (row) => `${row.here ? '*' : ''}${row.chassis}`,
    role: (row) => (row.here ? 'accent' : 'text'),
  },
  textColumn({
    id: 'state',
    title: 'STATE',
    about: 'up; not bound (the guest may be off); requested on another chassis; bound, not up.',
    width: 24,
    grow: true,
    rank: 0,
    value: (row) => row.state,
    role: (row) => row.role,
  }),
];

/** OVS ports of this host by logical port, with their owners. */
export interface Carried {
  readonly ports: ReadonlyMap<string, readonly string[]>;
  readonly owners: ReadonlyMap<string, PortOwner>;
}

function linksOf({ port, chassis }: LogicalRow, { ports, owners }: Carried): readonly Link[] {
  const carriers = port === undefined ? [] : (ports.get(port) ?? []);
  return [
    ...carriers.flatMap((carrier) => ownerLinks(owners.get(carrier))),
    ...portLinks(carriers),
    ...(chassis === '' ? [] : [{ label: `chassis ${chassis}`, pane: 'ovn', row: chassis }]),
  ];
}

export const logicalSection = (
  rows: readonly LogicalRow[],
  carried: Carried,
  { state, empty }: { readonly state: ReadingState; readonly empty: NothingWords },
): TableSection<LogicalRow> => {
  const switches = rows.filter(({ kind }) => kind === 'switch').length;
  const routers = rows.filter(({ kind }) => kind === 'router').length;
  const faulty = rows.filter(({ role }) => role === 'warn').length;
  return {
    kind: 'table',
    id: 'logical',
    title: 'Logical network',
    note: `${count(numberKnown(switches, state))} ${switches === 1 ? 'switch' : 'switches'} · ${count(numberKnown(routers, state))} ${routers === 1 ? 'router' : 'routers'}${faulty === 0 ? '' : ` · ${plural(faulty, 'problem')}`}`,
    sources: ['ovn-central'],
    columns,
    rows,
    key: (row) => row.key,
    parent: (row) => row.parent,
    sort: { column: 'name', descending: false },
    first: (row) => row.role === 'warn',
    entity: ({ port }) => (port === undefined ? undefined : entityRef('logical-port', port)),
    links: (row) => linksOf(row, carried),
    detail: (row) => row.object && logicalDetail(row.name, row.object),
    empty,
    minRows: 6,
  };
};
