import type { Missing } from '../../host/host.ts';
import { replyOf, snapSwitchd, switchd } from './sockets.ts';
import { traceOf, type Trace } from './trace-rules.ts';
import { defineDetail } from '../source.ts';

/** Flow by datapath type and match, as printed by the datapath. */
export interface TraceTarget {
  readonly datapathType: string;
  readonly match: string;
}

/** Trace of a flow through the OpenFlow rules: ovs-vswitchd(8), `ofproto/trace`. No packet is sent, no MAC learned. */
export const ovsTrace = defineDetail({
  id: 'ovs-trace',
  title: 'Trace of a datapath flow',
  why: 'Shows the OpenFlow rules of one flow (ofproto/trace). No packet is sent.',
  everySeconds: 10,
  reads: ({ datapathType, match }: TraceTarget) => ({
    trace: switchd(`ofproto/trace ${datapathType} ${match}`),
    snapTrace: snapSwitchd(`ofproto/trace ${datapathType} ${match}`),
  }),
  parse: ({ trace, snapTrace }): TraceSample => {
    const reply = replyOf(trace, snapTrace);
    return { ...traceOf(reply.text), silent: reply.silent };
  },
  example: { datapathType: 'netdev', match: 'in_port(vnet0),eth_type(0x0800),ipv4(dst=10.0.0.1)' },
});

export interface TraceSample extends Trace {
  /** Reason for no reply of ovs-vswitchd. */
  readonly silent: Missing | undefined;
}
