import { isDownInUse } from '../../entities/machine/nic-link.ts';
import { socketMemoryUse } from '../../entities/machine/socket-memory.ts';
import { placeInterrupts } from '../../entities/machine/numa-place.ts';
import { entityRef, thisHost } from '../../findings/entity-ref.ts';
import { plain } from '../../lib/plain.ts';
import { count, percent, plural, span } from '../../lib/units.ts';
import { blockDevices } from '../../sources/machine/block-devices.ts';
import { conntrack } from '../../sources/machine/conntrack.ts';
import { cpuTopology } from '../../sources/machine/cpu-topology.ts';
import { interruptRates } from '../../sources/machine/interrupt-rates.ts';
import { interrupts } from '../../sources/machine/interrupts.ts';
import { netdev, nicRates } from '../../sources/machine/netdev.ts';
import { netlink } from '../../sources/machine/netlink.ts';
import { nics } from '../../sources/machine/nics.ts';
import { pciDevices } from '../../sources/machine/pci-devices.ts';
import { sockstat } from '../../sources/machine/sockstat.ts';
import { softnet, softnetRates } from '../../sources/machine/softnet.ts';
import { limits } from '../../thresholds.ts';
import { counterEvents } from '../../timeline/last-event.ts';
import { meanMark, overLast, overLastOrLife } from '../../timeline/window.ts';
import { check, defineChecks, unreadCheck, type Check } from '../check.ts';

const FLAP_SECONDS = 900;

/** Network interfaces, bonds, the softnet backlog, the conntrack table, memory of sockets, and the nodes that serve interrupts. */
export const networkChecks = defineChecks({
  id: 'network',
  needs: { netdev, nics, softnet, conntrack, sockstat, netlink, interrupts, cpuTopology, pciDevices, blockDevices },
  rules: [
    'nic-drops',
    'nic-errors',
    'nic-flaps',
    'nic-down',
    'bond-member-down',
    'softnet-drops',
    'conntrack-full',
    'socket-memory-full',
    'netlink-drops',
    'irq-remote',
  ],
  of: (moment): readonly Check[] => {
    const { netdev: counters, nics: cards, softnet: backlog } = moment;
    const rates = softnetRates(overLastOrLife(backlog, 60));
    const dropped = rates.every(({ droppedPerSec }) => droppedPerSec === undefined)
      ? undefined
      : rates.reduce((sum, { droppedPerSec }) => sum + (droppedPerSec ?? 0), 0);
    const host = { entity: thisHost, nameVocabulary: 'fixed', essential: true, pane: 'hardware' } as const;
    return [
      ...interfaces(moment),
      ...links(moment),
      ...unreadCheck({ ...host, name: 'NICs', aspect: 'errors', rules: ['nic-drops', 'nic-errors'], what: 'counters' }, { netdev: counters }), // prettier-ignore
      ...(cards.now?.bonds ?? []).flatMap(({ name, members }) => {
        const up = members.filter(({ miiStatus }) => miiStatus === 'up').length;
        return check(
          { entity: entityRef('bond', name), name: plain(name), family: 'bonds', aspect: 'errors', rules: ['bond-member-down'], what: 'members up', limit: 'all', load: members.length - up, pane: 'hardware' }, // prettier-ignore
          members.length > 0 && members.every(({ miiStatus }) => miiStatus !== undefined) ? `${up} of ${members.length}` : undefined, // prettier-ignore
          { nics: cards },
          'state of its members not reported',
        );
      }),
      ...check(
        { ...host, name: 'softnet', aspect: 'errors', rules: ['softnet-drops'], what: 'backlog drops', limit: 'any' },
        dropped === undefined ? undefined : `${count(dropped)}/s on ${plural(rates.length, 'CPU')}${meanMark(backlog)}`,
        { softnet: backlog },
      ),
      ...connections(moment),
      ...socketMemory(moment),
      ...lostMessages(moment),
      ...remoteInterrupts(moment),
    ];
  },
});

type NetworkMoment = Parameters<typeof networkChecks.of>[0];

const nicLine = (name: string) =>
  ({ entity: entityRef('nic', name), name: plain(name), family: 'NICs', pane: 'hardware' }) as const;

/** Links of physical interfaces: those of containers and guests change with them. */
function links({ nics: cards }: NetworkMoment): readonly Check[] {
  const bonded = new Set(cards.now?.bonds.flatMap(({ members }) => members.map(({ name }) => name)));
  return [...(cards.now?.nics.values() ?? [])].flatMap((nic) => {
    const { name, virtual, carrierChanges, operState, master } = nic;
    if (virtual !== false) return [];
    const flaps = counterEvents(cards, (sample) => sample?.nics.get(name)?.carrierChanges, FLAP_SECONDS);
    return [
      ...check(
        { ...nicLine(name), aspect: 'errors', rules: ['nic-flaps'], what: 'link changes', limit: '3 in 15 min', load: flaps.count }, // prettier-ignore
        carrierChanges === undefined || flaps.watchedSeconds === 0 ? undefined : `${flaps.count} in ${span(flaps.watchedSeconds)}`, // prettier-ignore
        { nics: cards },
      ),
      // Members of bonds are judged with their bond.
      ...(bonded.has(name)
        ? []
        : check(
            { ...nicLine(name), aspect: 'errors', rules: ['nic-down'], what: 'operstate', limit: 'up where in use', load: isDownInUse(nic) ? 1 : 0, because: { state: 'not readable', why: 'operstate not reported' } }, // prettier-ignore
            operState === undefined || operState === 'unknown' ? undefined : `${plain(operState)}${master === undefined ? '' : `, member of ${plain(master)}`}`, // prettier-ignore
            { nics: cards },
          )),
    ];
  });
}

/** Conntrack table of the kernel; a host without the module has none. */
function connections({ conntrack: seen }: NetworkMoment): readonly Check[] {
  const { connections: used, most } = seen.now ?? {};
  return check(
    { entity: thisHost, name: 'conntrack', nameVocabulary: 'fixed', pane: 'hardware', aspect: 'utilisation', rules: ['conntrack-full'], what: 'connections', limit: `${limits.conntrackUsedPct.warn}%` }, // prettier-ignore
    used === undefined || most === undefined ? undefined : most === 0 ? `${count(used)}, no limit` : `${percent((100 * used) / most)}, ${count(used)} of ${count(most)}`, // prettier-ignore
    { conntrack: seen },
    'not reported',
  );
}

/** Memory of the TCP and UDP sockets of the host. */
function socketMemory({ sockstat: seen }: NetworkMoment): readonly Check[] {
  return (['TCP', 'UDP'] as const).flatMap((protocol) => {
    const one = seen.now?.find((each) => each.protocol === protocol);
    const use = one && socketMemoryUse(one);
    return check(
      { entity: thisHost, name: protocol, nameVocabulary: 'fixed', pane: 'hardware', aspect: 'utilisation', rules: ['socket-memory-full'], what: 'socket memory', limit: `${limits.socketMemoryPct.warn}%`, load: use?.usedPct ?? 0 }, // prettier-ignore
      use && `${percent(use.usedPct)}, ${count(use.pages)} of ${count(use.maximumPages)} pages`,
      { sockstat: seen },
      'not reported',
    );
  });
}

/** Netlink sockets that lost messages, whosever they are. */
function lostMessages({ netlink: seen }: NetworkMoment): readonly Check[] {
  const lost = [...(seen.now?.values() ?? [])].reduce((sum, { drops }) => sum + drops, 0);
  return check(
    { entity: thisHost, name: 'netlink', nameVocabulary: 'fixed', pane: 'processes', aspect: 'errors', rules: ['netlink-drops'], what: 'lost messages', limit: 'none', load: lost, wide: true }, // prettier-ignore
    seen.now && `${count(lost)} on ${plural(seen.now.size, 'socket')} since start`,
    { netlink: seen },
    'not reported',
  );
}

function interfaces({ netdev: counters, nics: cards }: NetworkMoment): readonly Check[] {
  return nicRates(overLastOrLife(counters, 60)).flatMap((rate) => {
    const drops = both(rate.rxDroppedPerSec, rate.txDroppedPerSec);
    const errors = both(rate.rxErrorsPerSec, rate.txErrorsPerSec);
    const bytesPerSec = Math.max(rate.rxBytesPerSec ?? 0, rate.txBytesPerSec ?? 0);
    const speed = cards.now?.nics.get(rate.name)?.speedMbps;
    const used = speed !== undefined && speed > 0 ? `, ${percent((bytesPerSec * 8) / (speed * 1e4))} of ${speed} Mb/s` : ''; // prettier-ignore
    return [
      ...check(
        { ...nicLine(rate.name), aspect: 'saturation', rules: ['nic-drops'], what: 'drops', limit: '0.5% of packets and 10/s', load: drops ?? 0 }, // prettier-ignore
        drops === undefined ? undefined : `${count(drops)}/s${used}${meanMark(counters)}`,
        { netdev: counters },
      ),
      ...check(
        { ...nicLine(rate.name), aspect: 'errors', rules: ['nic-errors'], what: 'errors', limit: '0.01% of packets or 10/s', load: errors ?? 0 }, // prettier-ignore
        errors === undefined ? undefined : `${count(errors)}/s${meanMark(counters)}`,
        { netdev: counters },
      ),
    ];
  });
}

const both = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0);

/** Interrupts of each device on a CPU of another node than its own. */
function remoteInterrupts(moment: NetworkMoment): readonly Check[] {
  const { interrupts: lines, cpuTopology: topology, pciDevices: pci, nics: cards, blockDevices: disks } = moment;
  if ((topology.now?.nodes.length ?? 0) < 2) return [];
  const rates = interruptRates(overLast(lines, 30)) ?? [];
  const devices = new Map<string, { remote: number; all: number }>();
  for (const { devicePci, remote, perSec } of placeInterrupts(rates, topology.now?.nodes, pci.now, cards.now?.nics)) {
    if (devicePci === undefined || remote === undefined) continue;
    const sum = devices.get(devicePci) ?? { remote: 0, all: 0 };
    devices.set(devicePci, { remote: sum.remote + (remote ? perSec : 0), all: sum.all + perSec });
  }
  return [...devices].flatMap(([id, { remote, all }]) => {
    const nic = [...(cards.now?.nics.values() ?? [])].find((card) => card.pci === id)?.name;
    const disk = [...(disks.now?.values() ?? [])].find((one) => one.pci === id)?.name;
    const entity = nic !== undefined ? entityRef('nic', nic) : disk !== undefined ? entityRef('disk', disk) : entityRef('pci-device', id); // prettier-ignore
    return check(
      { entity, name: plain(nic ?? disk ?? id), family: 'devices with interrupts', aspect: 'saturation', rules: ['irq-remote'], what: 'remote IRQs', limit: '1000/s and half of all', load: remote, pane: 'hardware' }, // prettier-ignore
      `${count(remote)} of ${count(all)}/s`,
      { interrupts: lines },
    );
  });
}
