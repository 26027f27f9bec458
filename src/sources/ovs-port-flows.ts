import { flowsIn, type OvsFlowsSample } from './ovs-flows.ts';
import { saidBy, snapSwitchd, switchd } from './ovs-places.ts';
import { defineDetail } from './source.ts';

/** The datapath flows that come in at one port: ovs-dpctl(8), `filter`. Also read where there are too many for all. */
export const ovsPortFlows = defineDetail({
  id: 'ovs-port-flows',
  title: 'Datapath flows of one port',
  why: 'Shows the traffic of one guest or container, where the flows of all are too many to be read.',
  everySeconds: 5,
  reads: ({ port }: { readonly port: string }) => ({
    flows: { ...switchd(`dpctl/dump-flows -m filter=in_port=${port}`), timeoutMs: 10_000 },
    snapFlows: { ...snapSwitchd(`dpctl/dump-flows -m filter=in_port=${port}`), timeoutMs: 10_000 },
    // For the time between two looks, which is the host's own.
    uptime: { kind: 'file', path: '/proc/uptime' },
  }),
  parse: ({ flows, snapFlows, uptime }): PortFlowsSample => {
    const { text, silent } = saidBy(flows, snapFlows);
    const seconds = Number(uptime?.split(' ')[0]);
    return { ...flowsIn(text, new Map()).sample, silent, atSeconds: Number.isFinite(seconds) ? seconds : undefined };
  },
  example: { port: 'vnet0' },
});

export interface PortFlowsSample extends OvsFlowsSample {
  readonly atSeconds: number | undefined;
}
