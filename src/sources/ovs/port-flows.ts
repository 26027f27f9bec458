import { FLOW_CAP, flowsIn, type OvsFlowsSample } from './flows.ts';
import { replyOf, type Replies, snapSwitchd, switchd } from './sockets.ts';
import { defineDetail } from '../source.ts';

/** Datapath flows with one in_port: ovs-dpctl(8), `filter`. Read even when all flows are too many. */
export const ovsPortFlows = defineDetail({
  id: 'ovs-port-flows',
  title: 'Datapath flows of one port',
  why: 'Shows the flows of one port, also when all flows are too many to be read.',
  everySeconds: 5,
  reads: ({ port }: { readonly port: string }) => ({
    flows: { ...switchd(`dpctl/dump-flows -m filter=in_port=${port}`), timeoutMs: 10_000 },
    snapFlows: { ...snapSwitchd(`dpctl/dump-flows -m filter=in_port=${port}`), timeoutMs: 10_000 },
    // Time between two samples, by the clock of the host.
    uptime: { kind: 'file', path: '/proc/uptime' },
  }),
  parse: ({ flows, snapFlows, uptime }) => sampleOf([flows, snapFlows], uptime),
  example: { port: 'vnet0' },
});

/** All flows for the detail of a group; the same request as that of the pane, so it is sent once. */
export const ovsAllFlows = defineDetail({
  id: 'ovs-all-flows',
  title: 'Datapath flows of a group',
  why: `Shows the flows of one service, address or path; not read above ${FLOW_CAP} flows in all.`,
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
