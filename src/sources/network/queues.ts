import { countOf, textOf, type Fields } from '../../lib/json.ts';
import { defineSource } from '../source.ts';
import { dumpOf, netlinkRead, type Dump } from './dump.ts';

export interface Qdisc {
  readonly index: number;
  readonly kind: string;
  readonly isRoot: boolean;
  /** Packets that wait, and their bytes. */
  readonly queued: number | undefined;
  readonly backlogBytes: number | undefined;
  /** Since it was set up. */
  readonly drops: number | undefined;
  readonly requeues: number | undefined;
  readonly overlimits: number | undefined;
}

const ROOT = 0xff_ff_ff_ff;

const qdiscOf = (value: Fields): Qdisc | undefined => {
  const index = countOf(value['index']);
  const kind = textOf(value['kind']);
  return index === undefined || kind === undefined
    ? undefined
    : {
        index,
        kind,
        isRoot: value['parent'] === ROOT,
        queued: countOf(value['queued']),
        backlogBytes: countOf(value['backlogBytes']),
        drops: countOf(value['drops']),
        requeues: countOf(value['requeues']),
        overlimits: countOf(value['overlimits']),
      };
};

/** Queueing disciplines of all links. RTM_GETQDISC, rtnetlink(7); tc(8) shows the same. */
export const qdiscs = defineSource({
  id: 'qdiscs',
  title: 'Queueing disciplines',
  why: 'Shows packets that wait for a link or were dropped in its transmit queue.',
  everySeconds: 5,
  reads: { qdiscs: netlinkRead('qdiscs') },
  parse: ({ qdiscs: text }): Dump<Qdisc> | undefined => dumpOf(text, qdiscOf),
});

export interface Listener {
  readonly address: string;
  readonly port: number;
  /** Connections that wait for accept(2). */
  readonly waiting: number;
  /** Limit: the queue is full above it. */
  readonly backlog: number;
  readonly uid: number | undefined;
  readonly inode: number | undefined;
}

const listenerOf = (value: Fields): Listener | undefined => {
  const [port, waiting, backlog] = [countOf(value['port']), countOf(value['waiting']), countOf(value['backlog'])];
  const address = textOf(value['address']);
  return port === undefined || waiting === undefined || backlog === undefined || address === undefined
    ? undefined
    : { address, port, waiting, backlog, uid: countOf(value['uid']), inode: countOf(value['inode']) };
};

export interface UnixListener {
  /** Path, or `@` and an abstract name; undefined where it has none. */
  readonly name: string | undefined;
  readonly inode: number;
  /** Connections that wait for accept(2). */
  readonly waiting: number;
  /** Limit: connect(2) blocks, or fails with EAGAIN, while more than these wait. */
  readonly backlog: number;
  readonly uid: number | undefined;
}

const unixListenerOf = (value: Fields): UnixListener | undefined => {
  const [inode, waiting, backlog] = [countOf(value['inode']), countOf(value['waiting']), countOf(value['backlog'])];
  return inode === undefined || waiting === undefined || backlog === undefined
    ? undefined
    : { name: textOf(value['name']), inode, waiting, backlog, uid: countOf(value['uid']) };
};

/** Listening unix sockets of the host's network namespace with their accept queues: the kernel sends no others. unix_diag, sock_diag(7). */
export const unixListeners = defineSource({
  id: 'unix-listeners',
  title: 'Listening unix sockets',
  why: 'Shows daemons that do not accept the connections to their unix socket.',
  everySeconds: 5,
  reads: { listeners: netlinkRead('unixListeners', 4) },
  parse: ({ listeners: text }): Dump<UnixListener> | undefined => dumpOf(text, unixListenerOf),
});

/** Listening TCP sockets with their accept queues: the kernel sends no others. SOCK_DIAG_BY_FAMILY, sock_diag(7). */
export const listeners = defineSource({
  id: 'listeners',
  title: 'Listening sockets',
  why: 'Shows accept queues of TCP listeners against their backlog.',
  everySeconds: 2,
  reads: { listeners: netlinkRead('listeners', 4) },
  parse: ({ listeners: text }): Dump<Listener> | undefined => dumpOf(text, listenerOf),
});
