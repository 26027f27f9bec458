import type { PortOwner } from '../../entities/ovs/port.ts';
import { plain } from '../../lib/plain.ts';
import type { Tie } from '../../panes/pane.ts';

/** To the ports that somebody has in the switch. */
export const portTies = (ports: readonly string[]): readonly Tie[] =>
  ports.map((port) => ({ label: `switch port ${plain(port)}`, pane: 'ovs', row: plain(port) }));

const WHAT: Readonly<Record<PortOwner['kind'], string>> = {
  guest: 'guest',
  pod: 'pod',
  container: 'container',
  namespace: 'process in namespace',
  port: 'process behind',
};

/** To whom a port belongs. */
export const ownerTies = (owner: PortOwner | undefined): readonly Tie[] =>
  owner?.place === undefined ? [] : [{ label: `${WHAT[owner.kind]} ${plain(owner.name)}`, ...owner.place }];
