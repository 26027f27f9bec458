import { ovnLogs, type OvnLogFault } from '../../sources/ovn/logs.ts';
import { entityRef, type EntityRef } from '../entity-ref.ts';
import { defineFinding } from '../finding.ts';
import { logFaults, type LogFaultTable } from '../log-faults.ts';

/** A daemon by the name of its log. */
const daemon = (name: string | undefined): EntityRef => entityRef('daemon', name ?? 'ovn-controller');
const controller = (): EntityRef => daemon(undefined);
const database = (name: string | undefined): EntityRef =>
  /-[ns]b$/.test(name ?? '') ? entityRef('ovsdb', name?.endsWith('nb') ? 'northbound' : 'southbound') : daemon(name);
const logicalPort = (name: string | undefined): EntityRef =>
  name === undefined ? controller() : entityRef('logical-port', name);

const TABLE: LogFaultTable<OvnLogFault> = {
  owner: 'ovn',
  pane: 'ovn',
  faults: {
    'certificate-expired': { severity: 'crit', condition: 'certificate expired, connections refused', entity: daemon, next: '`openssl x509 -noout -enddate -in` the certificate of `ovn-nbctl get-ssl`; renew it' }, // prettier-ignore
    election: { severity: 'warn', condition: 'RAFT elections', entity: database, least: 5, next: '`ovs-appctl -t … cluster/status` of each member; then latency of its disk and network' }, // prettier-ignore
    'northd-mismatch': { severity: 'crit', condition: 'version differs from northd, updates not processed', entity: daemon, next: 'upgrade ovn-central and ovn-controller to one version, or unset `ovn-match-northd-version`' }, // prettier-ignore
    'rbac-denied': { severity: 'warn', condition: 'transaction refused by RBAC', entity: controller, next: 'check `system-id` of the chassis against the certificate; upgrade ovn-central' }, // prettier-ignore
    'stale-data': { severity: 'warn', condition: 'database server has stale data', entity: database, next: '`ovs-appctl -t … cluster/status`: a member that is behind its leader' }, // prettier-ignore
    'no-localnet-bridge': { severity: 'warn', condition: 'no bridge for its localnet port', entity: logicalPort, next: 'check `external_ids:ovn-bridge-mappings`: `ovs-vsctl get Open_vSwitch . external_ids`' }, // prettier-ignore
    'gateway-claimed': { severity: 'warn', condition: 'gateway port claimed repeatedly', entity: logicalPort, least: 10, next: 'look for BFD changes at those times: `ovs-appctl bfd/show`; then the underlay' }, // prettier-ignore
  },
};

/** Faults that only the logs of OVN have. */
export const ovnLogFaults = defineFinding({
  id: 'ovn-log-fault',
  title: 'Fault in the logs of OVN: elections, certificate expired, northd version mismatch',
  needs: { ovnLogs },
  authority: 'hotsos: ovn_elections, ovn_chassis_certs_logs, ovn_upgrades, bfd_flapping; 5 elections and 10 claims a day are [own]', // prettier-ignore
  judge: (moment) => logFaults(moment.ovnLogs, TABLE),
});
