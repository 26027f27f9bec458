import { replyOf, snapSwitchd, switchd } from './places.ts';
import { defineDetail } from '../source.ts';

/** A flow by the type of its datapath and its match, as the datapath wrote it. */
export interface TraceTarget {
  readonly datapathType: string;
  readonly match: string;
}

/** What the OpenFlow rules make of a packet of this flow: ovs-vswitchd(8), `ofproto/trace`. No packet is sent, nothing learned. */
export const ovsTrace = defineDetail({
  id: 'ovs-trace',
  title: 'Trace of a datapath flow',
  why: 'Shows which OpenFlow rules made a flow: the way of one packet through the tables. Nothing is sent.',
  everySeconds: 10,
  reads: ({ datapathType, match }: TraceTarget) => ({
    trace: switchd(`ofproto/trace ${datapathType} ${match}`),
    snapTrace: snapSwitchd(`ofproto/trace ${datapathType} ${match}`),
  }),
  parse: ({ trace, snapTrace }) => replyOf(trace, snapTrace),
  example: { datapathType: 'netdev', match: 'in_port(vnet0),eth_type(0x0800),ipv4(dst=10.0.0.1)' },
});
