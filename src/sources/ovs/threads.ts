import { threadsOf } from '../processes/thread-table.ts';

/** Threads of Open vSwitch and OVN: handlers serve upcalls, revalidators dump flows, PMD threads forward in userspace. */
export const ovsThreads = threadsOf(
  {
    id: 'ovs-threads',
    title: 'Threads of Open vSwitch and OVN',
    why: 'Shows CPU by kind of thread: handlers, revalidators, PMD threads, databases, OVN daemons.',
    everySeconds: 2,
  },
  ['ovs-vswitchd', 'ovsdb-server', 'ovn-controller', 'ovn-northd'],
);
