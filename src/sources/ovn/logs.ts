import { LOG_TAIL_BYTES, logSample, type LogPatterns } from '../log-hits.ts';
import { defineSource } from '../source.ts';

export const OVN_LOGS = '/var/log/ovn/*.log';

/** `/var/log/ovn/ovn-northd.log` → `ovn-northd`. */
const daemonOf = (path: string): string | undefined => /([\w-]+)\.log$/.exec(path)?.[1];

/** Lines of OVN's daemons that are signs of a fault. */
const PATTERNS = {
  'certificate-expired': /\|stream_ssl\|\w+\|.*certificate (?:has )?expired/,
  election: /\|raft\|\w+\|term \d+: (?:\d+ ms timeout expired, )?starting election/,
  'northd-mismatch': /\|controller version - \S+ mismatch with northd version - \S+/,
  'rbac-denied': /RBAC rules for client .{1,80}? role .{1,40}? prohibit .{1,40}? table \\?"(\w+)/,
  'stale-data': /clustered database server has stale data/,
  'no-localnet-bridge': /[Bb]ridge (?:not found )?for localnet port '([^']{1,64})'/,
  'gateway-claimed': /\|Claiming lport (cr-lrp-\S+) for this chassis/,
} satisfies LogPatterns;

export type OvnLogFault = keyof typeof PATTERNS;

/**
 * Faults in the logs of ovn-controller, ovn-northd and the database servers: ovn-controller(8), vlog. Times are UTC.
 *
 *     2022-02-06T11:04:26.305Z|00017|main|WARN|controller version - 20.03.2 mismatch with northd version - 20.03.3
 */
export const ovnLogs = defineSource({
  id: 'ovn-logs',
  title: 'Faults in the logs of OVN',
  why: 'Finds elections, expired certificates and mismatched versions, which the daemons report in their logs only.',
  everySeconds: 60,
  value: 'low',
  reads: { logs: { kind: 'glob', pattern: OVN_LOGS, tailBytes: LOG_TAIL_BYTES, as: 'root' } },
  parse: ({ logs }) =>
    logSample(
      PATTERNS,
      [...(logs ?? [])].map(([path, text]) => ({ path, text, owner: daemonOf(path) })),
    ),
});
