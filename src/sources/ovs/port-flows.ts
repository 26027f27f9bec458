import { FLOW_CAP, flowsIn, type OvsFlowsSample } from './flows.ts';
import { replyOf, type Replies, snapSwitchd, switchd } from './places.ts';
import { defineDetail } from '../source.ts';

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
  parse: ({ flows, snapFlows, uptime }) => sampleOf([flows, snapFlows], uptime),
  example: { port: 'vnet0' },
});

/** All flows for a closer look at some: the same question as that of the pane, which is asked once. */
export const ovsAllFlows = defineDetail({
  id: 'ovs-all-flows',
  title: 'Datapath flows that have something in common',
  why: `Shows the flows of one service, address or path; not read where there are more than ${FLOW_CAP} in all.`,
  everySeconds: 4,
  reads: (_target: { readonly all: true }) => ({
    flows: { ...switchd(`dpctl/dump-flows -m cap=${FLOW_CAP}`), timeoutMs: 10_000 },
    snapFlows: { ...snapSwitchd(`dpctl/dump-flows -m cap=${FLOW_CAP}`), timeoutMs: 10_000 },
    uptime: { kind: 'file', path: '/proc/uptime' },
  }),
  parse: ({ flows, snapFlows, uptime }) => sampleOf([flows, snapFlows], uptime),
  example: { all: true },
});

function sampleOf(flows: readonly Replies[], uptime: string | undefined): PortFlowsSample {
  const { text, silent } = replyOf(...flows);
  const seconds = Number(uptime?.split(' ')[0]);
  return { ...flowsIn(text, new Map()).sample, silent, atSeconds: Number.isFinite(seconds) ? seconds : undefined };
}

export interface PortFlowsSample extends OvsFlowsSample {
  readonly atSeconds: number | undefined;
}
