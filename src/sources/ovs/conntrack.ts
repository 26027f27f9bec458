import type { Missing } from '../../host/host.ts';
import { kernelZonesOf, limitsOf, withLimits, zoneNamesOf, zonesOf, type ConntrackZone } from './conntrack-zones.ts';
import { ovnDaemon, ovnReplyOf, parts, replyOf, snapSwitchd, switchd } from './sockets.ts';
import { defineDetail } from '../source.ts';

/** Connections up to which they are dumped: 5 000 took 10 ms of ovs-vswitchd where measured. */
const CONNECTION_CAP = 50_000;
/** Cap of the kernel table, a file of 200 bytes per connection, of which 8 MiB are read. */
export const KERNEL_CONNECTION_CAP = 30_000;

/** Reads of zone limits and zone owners. */
const about = {
  limits: switchd('dpctl/ct-get-limits *'),
  snapLimits: snapSwitchd('dpctl/ct-get-limits *'),
  ...ovnDaemon('owners', 'ovn-controller.*', 'ct-zone-list'),
};

/**
 * Tracked connections by zone: ovs-dpctl(8), `dump-conntrack`. A zone is a tenant network or the pipeline of a bridge.
 *
 *     tcp,orig=(src=10.55.10.1,dst=10.55.10.2,sport=42,dport=5001),reply=(…),zone=5,protoinfo=(state=ESTABLISHED)
 */
export const ovsConntrack = defineDetail({
  id: 'ovs-conntrack',
  title: 'Conntrack of Open vSwitch by zone',
  why: `Shows which zone fills the conntrack table; not read above ${CONNECTION_CAP} connections.`,
  everySeconds: 15,
  reads: (_target: { readonly all: true }) => ({
    connections: { ...switchd(`dpctl/dump-conntrack cap=${CONNECTION_CAP}`), timeoutMs: 15_000 },
    snapConnections: { ...snapSwitchd(`dpctl/dump-conntrack cap=${CONNECTION_CAP}`), timeoutMs: 15_000 },
    ...about,
  }),
  parse: (values): ConntrackSample => {
    const { text, silent } = replyOf(values.connections, values.snapConnections);
    const all = parts(text);
    return {
      zones: withLimits(
        zonesOf(all.map((part) => part.text).join('\n')),
        limitsOf(replyOf(values.limits, values.snapLimits).text, 'netdev@'),
        zoneNamesOf(ovnReplyOf(values, 'owners').text),
      ),
      notRead: all.find(({ notRead }) => notRead !== undefined)?.notRead,
      silent,
    };
  },
  example: { all: true },
});

/**
 * Tracked connections of the kernel, for its datapath and for the rest of the host:
 * https://docs.kernel.org/networking/nf_conntrack-sysctl.html. Open vSwitch cannot count them without a dump.
 *
 *     ipv4     2 tcp      6 432000 ESTABLISHED src=10.1.0.1 dst=10.1.0.2 sport=48328 dport=7004 … mark=0 zone=5 use=2
 */
export const kernelConntrack = defineDetail({
  id: 'kernel-conntrack',
  title: 'Conntrack of the kernel by zone',
  why: `Shows which zone fills the kernel conntrack table; not read above ${KERNEL_CONNECTION_CAP} connections.`,
  everySeconds: 15,
  reads: (_target: { readonly all: true }) => ({
    table: { kind: 'file', path: '/proc/net/nf_conntrack', as: 'root' },
    ...about,
  }),
  parse: (values): ConntrackSample => ({
    zones: withLimits(
      kernelZonesOf(values.table ?? ''),
      limitsOf(replyOf(values.limits, values.snapLimits).text, 'system@'),
      zoneNamesOf(ovnReplyOf(values, 'owners').text),
    ),
    notRead: undefined,
    silent: undefined,
  }),
  example: { all: true },
});

export interface ConntrackSample {
  readonly zones: readonly ConntrackZone[];
  readonly notRead: string | undefined;
  readonly silent: Missing | undefined;
}
