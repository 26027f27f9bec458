import { command, logTail, operand, unitLog, type CommandStep, type Standing, type StepTable } from '../next-step.ts';

const ask = (daemon: string, request: readonly string[], shows: string): CommandStep | undefined =>
  command(['ovn-appctl', '-t', daemon, ...request], shows);

/** Name as a value in a database command: OVSDB takes strings in quotes as they are. */
const value = (name: string): string => JSON.stringify(name);

/** Cluster state of the finding's database, on each of its servers. */
const cluster = ({ entity: { id } }: Standing): CommandStep | undefined =>
  id === 'northbound'
    ? ask('/var/run/ovn/ovnnb_db.ctl', ['cluster/status', 'OVN_Northbound'], 'role, term, leader and members')
    : id === 'southbound'
      ? ask('/var/run/ovn/ovnsb_db.ctl', ['cluster/status', 'OVN_Southbound'], 'role, term, leader and members')
      : undefined;

const connection = ask('ovn-controller', ['connection-status'], 'whether the southbound database is connected');
const northd = ask('ovn-northd', ['status'], 'active, standby or paused');

/** Next steps of the rules of OVN. */
export const ovnSteps: StepTable = {
  'ovn-chassis-behind': {
    commands: ({ entity }) => [
      command(
        ['ovn-sbctl', '--columns=name,nb_cfg,nb_cfg_timestamp', 'find', 'Chassis_Private', `name=${value(entity.id)}`],
        'last transaction that it applied',
      ),
      command(
        ['ovn-sbctl', '--columns=name,hostname,encaps', 'find', 'Chassis', `name=${value(entity.id)}`],
        'host and tunnels of the chassis',
      ),
    ],
  },
  'ovn-northd-behind': {
    commands: () => [northd, ask('ovn-northd', ['sb-connection-status'], 'whether it reaches the southbound database')],
    tools: ['kernel-stacks', 'gdb-stacks'],
  },
  'ovn-log-fault': { commands: (found) => [logTail(found), connection] },
  'ovn-port-unbound': {
    commands: ({ entity }) => [
      command(
        [
          'ovn-sbctl',
          '--columns=logical_port,type,chassis,requested_chassis,up',
          'find',
          'Port_Binding',
          `logical_port=${value(entity.id)}`,
        ],
        'chassis, requested chassis and state',
      ),
      command(['ovn-nbctl', 'list', 'Logical_Switch_Port', operand(entity.id)], 'its configuration'),
    ],
    row: ({ entity }) => `port ${entity.id}`,
  },
  'ovn-port-claims': {
    commands: ({ entity }) => [
      command(
        [
          'ovn-sbctl',
          '--columns=logical_port,chassis,requested_chassis,up',
          'find',
          'Port_Binding',
          `logical_port=${value(entity.id)}`,
        ],
        'chassis that has it now: repeat a few times',
      ),
      command(
        ['ovs-vsctl', '--columns=name,external_ids', 'find', 'Interface', `external_ids:iface-id=${value(entity.id)}`],
        'interfaces with its iface-id, on both chassis',
      ),
    ],
    row: ({ entity }) => `port ${entity.id}`,
  },
  'ovn-disconnected': {
    commands: (found) => [
      cluster(found),
      ...(found.entity.id === 'ovn-northd' ? [northd] : found.entity.kind === 'ovsdb' ? [] : [connection]),
      unitLog(
        found,
        ['ovn-controller', 'ovn-northd', 'ovn-host', 'ovn-central', 'ovn-ovsdb-server-nb', 'ovn-ovsdb-server-sb'],
        'log of OVN',
      ),
    ],
  },
  'ovn-raft': { commands: (found) => [cluster(found)] },
};
