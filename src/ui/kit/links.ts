import type { PortOwner } from '../../entities/ovs/port.ts';
import { plain } from '../../lib/plain.ts';
import type { Link } from '../../panes/pane.ts';

/** Links to switch ports. */
export const portLinks = (ports: readonly string[]): readonly Link[] =>
  ports.map((port) => ({ label: `switch port ${plain(port)}`, pane: 'ovs', row: plain(port) }));

const WHAT: Readonly<Record<PortOwner['kind'], string>> = {
  guest: 'guest',
  pod: 'pod',
  container: 'container',
  namespace: 'process in namespace',
  port: 'process behind',
};

/** Link to the owner of a port. */
export const ownerLinks = (owner: PortOwner | undefined): readonly Link[] =>
  owner?.place === undefined ? [] : [{ label: `${WHAT[owner.kind]} ${plain(owner.name)}`, ...owner.place }];
