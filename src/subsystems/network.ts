import { networkSteps } from '../findings/network/steps.ts';
import {
  addressDuplicate,
  gatewayUnresolved,
  neighbourTable,
  qdiscDrops,
  ruleTableEmpty,
  tunnelMtu,
} from '../findings/network/routing.ts';
import { bondLacp, nicDriverLoss } from '../findings/network/cards.ts';
import { peerUnresponsive, portsExhausted } from '../findings/network/connections.ts';
import { clockSkew, clockUnsynchronised } from '../findings/network/clock.ts';
import { resolverUnresponsive } from '../findings/network/dns.ts';
import { namespaceNetwork } from '../findings/network/namespaces.ts';
import { listenOverflow, reversePath, tcpRetransmits, udpDrops } from '../findings/network/tcp.ts';
import { unixAcceptQueue } from '../findings/network/unix.ts';
import { facts } from '../host/protocols/network/facts.ts';
import { netlink } from '../host/protocols/network/netlink.ts';
import { networkDependencies } from '../incidents/dependencies/network.ts';
import { protocolChecks } from '../ledger/checks/protocols.ts';
import { networkPane } from '../panes/network/pane.ts';
import { serviceChecks } from '../ledger/checks/network-services.ts';
import { connections } from '../sources/network/connections.ts';
import { clock } from '../sources/network/clock.ts';
import { drivers } from '../sources/network/drivers.ts';
import { firewall } from '../sources/network/firewall.ts';
import { links } from '../sources/network/links.ts';
import { namespaces } from '../sources/network/namespaces.ts';
import { peerFlows } from '../sources/network/peer-flows.ts';
import { protocolCounters } from '../sources/network/protocols.ts';
import { listeners, qdiscs, unixListeners } from '../sources/network/queues.ts';
import { resolvers } from '../sources/network/resolvers.ts';
import { addresses, neighbours, routes, routingRules } from '../sources/network/routing.ts';
import { resolved, timesyncd } from '../sources/network/services.ts';
import { withExample } from './details.ts';
import type { Subsystem } from './subsystem.ts';

/** Manifest of the host's network: links, queues, addresses, routes, protocols, listeners. */
export const networkSubsystem: Subsystem = {
  id: 'network',
  sources: [
    protocolCounters,
    links,
    qdiscs,
    listeners,
    unixListeners,
    connections,
    neighbours,
    addresses,
    routes,
    routingRules,
    drivers,
    namespaces,
    clock,
    resolvers,
    resolved,
    timesyncd,
  ],
  findings: [
    gatewayUnresolved,
    addressDuplicate,
    listenOverflow,
    unixAcceptQueue,
    tcpRetransmits,
    udpDrops,
    peerUnresponsive,
    portsExhausted,
    qdiscDrops,
    neighbourTable,
    reversePath,
    ruleTableEmpty,
    tunnelMtu,
    nicDriverLoss,
    bondLacp,
    namespaceNetwork,
    clockSkew,
    clockUnsynchronised,
    resolverUnresponsive,
  ],
  steps: networkSteps,
  dependencies: [networkDependencies],
  checks: [protocolChecks, serviceChecks],
  pane: networkPane,
  protocols: [netlink, facts],
  details: [withExample(firewall), withExample(peerFlows)],
  policy: {
    files: ['/etc/resolv.conf', '/run/systemd/resolve/resolv.conf'],
    commands: [
      {
        argv: ['nft', '--terse', 'list', 'ruleset'],
        why: 'rules of nftables that drop packets, while the page of a path is open',
      },
      { argv: ['iptables-save', '-c'], why: 'rules of iptables that drop packets, while the page of a path is open' },
    ],
  },
};
