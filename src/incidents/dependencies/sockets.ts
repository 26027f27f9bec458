import { processRef } from '../../findings/entity-ref.ts';
import { processes } from '../../sources/processes/processes.ts';
import { socketPeers } from '../../sources/processes/socket-peers.ts';
import { defineDependencies, type Dependency } from '../dependency.ts';

/** Process to the daemon of this host that it has a socket to. */
export const socketDependencies = defineDependencies({
  id: 'sockets',
  needs: { processes, socketPeers },
  of: ({ processes: { now: table }, socketPeers: { now: peers } }) =>
    (peers?.clients ?? []).flatMap(({ client, daemon }): readonly Dependency[] => {
      const [from, to] = [table?.processes.get(client), table?.processes.get(daemon)];
      return from && to ? [{ dependent: processRef(from), via: 'connected-to', on: processRef(to) }] : [];
    }),
});
