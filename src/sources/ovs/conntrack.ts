import type { Missing } from '../../host/host.ts';
import { kernelZonesOf, limitsOf, withLimits, zoneNamesOf, zonesOf, type ConntrackZone } from './conntrack-zones.ts';
import { ovnDaemon, ovnSaid, parts, replyOf, snapSwitchd, switchd } from './places.ts';
import { defineDetail } from '../source.ts';

/** Up to so many connections are dumped for a look: 5 000 took 10 ms of the switch where it was measured. */
const CONNECTION_CAP = 50_000;
/** The kernel's table is a file of 200 bytes a connection, of which no more than 8 MiB are read. */
export const KERNEL_CONNECTION_CAP = 30_000;

/** Beside the connections: limits of zones, and what OVN gave each zone to. */
const about = {
  limits: switchd('dpctl/ct-get-limits *'),
  snapLimits: snapSwitchd('dpctl/ct-get-limits *'),
  ...ovnDaemon('owners', 'ovn-controller.*', 'ct-zone-list'),
};

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
    ...about,
  }),
  parse: (values): ConntrackSample => {
    const { text, silent } = replyOf(values.connections, values.snapConnections);
    const all = parts(text);
    return {
      zones: withLimits(
        zonesOf(all.map((part) => part.text).join('\n')),
        limitsOf(replyOf(values.limits, values.snapLimits).text, 'netdev@'),
        zoneNamesOf(ovnSaid(values, 'owners').text),
      ),
      notRead: all.find(({ notRead }) => notRead !== undefined)?.notRead,
      silent,
    };
  },
  example: { all: true },
});

/**
 * The same of the kernel, which tracks for its datapath and for all else that the host does:
 * https://docs.kernel.org/networking/nf_conntrack-sysctl.html. The switch has no way to count them short of a dump.
 *
 *     ipv4     2 tcp      6 432000 ESTABLISHED src=10.1.0.1 dst=10.1.0.2 sport=48328 dport=7004 … mark=0 zone=5 use=2
 */
export const kernelConntrack = defineDetail({
  id: 'kernel-conntrack',
  title: 'Tracked connections of the kernel by zone',
  why: `Shows which zone fills the kernel's connection table; not read where there are more than ${KERNEL_CONNECTION_CAP}.`,
  everySeconds: 15,
  reads: (_target: { readonly all: true }) => ({
    table: { kind: 'file', path: '/proc/net/nf_conntrack', as: 'root' },
    ...about,
  }),
  parse: (values): ConntrackSample => ({
    zones: withLimits(
      kernelZonesOf(values.table ?? ''),
      limitsOf(replyOf(values.limits, values.snapLimits).text, 'system@'),
      zoneNamesOf(ovnSaid(values, 'owners').text),
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
