import { cephCluster, entityRef, thisHost } from '../../findings/entity-ref.ts';
import { cephLogs } from '../../sources/ceph/logs.ts';
import { ovnLogs } from '../../sources/ovn/logs.ts';
import { ovsLog } from '../../sources/ovs/log.ts';
import { serviceJournal, serviceLogs } from '../../sources/systemd/service-logs.ts';
import { defineChecks } from '../check.ts';
import { logCheck } from '../log-check.ts';

/** Faults in the log of ovs-vswitchd. */
export const ovsLogChecks = defineChecks({
  id: 'ovs-log',
  needs: { ovsLog },
  rules: ['ovs-log-fault'],
  of: ({ ovsLog: log }) =>
    logCheck({ entity: entityRef('daemon', 'ovs-vswitchd'), name: 'log of ovs-vswitchd', rule: 'ovs-log-fault', pane: 'ovs' }, { ovsLog: log }), // prettier-ignore
});

/** Faults in the logs of OVN's daemons. */
export const ovnLogChecks = defineChecks({
  id: 'ovn-logs',
  needs: { ovnLogs },
  rules: ['ovn-log-fault'],
  of: ({ ovnLogs: log }) =>
    logCheck({ entity: entityRef('daemon', 'ovn-controller'), name: 'logs of OVN', rule: 'ovn-log-fault', pane: 'ovn' }, { ovnLogs: log }), // prettier-ignore
});

/** Faults in the logs of Ceph's daemons. */
export const cephLogChecks = defineChecks({
  id: 'ceph-logs',
  needs: { cephLogs },
  rules: ['ceph-log-fault'],
  of: ({ cephLogs: log }) =>
    logCheck({ entity: cephCluster, name: 'logs of Ceph', rule: 'ceph-log-fault', pane: 'ceph' }, { cephLogs: log }),
});

/** Faults in the logs of services, by file and in the journal. */
export const serviceLogChecks = defineChecks({
  id: 'service-logs',
  needs: { serviceLogs, serviceJournal },
  rules: ['service-log-fault', 'service-journal-fault'],
  of: ({ serviceLogs: logs, serviceJournal: journal }) => [
    ...logCheck({ entity: thisHost, name: 'logs of services', rule: 'service-log-fault', pane: 'systemd' }, { serviceLogs: logs }), // prettier-ignore
    ...logCheck({ entity: thisHost, name: 'journal of services', rule: 'service-journal-fault', pane: 'systemd' }, { serviceJournal: journal }), // prettier-ignore
  ],
});
