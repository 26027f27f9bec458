import { ovsLog, type OvsLogFault } from '../../sources/ovs/log.ts';
import { entityRef, type EntityRef } from '../entity-ref.ts';
import { defineFinding } from '../finding.ts';
import { logFaults, type LogFaultTable } from '../log-faults.ts';

const daemon = (): EntityRef => entityRef('daemon', 'ovs-vswitchd');
const bridge = (name: string | undefined): EntityRef => (name === undefined ? daemon() : entityRef('bridge', name));
const port = (name: string | undefined): EntityRef => (name === undefined ? daemon() : entityRef('port', name));
const datapath = (name: string | undefined): EntityRef => (name === undefined ? daemon() : entityRef('datapath', name));

const TABLE: LogFaultTable<OvsLogFault> = {
  owner: 'ovs-vswitchd',
  pane: 'ovs',
  faults: {
    'resubmit-limit': { severity: 'crit', condition: 'resubmit limit reached, packets dropped', entity: bridge, next: '`ovs-appctl ofproto/trace` of a packet in the log: a loop, or a flood to too many ports' }, // prettier-ignore
    'lost-packet': { severity: 'warn', condition: 'upcalls lost', entity: datapath, presentSeconds: 60, next: 'open OVS, Upcalls: lost, flow limit, handler threads; `ovs-appctl upcall/show`' }, // prettier-ignore
    'bfd-down': { severity: 'warn', condition: 'BFD sessions down', entity: port, presentSeconds: 60, least: 3, next: '`ovs-appctl bfd/show`; then loss on the uplink and CPU of ovs-vswitchd at those times' }, // prettier-ignore
    emergency: { severity: 'crit', condition: 'emergency message', entity: daemon, next: '`tail -n 50 /var/log/openvswitch/ovs-vswitchd.log`: an assertion that failed ends the daemon' }, // prettier-ignore
  },
};

/** Faults that only the log of ovs-vswitchd has. */
export const ovsLogFaults = defineFinding({
  id: 'ovs-log-fault',
  title: 'Fault in the log of ovs-vswitchd: resubmit limit, lost upcalls, BFD flapping',
  needs: { ovsLog },
  authority: 'hotsos: dpif_lost_packets, dpif_resubmit_actions, bfd_flapping; 3 BFD changes a day are [own]',
  judge: (moment) => logFaults(moment.ovsLog, TABLE),
});
