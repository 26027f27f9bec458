import { threadsOf } from '../processes/thread-table.ts';

/** Handlers make flows of packets that missed, revalidators walk over all flows, PMD threads forward in userspace. */
export const ovsThreads = threadsOf(
  {
    id: 'ovs-threads',
    title: 'Threads of Open vSwitch and OVN',
    why: 'Shows which part of the switch uses the CPU: handlers, revalidators, forwarding threads, databases, OVN.',
    everySeconds: 2,
  },
  ['ovs-vswitchd', 'ovsdb-server', 'ovn-controller', 'ovn-northd'],
);
