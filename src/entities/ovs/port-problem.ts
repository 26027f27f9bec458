import type { Interface } from '../../sources/ovs/db.ts';

export interface PortProblem {
  /** Error text of ovs-vswitchd where there is one (hostile text), else the state. */
  readonly words: string;
  /** The port was not created. */
  readonly broken: boolean;
}

/** Problem of a port from its Interface row; internal ports without an address are down by design and have none. */
export function portProblem(port: Interface): PortProblem | undefined {
  if (port.error !== undefined) return { words: port.error, broken: true };
  if (port.ofport === -1) return { words: 'not created (ofport -1)', broken: true };
  if (port.bfd === 'down') return { words: 'BFD down', broken: false };
  if (port.type !== 'internal' && port.link === 'down')
    return { words: port.admin === 'down' ? 'admin down' : 'link down', broken: false };
  return undefined;
}
