import type { Missing } from '../../host/host.ts';
import { countsOf, flowOf, headOf, tailOf, type Flow, type FlowCount } from './flow.ts';
import { parts, replyOf, snapSwitchd, switchd } from './sockets.ts';
import { defineSource } from '../source.ts';

/** Flows up to which they are dumped: 4 096 took about 30 ms of the main thread of ovs-vswitchd where measured. */
export const FLOW_CAP = 4096;

/**
 * Datapath flows with their counters: ovs-dpctl(8), `dump-flows -m`; fields: ovs-fields(7).
 *
 *     flow-dump from the main thread:
 *     ufid:60f4766b-…, skb_priority(0/0),…,in_port(cc-red),…,ipv4(src=10.55.10.1/192.0.0.0,…,proto=1/0,…), packets:343,
 *         bytes:20182, used:0.006s, dp:ovs, actions:drop, dp-extra-info:miniflow_bits(5,2)
 *
 * `-m` prints every field with its mask, also those that are not matched (`/0`): they are left out. With several
 * PMD threads a flow comes once per thread: the counters are summed.
 */
export const ovsFlows = defineSource({
  id: 'ovs-flows',
  title: 'Open vSwitch datapath flows',
  why: `Shows datapath flows with rates, actions and drops; not read above ${FLOW_CAP} flows.`,
  everySeconds: 4,
  reads: {
    flows: { ...switchd(`dpctl/dump-flows -m cap=${FLOW_CAP}`), timeoutMs: 10_000 },
    snapFlows: { ...snapSwitchd(`dpctl/dump-flows -m cap=${FLOW_CAP}`), timeoutMs: 10_000 },
  },
  parse: ({ flows, snapFlows }): OvsFlowsSample => {
    const { text, silent } = replyOf(flows, snapFlows);
    return { ...flowsOf(text), silent };
  },
  weightKiB: ({ flows }: OvsFlowsSample) => flows.size * KIB_A_FLOW,
});

/** Flows by ufid; `Flow` objects are shared with the last sample. */
const KIB_A_FLOW = 0.15;

export interface OvsFlowsSample {
  /** By ufid. */
  readonly flows: ReadonlyMap<string, FlowCount>;
  /** Datapaths with unread flows, and the reason. */
  readonly notRead: readonly { readonly datapath: string; readonly why: string }[];
  /** False before the first dump. */
  readonly read: boolean;
  readonly silent?: Missing | undefined;
}

export interface Known {
  readonly match: string;
  readonly tail: string;
  readonly flow: Flow;
}

export type KnownFlows = ReadonlyMap<string, Known>;

/** Flows of the last dump by their text, so that a flow is parsed once, not with every dump. */
let last: KnownFlows = new Map();

export function flowsOf(text: string | undefined): OvsFlowsSample {
  const { sample, known } = flowsIn(text, last);
  if (sample.read) last = known;
  return sample;
}

/** Parsed dump; `known` are flows of earlier dumps. */
export function flowsIn(
  text: string | undefined,
  known: KnownFlows,
): { readonly sample: OvsFlowsSample; readonly known: KnownFlows } {
  const flows = new Map<string, FlowCount>();
  const notRead: { readonly datapath: string; readonly why: string }[] = [];
  const kept = new Map<string, Known>();
  let read = false;
  for (const part of parts(text)) {
    if (part.notRead !== undefined) notRead.push({ datapath: part.name, why: part.notRead });
    else {
      read = true;
      takeAll(part.name, part.text, flows, known, kept);
    }
  }
  return { sample: { flows, notRead, read }, known: kept };
}

function takeAll(
  datapath: string,
  text: string,
  flows: Map<string, FlowCount>,
  known: KnownFlows,
  kept: Map<string, Known>,
): void {
  let from = 0;
  while (from < text.length) {
    const newline = text.indexOf('\n', from);
    const end = newline < 0 ? text.length : newline;
    const head = headOf(text.slice(from, end));
    from = end + 1;
    if (!head) continue;
    const name = head.ufid ?? head.match;
    const counts = countsOf(head.rest);
    const twin = flows.get(name);
    if (twin) {
      twin.packets = sum(twin.packets, counts.packets);
      twin.bytes = sum(twin.bytes, counts.bytes);
      twin.usedSeconds = least(twin.usedSeconds, counts.usedSeconds);
      continue;
    }
    const tail = tailOf(head.rest);
    const old = known.get(name);
    const same = old !== undefined && old.match === head.match && old.tail === tail && old.flow.datapath === datapath;
    const now = same ? old : remembered(datapath, head.ufid, head.match, tail);
    kept.set(now.flow.ufid, now);
    flows.set(now.flow.ufid, { flow: now.flow, ...counts });
  }
}

/** Copy of a substring; a slice would keep the whole dump in memory. */
function remembered(datapath: string, ufid: string | undefined, match: string, tail: string): Known {
  const copy = JSON.parse(JSON.stringify({ ufid, match, tail })) as { ufid?: string; match: string; tail: string };
  return { match: copy.match, tail: copy.tail, flow: flowOf(copy.ufid, datapath, copy.match, copy.tail) };
}

const sum = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined || other === undefined ? undefined : one + other;
const least = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
