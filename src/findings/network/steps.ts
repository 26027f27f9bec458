import { command, kernelLog, operand, type Standing, type StepTable } from '../next-step.ts';

const sockets = command(['ss', '-tino', 'state', 'established'], 'timers, retransmits, RTT and MTU of each connection');
const device = ({ entity }: Standing): string | undefined => (entity.kind === 'nic' ? operand(entity.id) : undefined);
const queue = (found: Standing) =>
  command(['tc', '-s', 'qdisc', 'show', 'dev', device(found)], 'drops, backlog and overlimits of its queue');

const timeCommands = [
  command(['chronyc', '-n', 'tracking'], 'source, offset and error of chronyd'),
  command(['timedatectl', 'timesync-status'], 'server and offset of systemd-timesyncd'),
];
const bondFile = ({ entity }: Standing): string | undefined => {
  const name = entity.kind === 'bond' ? operand(entity.id) : undefined;
  return name === undefined ? undefined : `/proc/net/bonding/${name}`;
};

/** Next steps of the rules of the network. */
export const networkSteps: StepTable = {
  'tcp-retransmits': {
    tracers: () => ['tcpretrans', 'skb-drops'],
    commands: () => [sockets, command(['nstat', '-az'], 'all protocol counters')],
    section: 'protocols',
  },
  'listen-overflow': {
    tracers: () => ['tcpsynbl', 'skb-drops'],
    commands: () => [command(['ss', '-ltnp'], 'accept queues with their processes')],
    section: 'listeners',
  },
  'unix-accept-queue': {
    commands: () => [command(['ss', '-lxnp'], 'accept queues of unix sockets with their processes')],
    section: 'unix',
  },
  'udp-drops': {
    tracers: () => ['skb-drops'],
    commands: () => [command(['ss', '-uanmp'], 'buffers and drops of each UDP socket')],
    section: 'protocols',
  },
  'peer-unresponsive': {
    tracers: () => ['tcpretrans', 'skb-drops'],
    commands: () => [
      sockets,
      command(['ss', '-tnp', 'state', 'syn-sent'], 'connections that do not open, with their processes'),
    ],
    section: 'peers',
  },
  'ports-exhausted': {
    commands: () => [command(['ss', '-tan', 'state', 'time-wait'], 'connections in TIME-WAIT by peer')],
    section: 'peers',
  },
  'reverse-path-drops': {
    tracers: () => ['skb-drops'],
    commands: (found) => [
      kernelLog(found, 'martian', 'logged sources'),
      command(['ip', 'rule', 'show'], 'routing rules'),
    ],
    section: 'protocols',
  },
  'gateway-unresolved': {
    commands: () => [
      command(['ip', '-s', 'neigh', 'show'], 'neighbours with their probes'),
      command(['ip', 'route', 'show'], 'routes of the main table'),
    ],
    section: 'gateways',
  },
  'neighbour-table': {
    commands: (found) => [
      command(['ip', '-s', 'neigh', 'show'], 'neighbours with their age'),
      kernelLog(found, 'table overflow', 'kernel log of the full table'),
    ],
    section: 'gateways',
  },
  'address-duplicate': {
    commands: () => [command(['ip', '-d', 'addr', 'show'], 'addresses with their flags')],
    section: 'links',
  },
  'rule-table-empty': {
    commands: () => [
      command(['ip', 'rule', 'show'], 'rules with their tables'),
      command(['ip', 'route', 'show', 'table', 'all'], 'routes of all tables'),
    ],
    section: 'rules',
  },
  'tunnel-mtu': {
    commands: (found) => [command(['ip', '-d', 'link', 'show', 'dev', device(found)], 'tunnel with its options')],
    section: 'links',
  },
  'nic-driver-loss': {
    commands: (found) => [
      command(['ethtool', '-S', device(found)], 'all counters of the driver'),
      command(['ethtool', '-g', device(found)], 'ring sizes and their maximum'),
    ],
    section: 'cards',
  },
  'bond-lacp': {
    commands: (found) => [command(['cat', bondFile(found)], 'members, partner and aggregators')],
    section: 'links',
  },
  'namespace-network': {
    commands: () => [command(['lsns', '-t', 'net'], 'network namespaces with their processes')],
    section: 'namespaces',
  },
  'clock-skew': { commands: () => timeCommands, section: 'services' },
  'clock-unsynchronised': { commands: () => timeCommands, section: 'services' },
  'resolver-unresponsive': {
    tracers: () => ['skb-drops'],
    commands: () => [
      command(['resolvectl', 'status'], 'servers by link, and the one in use'),
      command(['ss', '-uanp', 'dport', '=', ':53'], 'lookups that wait, with their processes'),
    ],
    section: 'services',
  },
  'qdisc-drops': { commands: (found) => [queue(found)], tracers: () => ['skb-drops'], section: 'links' },
};
