import type { Interface } from '../../sources/ovs/db.ts';

export interface PortTrouble {
  /** In the switch's own words where it has any (hostile text). */
  readonly words: string;
  /** The switch could not make it at all. */
  readonly broken: boolean;
}

/** What the switch itself says is wrong with a port; its own local port is down where nobody gave it an address. */
export function portTrouble(port: Interface): PortTrouble | undefined {
  if (port.error !== undefined) return { words: port.error, broken: true };
  if (port.ofport === -1) return { words: 'could not be made (ofport -1)', broken: true };
  if (port.bfd === 'down') return { words: 'BFD is down', broken: false };
  if (port.type !== 'internal' && port.link === 'down')
    return { words: port.admin === 'down' ? 'is set down' : 'link is down', broken: false };
  return undefined;
}
