import { networkSteps } from '../findings/network/steps.ts';
import {
  addressDuplicate,
  gatewayUnresolved,
  neighbourTable,
  qdiscDrops,
  tunnelMtu,
} from '../findings/network/routing.ts';
import { listenOverflow, reversePath, tcpRetransmits, udpDrops } from '../findings/network/tcp.ts';
import { netlink } from '../host/protocols/network/netlink.ts';
import { networkDependencies } from '../incidents/dependencies/network.ts';
import { protocolChecks } from '../ledger/checks/protocols.ts';
import { networkPane } from '../panes/network/pane.ts';
import { links } from '../sources/network/links.ts';
import { protocolCounters } from '../sources/network/protocols.ts';
import { listeners, qdiscs } from '../sources/network/queues.ts';
import { addresses, neighbours, routes } from '../sources/network/routing.ts';
import type { Subsystem } from './subsystem.ts';

/** Manifest of the host's network: links, queues, addresses, routes, protocols, listeners. */
export const networkSubsystem: Subsystem = {
  id: 'network',
  sources: [protocolCounters, links, qdiscs, listeners, neighbours, addresses, routes],
  findings: [
    gatewayUnresolved,
    addressDuplicate,
    listenOverflow,
    tcpRetransmits,
    udpDrops,
    qdiscDrops,
    neighbourTable,
    reversePath,
    tunnelMtu,
  ],
  steps: networkSteps,
  dependencies: [networkDependencies],
  checks: [protocolChecks],
  pane: networkPane,
  protocols: [netlink],
};
