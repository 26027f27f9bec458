import { count } from '../../lib/units.ts';
import { cpuTopology } from '../../sources/machine/cpu-topology.ts';
import { interruptRates } from '../../sources/machine/interrupt-rates.ts';
import { interrupts } from '../../sources/machine/interrupts.ts';
import { nics } from '../../sources/machine/nics.ts';
import { pciDevices } from '../../sources/machine/pci-devices.ts';
import { softnet, softnetRates } from '../../sources/machine/softnet.ts';
import { drivers } from '../../sources/network/drivers.ts';
import { links, type Link } from '../../sources/network/links.ts';
import { qdiscs } from '../../sources/network/queues.ts';
import { ovsDatapath } from '../../sources/ovs/datapath.ts';
import { ovsDb } from '../../sources/ovs/db.ts';
import { lookupRate } from '../../sources/ovs/rates.ts';
import { delta, type Moment, type Seen } from '../../timeline/moment.ts';
import { isWhole, stateOf, stateWords } from '../../timeline/reading-state.ts';
import { placeInterrupts } from '../machine/numa-place.ts';
import { driverLosses, ringText } from './driver-loss.ts';

export const flowPathNeeds = { links, qdiscs, drivers, ovsDb, ovsDatapath, interrupts, cpuTopology, softnet, nics, pciDevices }; // prettier-ignore
type PathMoment = Moment<typeof flowPathNeeds>;

/** One place that a packet passes, in the direction of sending. */
export interface Hop {
  /** `owner`, `link`, `switch port`, `megaflows`, `uplink`, `queue`, `ring`, `IRQ`. */
  readonly kind: string;
  /** Raw name of the object. */
  readonly name: string;
  readonly dropsPerSec: number | undefined;
  /** Bytes that wait there. */
  readonly waitingBytes: number | undefined;
  /** State and rates, or the reason that it was not read. */
  readonly note: string;
}

/** Links that a path leads over at most: a loop of masters ends. */
const MOST_LINKS = 8;

/** Path of the traffic of a link: its owner, itself, the virtual switch, the uplinks down to queue, ring and interrupt. */
export function flowPath(start: Link, owner: string | undefined, moment: PathMoment): readonly Hop[] {
  const hops: Hop[] = owner === undefined ? [] : [{ kind: 'owner', name: owner, dropsPerSec: undefined, waitingBytes: undefined, note: '' }]; // prettier-ignore
  const passed = new Set<string>();
  let at: Link | undefined = start;
  while (at && !passed.has(at.name) && passed.size < MOST_LINKS) {
    hops.push(...linkHops(at, passed.size === 0 ? 'link' : 'uplink', moment));
    passed.add(at.name);
    at = nextLink(at, passed, moment);
  }
  return hops;
}

function linkHops(link: Link, kind: string, moment: PathMoment): readonly Hop[] {
  const { links: seen, nics: devices } = moment;
  const before = seen.before?.items.find(({ index }) => index === link.index)?.counters;
  const { rxDropped, txDropped, rxErrors, txErrors } = link.counters;
  const rates = [
    delta(rxDropped, before?.rxDropped, seen.seconds), delta(txDropped, before?.txDropped, seen.seconds),
    delta(rxErrors, before?.rxErrors, seen.seconds), delta(txErrors, before?.txErrors, seen.seconds),
  ]; // prettier-ignore
  const isHardware = devices.now?.nics.get(link.name)?.virtual === false;
  return [
    {
      kind,
      name: link.name,
      dropsPerSec: sumOf(rates),
      waitingBytes: undefined,
      note: [link.isUp ? link.operState : 'down', link.mtuBytes === undefined ? undefined : `MTU ${link.mtuBytes}`].filter((word) => word !== undefined).join(', '), // prettier-ignore
    },
    ...switchHops(link, moment),
    queueHop(link, moment),
    ...(isHardware ? [ringHop(link, moment), interruptHop(link, moment)] : []),
  ];
}

/** Port and datapath of Open vSwitch. */
function switchHops({ name }: Link, { ovsDb: db, ovsDatapath: datapath }: PathMoment): readonly Hop[] {
  const port = db.now?.interfaces.find((one) => one.name === name);
  if (!port) return [];
  const earlier = db.before?.interfaces.find((one) => one.name === name)?.statistics;
  const rate = (what: string) => delta(port.statistics.get(what), earlier?.get(what), db.seconds);
  const found = datapath.now?.datapaths.find(({ ports }) => [...ports.values()].includes(name));
  const lookups = found && lookupRate(datapath, found.name);
  return [
    { kind: 'switch port', name, dropsPerSec: sumOf([rate('rx_dropped'), rate('tx_dropped')]), waitingBytes: undefined, note: [port.bridge, port.tag === undefined ? undefined : `VLAN ${port.tag}`, port.error].filter((word) => word !== undefined).join(', ') },
    { kind: 'megaflows', name: found?.name ?? 'datapath', dropsPerSec: lookups?.lostPerSec, waitingBytes: undefined, note: lookups ? `${count(lookups.missesPerSec)} upcalls/s, ${count(found?.flows)} flows` : unread(datapath, 'not in a datapath') },
  ]; // prettier-ignore
}

function queueHop({ index, qdisc, name }: Link, { qdiscs: seen }: PathMoment): Hop {
  const root = seen.now?.items.find((one) => one.index === index && one.isRoot);
  const before = seen.before?.items.find((one) => one.index === index && one.isRoot);
  return {
    kind: 'queue',
    name: root?.kind ?? qdisc ?? name,
    dropsPerSec: delta(root?.drops, before?.drops, seen.seconds),
    waitingBytes: root?.backlogBytes,
    note: root ? `${count(root.overlimits)} overlimits` : unread(seen, 'none'),
  };
}

function ringHop({ name }: Link, { drivers: seen }: PathMoment): Hop {
  const card = seen.now?.cards.get(name);
  const losses = driverLosses(seen, name);
  const ring = card && ringText(card);
  return {
    kind: 'ring',
    name: card?.driver ?? name,
    dropsPerSec: losses.length === 0 ? undefined : sumOf(losses.map(({ perSec }) => perSec)),
    waitingBytes: undefined,
    note: card ? [ring && `rx ring ${ring}`, ...losses.filter(({ perSec }) => perSec > 0).slice(0, 2).map(({ counter }) => counter)].filter((word) => word !== undefined).join(', ') : unread(seen, 'not reported'), // prettier-ignore
  };
}

function interruptHop({ name }: Link, moment: PathMoment): Hop {
  const { interrupts: lines, cpuTopology: topology, pciDevices: pci, nics: cards, softnet: backlog } = moment;
  const device = cards.now?.nics.get(name)?.pci;
  const own = placeInterrupts(interruptRates(lines) ?? [], topology.now?.nodes, pci.now, cards.now?.nics).filter(
    ({ devicePci }) => device !== undefined && devicePci === device,
  );
  const [top] = own;
  const cpus = [...new Set(own.map(({ topCpu }) => topCpu))];
  const drops = softnetRates(backlog).filter(({ cpu }) => cpus.includes(cpu)).map(({ droppedPerSec }) => droppedPerSec); // prettier-ignore
  const total = own.reduce((sum, { perSec }) => sum + perSec, 0);
  return {
    kind: 'IRQ',
    name: cpus.length === 0 ? name : `CPU ${cpus.slice(0, 4).join(',')}${cpus.length > 4 ? '…' : ''}`,
    dropsPerSec: drops.length === 0 ? undefined : sumOf(drops),
    waitingBytes: undefined,
    note: top ? `${count(total)} IRQs/s${top.cpuNode === undefined ? '' : `, node ${top.cpuNode}`}${own.some(({ remote }) => remote) ? ', other node than the card' : ''}` : unread(lines, 'no interrupts'), // prettier-ignore
  };
}

/** The link below, a member of the bond, or the hardware that leaves the same bridge. */
function nextLink(link: Link, passed: ReadonlySet<string>, moment: PathMoment): Link | undefined {
  const all = moment.links.now?.items ?? [];
  const devices = moment.nics.now?.nics;
  const isUplink = ({ name, kind }: Link): boolean => !passed.has(name) && (kind === 'bond' || devices?.get(name)?.virtual === false); // prettier-ignore
  const below = all.find(({ index }) => index === link.lowerIndex);
  if (below) return below;
  if (link.kind === 'bond') return all.find((one) => one.masterIndex === link.index && !passed.has(one.name));
  const port = moment.ovsDb.now?.interfaces.find((one) => one.name === link.name);
  const sisters = new Set(port && moment.ovsDb.now?.interfaces.filter(({ bridge }) => bridge === port.bridge).map(({ name }) => name)); // prettier-ignore
  if (port) return all.find((one) => sisters.has(one.name) && isUplink(one));
  return link.masterIndex === undefined
    ? undefined
    : all.find((one) => one.masterIndex === link.masterIndex && isUplink(one));
}

const sumOf = (values: readonly (number | undefined)[]): number | undefined =>
  values.includes(undefined) ? undefined : values.reduce<number>((sum, value) => sum + (value ?? 0), 0);

/** Reason that a hop has no figures: the state of its source, or the words for none. */
function unread(seen: Pick<Seen<unknown>, 'now' | 'missing' | 'ageMs'>, otherwise: string): string {
  const state = stateOf(seen);
  return isWhole(state) ? otherwise : stateWords(state);
}
