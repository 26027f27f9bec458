import { LOG_TAIL_BYTES, logSample, type LogPatterns } from '../log-hits.ts';
import { defineSource } from '../source.ts';

export const OVS_LOG = '/var/log/openvswitch/ovs-vswitchd.log';

/** Lines of ovs-vswitchd that are signs of a fault. */
const PATTERNS = {
  'resubmit-limit': /\|over \d+ resubmit actions on bridge (\S+)/,
  'lost-packet': /\|([^|\s]+): lost packet on port channel/,
  'bfd-down': /\|bfd[^|]*\|\w+\|([^|\s]+): BFD state change: \S+->down\b/,
  emergency: /\|EMER\|/,
} satisfies LogPatterns;

export type OvsLogFault = keyof typeof PATTERNS;

/**
 * Faults in the log of ovs-vswitchd: ovs-vswitchd(8), vlog. Times are UTC.
 *
 *     2022-02-20T01:00:22.449Z|14339034|ofproto_dpif_xlate|WARN|over 4096 resubmit actions on bridge br-int while …
 */
export const ovsLog = defineSource({
  id: 'ovs-log',
  title: 'Faults in the log of ovs-vswitchd',
  why: 'Finds dropped packets and flapping tunnels that no counter has.',
  everySeconds: 60,
  value: 'low',
  reads: { vswitchd: { kind: 'file', path: OVS_LOG, tailBytes: LOG_TAIL_BYTES, as: 'root' } },
  parse: ({ vswitchd }) => logSample(PATTERNS, [{ path: OVS_LOG, text: vswitchd }]),
});
