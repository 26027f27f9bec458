import { entityRef } from '../../findings/entity-ref.ts';
import { limits } from '../../thresholds.ts';
import { exitRates, type ExitRates } from '../../entities/kvm/exits.ts';
import { heldSeconds } from '../../entities/kvm/held.ts';
import { recentGuests } from '../../entities/kvm/recent-guests.ts';
import { guestNeeds, guestsOf } from '../../entities/kvm/guests.ts';
import { libvirtDaemon, type LibvirtDaemon } from '../../entities/kvm/libvirt-daemon.ts';
import { portOwners } from '../../entities/ovs/port.ts';
import { portsOf, type PortsOf } from '../../entities/ovs/ports.ts';
import { plain } from '../../lib/plain.ts';
import { count, ms, percent, plural } from '../../lib/units.ts';
import { kvmExits } from '../../sources/kvm/kvm-exits.ts';
import { libvirtAbout } from '../../sources/kvm/libvirt-about.ts';
import { ovsDb } from '../../sources/ovs/db.ts';
import { processKey } from '../../sources/processes/processes.ts';
import {
  isWhole,
  nothingWords,
  numberKnown,
  stateOf,
  stateOfAll,
  stateWords,
  type ReadingState,
} from '../../timeline/reading-state.ts';
import { lastValue } from '../../timeline/last-known.ts';
import type { Moment } from '../../timeline/moment.ts';
import { guestColumns } from './guest-columns.ts';
import { guestDetail } from './guest-detail.ts';
import { graded, isUp, latencyOf, rowOf, type GuestRow } from './guest-row.ts';
import { cpusText, hostLines, outageText } from './host-lines.ts';
import { exitSections } from './exits.ts';
import { deviceTables } from './all-devices.ts';
import { poolLinks } from './guest-devices.ts';
import { portLinks } from '../../ui/kit/links.ts';
import {
  definePane,
  type Detail,
  type ProcessRef,
  type Presence,
  type TableSection,
  type Link,
  type Tile,
} from '../pane.ts';
import { presenceOf } from '../../ui/kit/presence.ts';

const needs = { ...guestNeeds, libvirtAbout, ovsDb, kvmExits };

export interface KvmModel {
  readonly presence: Presence;
  readonly rows: readonly GuestRow[];
  /** State of what guests are found by: processes, and libvirt. */
  readonly state: ReadingState;
  /** Ports of guests in a virtual switch. */
  readonly ports: PortsOf;
  readonly libvirt: LibvirtDaemon & {
    readonly version: string | undefined;
    readonly qemu: string | undefined;
    readonly modular: boolean;
    /** State of its list of domains. */
    readonly reading: ReadingState;
    readonly tookMs: number | undefined;
    readonly workersBusyMs: number | undefined;
    /** Guests whose monitor does not reply. */
    readonly timeouts: number;
  };
  /** Exits to the host by QEMU process. */
  readonly exits: ReadonlyMap<number, ExitRates>;
  /** vCPUs of guests whose QEMU is up. */
  readonly vcpus: number;
  readonly cpus: number | undefined;
  readonly vcpusPerCpu: number | undefined;
  /** Reasons of missing figures. */
  readonly reasons: readonly string[];
}

/** Guests with problems first, each with its cause: steal, quota, disk latency, NUMA placement. */
export const kvmPane = definePane({
  id: 'kvm',
  title: 'KVM',
  aliases: ['vm', 'vms', 'guest', 'guests', 'domain', 'libvirt', 'virsh', 'qemu', 'vcpu'],
  needs,
  model: kvmModel,
  presence: ({ presence }) => presence,
  sections: (model) => [
    guestTable(model),
    hostLines(model),
    ...deviceTables(model.rows, (row) => detailOf(model, row)),
    ...exitSections(model.rows, model.exits),
  ],
  tile,
});

function kvmModel(moment: Moment<typeof needs>): KvmModel {
  const judged = new Map(recentGuests(moment).map((guest) => [guest.key, guest]));
  const rows = guestsOf(moment)
    .map((guest) => rowOf(guest, judged.get(guest.key), heldSeconds(moment, guest) !== undefined))
    .toSorted(byUse);
  const vcpus = rows.filter(({ guest }) => isUp(guest)).reduce((sum, { guest }) => sum + (guest.vcpuCount ?? 0), 0);
  const cpus = moment.cpuTopology.now?.onlineCpus?.length;
  const { libvirtDomains, libvirtAbout } = moment;
  const daemon = libvirtDaemon(libvirtDomains, moment.processes);
  const about = lastValue(libvirtAbout, (sample) => (sample.libvirt === undefined ? undefined : sample))?.value;
  const isThere =
    rows.length > 0 || daemon.replyAgeSeconds !== undefined || ['responsive', 'unresponsive'].includes(daemon.state);
  return {
    presence: presenceOf(isThere, 'no QEMU process, no libvirt', moment.processes, libvirtDomains),
    rows,
    state: stateOfAll(stateOf(moment.processes), stateOf(libvirtDomains)),
    ports: portsOf(
      portOwners(moment.ovsDb.now?.interfaces ?? [], { processes: moment.processes.now?.processes ?? new Map() }),
    ),
    libvirt: {
      ...daemon,
      why: daemon.why === undefined ? undefined : plain(daemon.why),
      version: about?.libvirt,
      qemu: about?.qemu,
      modular: about?.modular ?? false,
      reading: stateOf(libvirtDomains),
      tookMs: libvirtDomains.tookMs,
      workersBusyMs: libvirtDomains.now?.workersBusyMs,
      timeouts: rows.filter(({ guest }) => guest.monitor.state === 'timeout').length,
    },
    exits: exitRates(moment.kvmExits),
    vcpus,
    cpus,
    vcpusPerCpu: cpus === undefined || cpus === 0 ? undefined : vcpus / cpus,
    reasons: reasonsOf(moment, rows),
  };
}

/** Order among equal problems: busy guests first, in steps of a tenth of a CPU so that rows stay in place, then by name. */
const byUse = (a: GuestRow, b: GuestRow): number =>
  Math.round((b.guest.cpu.runPct ?? 0) / 10) - Math.round((a.guest.cpu.runPct ?? 0) / 10) ||
  (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

function reasonsOf(moment: Moment<typeof needs>, rows: readonly GuestRow[]): readonly string[] {
  const up = rows.filter(({ guest }) => isUp(guest));
  const walk = stateOf(moment.processes);
  if (!isWhole(walk)) return [`processes ${stateWords(walk)}`];
  if (up.length === 0) return [];
  const reasons: string[] = [];
  const notPolled = moment.libvirtMonitor.now?.notAsked ?? 0;
  if (notPolled > 0) reasons.push(`${plural(notPolled, 'monitor')} not polled in the last sweep`);
  if (up.every(({ guest }) => guest.vcpus.length === 0))
    reasons.push('steal: QEMU threads not readable, or not named (debug-threads=on)');
  if (up.every(({ guest }) => guest.group === undefined))
    reasons.push('quota, swap, node: cgroups of guests not readable');
  return reasons;
}

function guestTable(model: KvmModel): TableSection<GuestRow> {
  const { rows, libvirt, ports } = model;
  const up = rows.filter(({ guest }) => isUp(guest)).length;
  return {
    kind: 'table',
    id: 'guests',
    title: 'Guests',
    note: [
      `${count(numberKnown(rows.length, model.state))}, ${count(numberKnown(up, model.state))} up`,
      ...(model.vcpusPerCpu === undefined || model.vcpus === 0
        ? []
        : [`${plural(model.vcpus, 'vCPU')} on ${cpusText(model.cpus)}`]),
      ...(libvirt.state === 'responsive'
        ? [`libvirt ${ms(libvirt.tookMs)}`]
        : libvirt.state === 'unresponsive' || libvirt.state === 'stopped'
          ? [`libvirt ${outageText(libvirt)}`]
          : []),
    ].join(' · '),
    sources: ['qemu-threads', 'cgroups', 'libvirt-domains', 'libvirt-monitor', 'libvirt-xml', 'processes', 'netdev'],
    columns: guestColumns(rows),
    rows,
    key: ({ guest }) => guest.key,
    sort: { column: 'trouble', descending: true },
    searchText: (row) => `${row.name} ${row.called ?? ''} ${row.state} ${row.guest.uuid ?? ''}`,
    rowRole: ({ guest }) => (guest.state.verdict === 'off' ? 'dim' : undefined),
    process: processOf,
    entity: ({ guest }) => entityRef('guest', guest.key),
    name: ({ name }) => name,
    links: (row) => linksOf(row, ports('kvm', row.guest.key)),
    detail: (row) => detailOf(model, row),
    empty: nothingWords('no guests', model.state),
    minRows: 8,
  };
}

const detailOf = ({ ports }: KvmModel, row: GuestRow): Detail =>
  guestDetail(row, processOf(row), ports('kvm', row.guest.key));

const processOf = ({ guest: { process } }: GuestRow): ProcessRef | undefined =>
  process && { pid: process.pid, startTicks: process.startTicks, name: plain(process.command) };

function linksOf({ guest }: GuestRow, ports: readonly string[]): readonly Link[] {
  const { process, nics, disks, place } = guest;
  return [
    ...(process ? [{ label: `QEMU process, pid ${process.pid}`, pane: 'processes', row: processKey(process) }] : []),
    ...nics.flatMap(({ tap }) =>
      tap === undefined ? [] : [{ label: `interface ${plain(tap)}`, pane: 'hardware', row: tap }],
    ),
    ...poolLinks(disks.map(({ source }) => source)),
    ...portLinks(ports),
    ...(place?.cpuNodes ?? []).map((node) => ({ label: `NUMA node ${node}`, pane: 'hardware', row: `node${node}` })),
  ];
}

function tile(model: KvmModel): Tile {
  const { rows, libvirt } = model;
  const problematic = rows.filter(({ trouble }) => trouble.count > 0);
  const most = (pick: (row: GuestRow) => number | undefined): GuestRow | undefined =>
    rows.reduce<GuestRow | undefined>(
      (best, row) => ((pick(row) ?? -1) > (best ? (pick(best) ?? -1) : -1) ? row : best),
      undefined,
    );
  const steal = most(({ guest }) => guest.cpu.stealPct);
  const slow = most(({ latencyMs }) => latencyMs);
  const up = rows.filter(({ guest }) => isUp(guest)).length;
  return {
    figures: [
      {
        label: 'guests',
        value:
          rows.length > 0 || isWhole(model.state)
            ? `${count(up)} of ${count(rows.length)} up, ${problematic.length} with problems`
            : stateWords(model.state),
        role: problematic.some(({ trouble }) => trouble.role === 'crit')
          ? 'crit'
          : problematic.length > 0
            ? 'warn'
            : 'text',
      },
      {
        label: 'steal',
        value: steal ? `${percent(steal.guest.cpu.stealPct)} ${steal.name}` : '—',
        role: steal ? graded(steal, ({ cpu }) => cpu.stealPct, limits.guestStealPct) : 'text',
      },
      {
        label: 'disk',
        value: slow?.latencyMs === undefined ? '—' : `${ms(slow.latencyMs)} ${slow.name}`,
        role: slow ? graded(slow, ({ disks }) => latencyOf(disks), limits.guestDiskMs) : 'text',
      },
      {
        label: 'libvirt',
        value:
          libvirt.state === 'responsive'
            ? `${ms(libvirt.tookMs)}${libvirt.timeouts > 0 ? `, ${plural(libvirt.timeouts, 'monitor timeout')}` : ''}`
            : libvirt.state === 'unresponsive' || libvirt.state === 'stopped'
              ? outageText(libvirt)
              : stateWords(libvirt.reading),
        role: libvirt.state === 'unresponsive' || libvirt.state === 'stopped' || libvirt.timeouts > 0 ? 'crit' : 'text',
      },
    ],
  };
}
