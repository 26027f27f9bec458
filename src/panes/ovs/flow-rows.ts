import type { PortOwner } from '../../entities/ovs/port.ts';
import { plain } from '../../lib/plain.ts';
import type { FlowCount } from '../../sources/ovs/flow.ts';
import { flowRate, flowsBefore, type FlowRate } from '../../sources/ovs/flow-rates.ts';
import type { OvsFlowsSample } from '../../sources/ovs/flows.ts';
import type { Seen } from '../../timeline/moment.ts';

/** Datapath flow with its rate; all texts are sanitised. */
export interface FlowRow extends FlowRate {
  readonly count: FlowCount;
  /** Names of the input and output ports; raw, as in the database. */
  readonly inPort: string | undefined;
  readonly outPorts: readonly string[];
  /** Guest, pod, container or logical port behind the input port; the port itself without a known owner. */
  readonly from: string;
  /** The same for the output ports. */
  readonly to: string;
  /** Actions in short: `drop`, `userspace lacp`, `→ owner`, `ct,recirc`. */
  readonly actions: string;
  readonly protocol: string;
  readonly source: string;
  readonly destination: string;
  /** VLAN, tunnel or ct_zone; '' without any. */
  readonly segment: string;
  /** Further match fields: VLAN, tunnel, ct_state, ct_zone. */
  readonly more: string;
}

export type Owners = ReadonlyMap<string, PortOwner>;
/** Port numbers of each datapath, where a dump has numbers. */
export type Ports = ReadonlyMap<string, ReadonlyMap<number, string>>;

interface Basis {
  readonly now: OvsFlowsSample | undefined;
  readonly before: OvsFlowsSample | undefined;
  readonly names: string;
}
let last: { readonly basis: Basis; readonly rows: readonly FlowRow[] } | undefined;

/** Rows of the dump at the cursor, cached until the dump or a name changes. */
export function flowRows(seen: Seen<OvsFlowsSample>, owners: Owners, ports: Ports): readonly FlowRow[] {
  const names = JSON.stringify([...owners].map(([port, { name }]) => [port, name]));
  const basis = { now: seen.now, before: seen.before, names };
  if (last && last.basis.now === basis.now && last.basis.before === basis.before && last.basis.names === names)
    return last.rows;
  const rows = flowRowsOf(seen, owners, ports);
  last = { basis, rows };
  return rows;
}

export function flowRowsOf(
  seen: Pick<Seen<OvsFlowsSample>, 'now' | 'before' | 'seconds'>,
  owners: Owners,
  ports: Ports,
): readonly FlowRow[] {
  const before = flowsBefore(seen);
  return [...(seen.now?.flows.values() ?? [])].map((count) =>
    rowOf(count, flowRate(count, before.flows, before.seconds), owners, ports),
  );
}

function rowOf(count: FlowCount, rate: FlowRate, owners: Owners, ports: Ports): FlowRow {
  const { flow } = count;
  const portOf = (port: string): string =>
    /^\d+$/.test(port) ? (ports.get(flow.datapath)?.get(Number(port)) ?? `port ${port}`) : port;
  const named = (port: string): string => owners.get(port)?.name ?? port;
  const inPort = flow.inPort === undefined ? undefined : portOf(flow.inPort);
  const outPorts = flow.outPorts.map(portOf);
  const to = outPorts.map(named).join(' ');
  return {
    ...rate,
    count,
    inPort,
    outPorts,
    from: plain(inPort === undefined ? '' : named(inPort)),
    to: plain(to),
    actions: plain(actionsOf(count, to)),
    protocol: plain(flow.protocol ?? ''),
    source: plain(flow.source ?? '*'),
    destination: plain(flow.destination ?? '*'),
    segment: plain(segmentOf(count)),
    more: plain(moreOf(count)),
  };
}

/** Slow-path protocols of the switch itself, a few packets/s by design. */
const OWN = new Set(['lacp', 'bfd', 'cfm', 'stp', 'lldp']);

/** Flows on the slow path that are no control protocol. */
export const slow = ({ count: { flow } }: FlowRow): boolean => flow.userspace && !OWN.has(flow.slowPath ?? '');

/** Drops and userspace come first, being what a reader looks for. */
function actionsOf({ flow }: FlowCount, to: string): string {
  const words: string[] = [];
  if (flow.drops) words.push('drop');
  if (flow.userspace) words.push(flow.slowPath === undefined ? 'userspace' : `userspace ${flow.slowPath}`);
  if (to !== '') words.push(`→ ${to}`);
  if (flow.recirculates) words.push(flow.actions.includes('ct(') ? 'ct,recirc' : 'recirc');
  return words.join(' ') || flow.actions;
}

/** Set bits of ct_state (`+est+rpl`), or the unset ones where none is set (`-new`). */
function connectionWords(state: string): string {
  const is = state.match(/\+(?!trk)\w+/g) ?? [];
  return is.length > 0 ? is.join('') : state.replace('+trk', '');
}

function segmentOf({ flow: { tunnel, vlan, ctZone } }: FlowCount): string {
  return [
    ...(tunnel === undefined ? [] : [`tunnel ${tunnel}`]),
    ...(vlan === undefined ? [] : [`vlan ${vlan}`]),
    ...(ctZone === undefined ? [] : [`zone ${Number(ctZone)}`]),
  ].join(' ');
}

function moreOf({ flow }: FlowCount): string {
  const words: string[] = [];
  if (flow.tunnel !== undefined) words.push(`tunnel ${flow.tunnel}`);
  if (flow.vlan !== undefined) words.push(`vlan ${flow.vlan}`);
  if (flow.ctState !== undefined && flow.ctState !== '-trk') words.push(connectionWords(flow.ctState));
  if (flow.ctZone !== undefined) words.push(`zone ${Number(flow.ctZone)}`);
  if (flow.offloaded !== undefined) words.push(`offloaded ${flow.offloaded}`);
  return words.join(' ');
}
