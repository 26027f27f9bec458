import type { Missing } from '../host/host.ts';
import { parts, saidBy, snapSwitchd, switchd } from './ovs-places.ts';
import { defineDetail } from './source.ts';

/** Up to so many connections are dumped for a look: 5 000 took 10 ms of the switch where it was measured. */
const CONNECTION_CAP = 50_000;

/**
 * Tracked connections by zone: ovs-dpctl(8), `dump-conntrack`. A zone is a tenant's network or a bridge's pipeline.
 *
 *     tcp,orig=(src=10.55.10.1,dst=10.55.10.2,sport=42,dport=5001),reply=(…),zone=5,protoinfo=(state=ESTABLISHED)
 */
export const ovsConntrack = defineDetail({
  id: 'ovs-conntrack',
  title: 'Tracked connections of the switch by zone',
  why: `Shows which zone fills the connection table; not read where there are more than ${CONNECTION_CAP}.`,
  everySeconds: 15,
  reads: (_target: { readonly all: true }) => ({
    connections: { ...switchd(`dpctl/dump-conntrack cap=${CONNECTION_CAP}`), timeoutMs: 15_000 },
    snapConnections: { ...snapSwitchd(`dpctl/dump-conntrack cap=${CONNECTION_CAP}`), timeoutMs: 15_000 },
  }),
  parse: ({ connections, snapConnections }): OvsConntrackSample => {
    const { text, silent } = saidBy(connections, snapConnections);
    const all = parts(text);
    return {
      zones: zonesOf(all.map((part) => part.text).join('\n')),
      notRead: all.find(({ notRead }) => notRead !== undefined)?.notRead,
      silent,
    };
  },
  example: { all: true },
});

export interface OvsConntrackSample {
  readonly zones: readonly ConntrackZone[];
  readonly notRead: string | undefined;
  readonly silent: Missing | undefined;
}

export interface ConntrackZone {
  readonly zone: number;
  readonly connections: number;
  /** `tcp`, `udp`, `icmp` → how many. */
  readonly byProtocol: ReadonlyMap<string, number>;
  /** TCP states: SYN_SENT in great number is a scan, or an answer that never comes. */
  readonly byState: ReadonlyMap<string, number>;
}

export function zonesOf(text: string): readonly ConntrackZone[] {
  const zones = new Map<
    number,
    { connections: number; readonly byProtocol: Map<string, number>; readonly byState: Map<string, number> }
  >();
  for (const [line] of text.matchAll(/^\w+,orig=.*$/gm)) {
    const number = Number(/,zone=(\d+)/.exec(line)?.[1] ?? 0);
    const zone = zones.get(number) ?? {
      connections: 0,
      byProtocol: new Map<string, number>(),
      byState: new Map<string, number>(),
    };
    zones.set(number, zone);
    zone.connections++;
    add(zone.byProtocol, line.slice(0, line.indexOf(',')));
    const state = /\bstate=(\w+)/.exec(line)?.[1];
    if (state !== undefined) add(zone.byState, state);
  }
  return [...zones].map(([zone, counts]) => ({ zone, ...counts }));
}

const add = (counts: Map<string, number>, name: string): void => {
  counts.set(name, (counts.get(name) ?? 0) + 1);
};
