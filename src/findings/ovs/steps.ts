import { plain } from '../../lib/plain.ts';
import { logTail, command, operand, unitLog, type CommandStep, type Standing, type StepTable } from '../next-step.ts';

/** Units of Open vSwitch in Debian, Ubuntu and RHEL. */
const UNITS = ['openvswitch-switch', 'ovs-vswitchd', 'ovsdb-server', 'openvswitch'];

const appctl = (request: readonly (string | undefined)[], shows: string): CommandStep | undefined =>
  command(['ovs-appctl', ...request], shows);

const show = command(['ovs-vsctl', 'show'], 'bridges, ports and their errors');
const datapath = appctl(['dpctl/show', '-s'], 'lookups, hits, missed, lost and ports');
const upcalls = appctl(['upcall/show'], 'flows, limit and dump duration');
const coverage = appctl(['coverage/show'], 'event rates of ovs-vswitchd');
const flows = appctl(['dpctl/dump-flows'], 'megaflows: many, on a busy switch');

/** Port, bond or bridge of the finding; of a controller its bridge. */
const name = ({ entity: { kind, id } }: Standing): string | undefined =>
  operand(kind === 'controller' ? id.split('/', 1)[0] : id);

/** Datapath of a conntrack table as an argument; the kernel's table is that of its only one. */
const ofTable = ({ entity: { id } }: Standing): readonly (string | undefined)[] =>
  id === 'kernel' ? [] : [operand(id)];

/** Logs of the daemons, in their folders. */
const LOGS: Readonly<Record<string, string>> = {
  'ovs-vswitchd': '/var/log/openvswitch/ovs-vswitchd.log',
  'ovsdb-server': '/var/log/openvswitch/ovsdb-server.log',
  'ovn-controller': '/var/log/ovn/ovn-controller.log',
  'ovn-northd': '/var/log/ovn/ovn-northd.log',
};

/** Next steps of the rules of Open vSwitch. */
export const ovsSteps: StepTable = {
  'ovs-flow-limit': { commands: () => [upcalls, flows, coverage], section: 'tables' },
  'ovs-upcalls-lost': { commands: () => [datapath, upcalls, coverage], section: 'tables' },
  'ovs-misses': { commands: () => [datapath, flows], section: 'tables' },
  'ovs-slow-dump': { commands: () => [upcalls, coverage], section: 'tables' },
  'ovs-conntrack-full': {
    commands: (found) => [
      appctl(['dpctl/ct-stats-show', ...ofTable(found)], 'connections by protocol and state'),
      appctl(['dpctl/ct-get-maxconns', ...ofTable(found)], 'limit of the table'),
      appctl(['dpctl/ct-get-limits', ...ofTable(found)], 'limits of the zones and their counts'),
    ],
    row: ({ entity }) => `conntrack ${plain(entity.id)}`,
  },
  'ovs-megaflows': { commands: () => [upcalls, datapath, flows], section: 'groups' },
  'ovs-packet-ins': {
    commands: () => [
      coverage,
      flows,
      command(['ovn-nbctl', '--columns=match,action,log,meter', 'find', 'ACL', 'log=true'], 'OVN: ACLs that log'),
    ],
    section: 'groups',
  },
  'ovs-port-broken': {
    commands: (found) => [
      command(
        [
          'ovs-vsctl',
          '--columns=name,ofport,error,admin_state,link_state,bfd_status',
          'list',
          'Interface',
          name(found),
        ],
        'ofport, error, link and BFD of the port',
      ),
      command(['ip', '-d', 'link', 'show', 'dev', name(found)], 'whether the device exists, and its kind'),
      show,
    ],
  },
  'ovs-controller-lost': {
    commands: (found) => [
      command(
        ['ovs-vsctl', 'list', found.subject.startsWith('ovsdb-server ') ? 'Manager' : 'Controller'],
        'targets, states and last errors',
      ),
      found.subject.startsWith('ovsdb-server ')
        ? undefined
        : command(['ovs-ofctl', 'dump-aggregate', name(found)], 'rules that the bridge has left'),
      unitLog(found, UNITS, 'log of Open vSwitch'),
    ],
  },
  'ovs-log-fault': {
    commands: (found) => [logTail(found), unitLog(found, UNITS, 'log of Open vSwitch')],
  },
  'ovs-bond-degraded': {
    commands: (found) => [
      appctl(['bond/show', name(found)], 'members, active one and delays'),
      appctl(['lacp/show', name(found)], 'LACP partner and state of each member'),
    ],
    row: ({ entity }) => `bond ${entity.id}`,
  },
  'ovs-unresponsive': {
    commands: (found) => {
      const log = LOGS[found.entity.id];
      const units = found.entity.id.startsWith('ovn-') ? [found.entity.id, 'ovn-host', 'ovn-central'] : UNITS;
      return [
        log === undefined ? undefined : command(['tail', '-n', '50', log], 'its log'),
        unitLog(found, units),
        found.entity.id === 'ovs-vswitchd'
          ? command(['ovs-dpctl', 'show'], 'kernel datapath, without the daemon')
          : undefined,
      ];
    },
    tools: ['kernel-stacks', 'gdb-stacks'],
  },
  'ovs-fdb': {
    commands: (found) => [
      appctl(['fdb/stats-show', name(found)], 'entries, moves and evictions'),
      appctl(['fdb/show', name(found)], 'MACs with port, VLAN and age'),
    ],
  },
  'ovs-pmd': {
    commands: () => [
      appctl(['dpif-netdev/pmd-rxq-show'], 'rx queues of each PMD thread and their load'),
      appctl(['dpif-netdev/pmd-stats-show'], 'packets and cycles of each PMD thread'),
    ],
    section: 'forwarding',
  },
};
