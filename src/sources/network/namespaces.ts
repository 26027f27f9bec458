import { countOf, fields, items, json, textOf } from '../../lib/json.ts';
import { missing, type Missing } from '../../host/host.ts';
import type { Identifier } from '../../redact/identifier.ts';
import { cgroupOwner, type Owner } from '../containers/cgroup-owner.ts';
import { ownerIdentifiers } from '../containers/cgroups.ts';
import type { ConntrackStat } from '../machine/conntrack.ts';
import { hiddenBy } from '../processes/hidden-processes.ts';
import { procMount } from '../processes/proc-mount.ts';
import { processes } from '../processes/processes.ts';
import { defineSource } from '../source.ts';
import type { ProtocolCounters } from './protocols.ts';

/** A network namespace other than that of the login, by the first process in it. */
export interface Namespace {
  /** Inode of its /proc/PID/net, the same as long as it exists. */
  readonly id: string;
  readonly pid: number;
  readonly command: string;
  /** Container, pod, guest or unit of that process. */
  readonly owner: Owner | undefined;
  readonly counters: ProtocolCounters;
  readonly conntrack: NamespaceConntrack;
  /** Listeners of TCP, read again when a connection was dropped. */
  readonly listeners: readonly NamespaceListener[];
}

export interface NamespaceConntrack extends ConntrackStat {
  /** Connections that are tracked. */
  readonly entries: number | undefined;
}

export interface NamespaceListener {
  readonly port: number;
  /** Connections that wait for accept(2). */
  readonly waiting: number;
}

export interface Namespaces {
  readonly spaces: ReadonlyMap<string, Namespace>;
  /** Namespaces of the host; the first 100 are read. */
  readonly all: number;
}

/**
 * Network namespaces of containers, pods and `ip netns`, through /proc/PID/net: proc_pid_net(5), network_namespaces(7).
 *
 *     {"all":1,"spaces":{"4026532714":{"pid":11428,"command":"nginx","cgroup":"0::/docker/2bfd…\n","counters":{"Tcp RetransSegs":0},
 *      "conntrack":{"entries":240,"drop":0},"listeners":[["00000000",80,0]]}}}
 */
export const namespaces = defineSource({
  id: 'namespaces',
  title: 'Network namespaces',
  why: 'Shows retransmits, full accept queues, dropped datagrams and conntrack of containers and pods.',
  everySeconds: 4,
  reads: { namespaces: { kind: 'talk', dialect: 'facts', to: 'facts:namespaces', request: 'namespaces' } },
  weightKiB: (sample: Namespaces | undefined) => (sample?.spaces.size ?? 0) * 3,
  parse: ({ namespaces: text }): Namespaces | undefined => {
    if (text === undefined) return undefined;
    const reply = fields(json(text));
    const spaces = Object.entries(fields(reply['spaces'])).flatMap(([id, value]) => namespaceOf(id, value) ?? []);
    return { spaces: new Map(spaces.map((one) => [one.id, one])), all: countOf(reply['all']) ?? spaces.length };
  },
  // Namespaces of processes that /proc hides are not found.
  partial: (_, newest): Readonly<Record<string, Missing>> => {
    const hidden = hiddenBy(newest(processes)?.processes, newest(procMount));
    return hidden === undefined ? {} : { namespaces: missing('denied', hidden) };
  },
  identifiers: (sample): readonly Identifier[] =>
    [...(sample?.spaces.values() ?? [])].flatMap(({ owner }) => (owner ? ownerIdentifiers(owner) : [])),
});

function namespaceOf(id: string, value: unknown): Namespace | undefined {
  const space = fields(value);
  const conntrack = fields(space['conntrack']);
  const pid = countOf(space['pid']);
  if (pid === undefined) return undefined;
  const counters = Object.entries(fields(space['counters'])).flatMap(([name, number]): [string, number][] => {
    const known = countOf(number);
    return known === undefined ? [] : [[name, known]];
  });
  return {
    id,
    pid,
    command: textOf(space['command']) ?? '',
    owner: cgroupOwner(textOf(space['cgroup'])),
    counters: new Map(counters),
    conntrack: {
      entries: countOf(conntrack['entries']),
      dropped: countOf(conntrack['drop']),
      evicted: countOf(conntrack['early_drop']),
      insertFailed: countOf(conntrack['insert_failed']),
      invalid: countOf(conntrack['invalid']),
    },
    listeners: items(space['listeners']).flatMap((row) => {
      const [, port, waiting] = items(row).map(countOf);
      return port === undefined || waiting === undefined ? [] : [{ port, waiting }];
    }),
  };
}
