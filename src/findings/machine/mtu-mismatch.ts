import { smallMtus, type SmallMtu } from '../../entities/ovs/mtu.ts';
import { plain } from '../../lib/plain.ts';
import { count } from '../../lib/units.ts';
import { vethPeers } from '../../sources/containers/veth-peers.ts';
import { netdev, nicRates, type NicRate } from '../../sources/machine/netdev.ts';
import { nics, type Nic } from '../../sources/machine/nics.ts';
import { ovnCentral } from '../../sources/ovn/central.ts';
import { ovsDb } from '../../sources/ovs/db.ts';
import { overLast } from '../../timeline/window.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

/** Rate below which a loss has other causes. */
const LEAST_PER_SEC = 1;

/** Interfaces whose MTU does not fit its network: packets that are longer are dropped, and shorter ones pass. */
export const mtuMismatch = defineFinding({
  id: 'mtu-mismatch',
  title: 'MTU mismatch',
  needs: { netdev, nics, ovsDb, ovnCentral, vethPeers },
  authority: `[own]: unlike MTUs in one network; ${LEAST_PER_SEC} drop/s on a veth (veth(4) drops for length alone) or on the smallest port of a bridge`,
  judge: (moment) => {
    const small = smallMtus(moment.ovsDb.now, moment.ovnCentral.now);
    const devices = moment.nics.now?.nics ?? new Map<string, Nic>();
    const longer = new Map(nicRates(overLast(moment.netdev, 10, 1.5)).map((rate) => [rate.name, rate]));
    const rates = new Map(nicRates(moment.netdev).map((rate) => [rate.name, rate]));
    // Lost in both: the longer window keeps one odd reading out, the latest reading ends the finding.
    const lost = (name: string, pick: (rate: NicRate) => number | undefined): number => {
      const [now, then] = [rates.get(name), longer.get(name)];
      const [a, b] = [now && pick(now), then && pick(then)];
      return Math.min(a ?? 0, b ?? 0) >= LEAST_PER_SEC ? (a ?? 0) : 0;
    };
    const txLost = ({ txDroppedPerSec, txErrorsPerSec }: NicRate) => (txDroppedPerSec ?? 0) + (txErrorsPerSec ?? 0);
    const named = new Set(small.map(({ port }) => port));
    return [
      ...small.map((one) => smallPort(one, lost(one.port, txLost), devices.has(one.port))),
      ...[...devices.values()].flatMap((nic): Found[] => {
        if (named.has(nic.name) || nic.mtuBytes === undefined || nic.operState === 'down') return [];
        const sent = lost(nic.name, txLost);
        const sibling = largerSibling(nic, devices);
        if (sibling && sent > 0)
          return [
            smallPort({ port: nic.name, mtu: nic.mtuBytes, larger: sibling, network: nic.master ?? '' }, sent, true),
          ];
        if (moment.vethPeers.now?.peers.has(nic.name) !== true) return [];
        const received = lost(nic.name, ({ rxDroppedPerSec }) => rxDroppedPerSec);
        return sent > 0 || received > 0 ? [vethLoss(nic.name, nic.mtuBytes, sent, received)] : [];
      }),
    ];
  },
});

/** Member of the same Linux bridge with a larger MTU; Open vSwitch is the master of ports of unlike networks. */
function largerSibling({ name, master, mtuBytes = 0 }: Nic, devices: ReadonlyMap<string, Nic>) {
  if (master === undefined || master === 'ovs-system') return undefined;
  const [largest] = [...devices.values()]
    .filter((one) => one.master === master && one.name !== name && (one.mtuBytes ?? 0) > mtuBytes)
    .toSorted((a, b) => (b.mtuBytes ?? 0) - (a.mtuBytes ?? 0));
  return largest && { port: largest.name, mtu: largest.mtuBytes ?? 0 };
}

const smallPort = ({ port, mtu, larger, network }: SmallMtu, lostPerSec: number, device: boolean): Found => ({
  severity: 'warn',
  subject: plain(port),
  entity: entityRef(device ? 'nic' : 'port', port),
  sentence: `MTU ${mtu} below ${larger.mtu} of ${plain(larger.port)}${lostPerSec > 0 ? `: ${count(lostPerSec)} drops/s` : ''}, ${plain(network)}`,
  evidence: [
    { what: `MTU of ${plain(port)}`, value: String(mtu), source: device ? '/sys/class/net/*/mtu' : 'Interface mtu' },
    { what: `MTU of ${plain(larger.port)}`, value: String(larger.mtu), source: 'the same' },
    { what: 'tx drops and errors', value: `${count(lostPerSec)}/s`, source: '/proc/net/dev' },
  ],
  next: `give both one MTU: \`ip link set ${plain(port)} mtu ${larger.mtu}\`, or \`ovs-vsctl set Interface ${plain(port)} mtu_request=…\``,
  pane: 'hardware',
});

const vethLoss = (name: string, mtu: number, sent: number, received: number): Found => ({
  severity: 'warn',
  subject: plain(name),
  entity: entityRef('nic', name),
  sentence:
    sent >= received
      ? `${count(sent)} tx drops/s above the MTU of its veth peer (${mtu} here)`
      : `${count(received)} rx drops/s above MTU ${mtu}, sent by its veth peer`,
  evidence: [
    { what: 'tx drops and errors', value: `${count(sent)}/s`, source: '/proc/net/dev' },
    { what: 'rx drops', value: `${count(received)}/s`, source: '/proc/net/dev' },
    { what: 'MTU', value: String(mtu), source: `/sys/class/net/${plain(name)}/mtu` },
  ],
  next: 'compare with the MTU of the other end: `nsenter -t PID -n ip link` of the container, `ip netns exec NAME ip link`',
  pane: 'hardware',
});
