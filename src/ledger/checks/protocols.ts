import { gateways } from '../../entities/network/routes.ts';
import { retransmits } from '../../entities/network/tcp.ts';
import { policyRules, strayedAddresses } from '../../entities/network/rules.ts';
import { wideTunnels } from '../../entities/network/tunnels.ts';
import { entityRef, thisHost } from '../../findings/entity-ref.ts';
import { plain } from '../../lib/plain.ts';
import { count, percent, plural, span } from '../../lib/units.ts';
import { portsPct, stuckPeer } from '../../entities/network/peers.ts';
import { connections } from '../../sources/network/connections.ts';
import { links } from '../../sources/network/links.ts';
import { protocolCounters, protocolRate } from '../../sources/network/protocols.ts';
import { listeners, qdiscs, unixListeners } from '../../sources/network/queues.ts';
import { addresses, neighbours, routes, routingRules } from '../../sources/network/routing.ts';
import { overLast } from '../../timeline/window.ts';
import { check, defineChecks, type Check } from '../check.ts';

const host = { entity: thisHost, nameVocabulary: 'fixed', pane: 'network' } as const;

/** Protocols, queues, neighbours and routes of the host. */
export const protocolChecks = defineChecks({
  id: 'protocols',
  needs: {
    protocolCounters,
    connections,
    listeners,
    unixListeners,
    links,
    qdiscs,
    addresses,
    neighbours,
    routes,
    routingRules,
  },
  rules: ['tcp-retransmits', 'listen-overflow', 'udp-drops', 'peer-unresponsive', 'ports-exhausted', 'reverse-path-drops', 'qdisc-drops', 'tunnel-mtu', 'address-duplicate', 'neighbour-table', 'gateway-unresolved', 'rule-table-empty', 'unix-accept-queue'], // prettier-ignore
  of: (moment): readonly Check[] => {
    const { protocolCounters: counters, listeners: open, links: known, qdiscs: queues, neighbours: table } = moment;
    const seen = overLast(counters, 10, 1.5);
    const source = { protocolCounters: counters };
    const rate = (name: string) => {
      const value = protocolRate(seen, name);
      return value === undefined ? undefined : `${count(value)}/s`;
    };
    const again = retransmits(seen);
    const byIndex = new Map(known.now?.items.map((link) => [link.index, link]));
    const fullest = Math.max(0, ...(open.now?.items ?? []).map(({ waiting, backlog }) => (backlog === 0 ? 0 : (100 * waiting) / backlog))); // prettier-ignore
    const peers = moment.connections;
    const stuck = peers.now?.peers.filter((peer) => stuckPeer(peer, peers.before) !== undefined);
    const [fullestUse] = peers.now?.ports ?? [];
    const wide = known.now && wideTunnels(byIndex, moment.routes.now?.items ?? []);
    const duplicates = moment.addresses.now?.items.filter(({ states }) => states.includes('dadfailed'));
    const out = moment.routes.now && known.now && gateways(moment.routes.now.items, table, byIndex);
    const { addresses: own, routes: ways, routingRules: rules } = moment;
    // Of more routes than a reply has, those of a table may be among the rest.
    const isWhole = ways.now !== undefined && ways.now.items.length === ways.now.all;
    const strayed =
      isWhole && rules.now && ways.now && own.now && known.now
        ? strayedAddresses(policyRules(rules.now.items, ways.now), ways.now.items, own.now.items, byIndex)
        : undefined;
    return [
      ...check({ ...host, name: 'tcp', aspect: 'errors', rules: ['tcp-retransmits'], what: 'retransmits', limit: '1% of segments', essential: true }, again && `${count(again.perSec)}/s${again.sharePct === undefined ? '' : `, ${percent(again.sharePct)}`}`, source),
      ...check({ ...host, name: 'accept queue', aspect: 'saturation', rules: ['listen-overflow'], what: 'fullest accept queue', limit: '80% of the backlog' }, open.now && percent(fullest), { listeners: open }),
      ...check({ ...host, name: 'unix accept queues', aspect: 'saturation', rules: ['unix-accept-queue'], what: 'connections that wait for accept', limit: '80% of the backlog', wide: true }, moment.unixListeners.now && plural(moment.unixListeners.now.items.reduce((sum, { waiting }) => sum + waiting, 0), 'connection'), { unixListeners: moment.unixListeners }),
      ...check({ ...host, name: 'udp', aspect: 'errors', rules: ['udp-drops'], what: 'drops of receive buffers', limit: '1/s', essential: true }, rate('Udp RcvbufErrors'), source),
      ...check({ ...host, name: 'peers', aspect: 'errors', rules: ['peer-unresponsive'], what: 'peers that do not acknowledge for 3 s', limit: '0', wide: true }, stuck && `${stuck.length} of ${count(peers.now?.allPeers)}`, { connections: peers }),
      ...check({ ...host, name: 'local ports', aspect: 'utilisation', rules: ['ports-exhausted'], what: 'ports to one destination', limit: '80% of ip_local_port_range' }, peers.now && (fullestUse ? percent(portsPct(fullestUse, peers.now)) : 'no connection out'), { connections: peers }),
      ...check({ ...host, name: 'rp_filter', aspect: 'errors', rules: ['reverse-path-drops'], what: 'drops', limit: '1/s' }, rate('TcpExt IPReversePathFilter'), source),
      ...check({ ...host, name: 'links', aspect: 'saturation', rules: ['qdisc-drops'], what: 'transmit queues', limit: '1 drop/s', wide: true }, queues.now && queues.before && plural(queues.now.items.length, 'queue'), { qdiscs: queues }),
      ...check({ ...host, name: 'links', aspect: 'errors', rules: ['tunnel-mtu'], what: 'MTU of tunnels over their links', limit: 'fits', wide: true }, wide && `${wide.length} too large`, { links: known }),
      ...check({ ...host, name: 'links', aspect: 'errors', rules: ['address-duplicate'], what: 'duplicate addresses', limit: '0', wide: true }, duplicates && String(duplicates.length), { addresses: moment.addresses }),
      ...check({ ...host, name: 'neighbour table', aspect: 'utilisation', rules: ['neighbour-table'], what: 'entries', limit: '80% of gc_thresh3' }, table.now && `${count(table.now.all)} of ${count(table.now.limit)}`, { neighbours: table }),
      ...check({ ...host, name: 'routing rules', aspect: 'errors', rules: ['rule-table-empty'], what: 'addresses whose table is empty', limit: '0', wide: true }, strayed && String(strayed.length), { routingRules: rules, routes: ways, addresses: own, links: known }, isWhole ? undefined : 'more routes than were read'),
      ...(out ?? []).flatMap(({ address, link, state, unusedSeconds }) =>
        check({ entity: link ? entityRef('nic', link.name) : thisHost, name: plain(address), family: 'gateways', aspect: 'errors', rules: ['gateway-unresolved'], what: 'neighbour state', limit: 'resolved', pane: 'network' }, table.now && `${state ?? 'no entry'}${unusedSeconds === undefined ? '' : `, unused for ${span(unusedSeconds)}`}`, { neighbours: table }),
      ),
    ]; // prettier-ignore
  },
});
