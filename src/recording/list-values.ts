import {
  keyOf,
  type DaemonGlobRead,
  type DaemonReply,
  type ProcessTable,
  type Read,
  type ThreadTable,
} from '../host/host.ts';
import { matchesPattern } from '../lib/glob-pattern.ts';
import { fields, json } from '../lib/json.ts';
import type { Round } from './replay-entries.ts';

/** Value that a read would have had, out of the value of a list; undefined where that does not hold it. */
type Take = (value: unknown) => unknown;

/** How the reading of a list holds a read of a detail; undefined where it does not. */
type Holder = (wanted: Read, list: Read) => Take | undefined;

const same: Holder = (wanted, list) =>
  wanted.kind === list.kind && keyOf(wanted) === keyOf(list) ? (value) => value : undefined;

/** `/proc/PID/stat` and others in the process table. Its status has some fields only: the others stay unknown. */
const inProcessTable: Holder = (wanted, list) => {
  if (wanted.kind !== 'file' || list.kind !== 'processes') return undefined;
  const [, pid, file] = /^\/proc\/(\d+)\/(stat|status|cmdline|cgroup|io|wchan)$/.exec(wanted.path) ?? [];
  // A reading of this kind has this value.
  return file === undefined ? undefined : (value) => (value as ProcessTable).get(Number(pid))?.[file as 'stat'];
};

/** `/proc/PID/task/*` of programs whose threads a list has: guests, OSDs, ovs-vswitchd. */
const inThreadTable: Holder = (wanted, list) => {
  if (wanted.kind !== 'glob' || list.kind !== 'threads') return undefined;
  const [, pid, file] = /^\/proc\/(\d+)\/task\/\*\/(stat|schedstat|wchan)$/.exec(wanted.pattern) ?? [];
  if (pid === undefined || file === undefined) return undefined;
  return (value) => {
    // A reading of this kind has this value.
    const threads = (value as ThreadTable).processes.get(Number(pid))?.threads;
    const texts = [...(threads ?? [])].flatMap(([tid, one]) => {
      const text = one[file as 'stat'];
      return text === undefined ? [] : [[`/proc/${pid}/task/${tid}/${file}`, text] as const];
    });
    return texts.length === 0 ? undefined : new Map(texts);
  };
};

type Replies = ReadonlyMap<string, DaemonReply>;
const nonEmpty = (replies: Replies) => (replies.size === 0 ? undefined : replies);
const toDaemons = (read: Read): read is DaemonGlobRead => read.kind === 'talks';

/** The same request to one daemon of those that a list has requested: ops of an OSD. */
const ofOneDaemon: Holder = (wanted, list) =>
  toDaemons(wanted) && toDaemons(list) && wanted.dialect === list.dialect && wanted.request === list.request
    ? (value) => nonEmpty(new Map([...(value as Replies)].filter(([path]) => matchesPattern(wanted.pattern, path))))
    : undefined;

/** Flows of a port among all flows: ovs-dpctl(8), `filter`. */
const ofOnePort: Holder = (wanted, list) => {
  if (!toDaemons(wanted) || !toDaemons(list) || wanted.pattern !== list.pattern) return undefined;
  const [, port] = /^dpctl\/dump-flows -m filter=in_port=(.+)$/.exec(wanted.request) ?? [];
  if (port === undefined || !list.request.startsWith('dpctl/dump-flows -m cap=')) return undefined;
  const isShown = (line: string) => !line.startsWith('ufid:') || line.includes(`in_port(${port})`);
  return (value) =>
    nonEmpty(
      new Map(
        [...(value as Replies)].map(([path, reply]) => [
          path,
          reply.ok ? { ...reply, text: reply.text.split('\n').filter(isShown).join('\n') } : reply,
        ]),
      ),
    );
};

/** Warning events of a pod among those of the cluster; none of them is not none at all. */
const eventsOfPod: Holder = (wanted, list) => {
  if (wanted.kind !== 'talk' || list.kind !== 'talk') return undefined;
  if (wanted.dialect !== 'kubernetes' || list.dialect !== 'kubernetes' || list.request !== 'events') return undefined;
  const [, namespace, name] = /^events ([^/]+)\/(.+)$/.exec(wanted.request) ?? [];
  if (name === undefined) return undefined;
  return (value) => {
    const [, ...rows] = String(value).split('\n');
    const own = rows.filter((row) => {
      const about = fields(fields(json(row))['involvedObject']);
      return about['kind'] === 'Pod' && about['namespace'] === namespace && about['name'] === name;
    });
    return own.length === 0 ? undefined : `[${own.join(',')}]`;
  };
};

const HOLDERS: readonly Holder[] = [same, inProcessTable, inThreadTable, ofOneDaemon, ofOnePort, eventsOfPod];

/** Value of a read of a detail out of the rounds of the lists, the newest first; undefined where none holds it. */
export function valueInLists(wanted: Read, rounds: readonly Round[]): unknown {
  for (const { readings } of rounds)
    for (const { read, reading } of readings)
      for (const holder of reading.ok ? HOLDERS : []) {
        const take = holder(wanted, read);
        const value = take && reading.ok ? taken(take, reading.value) : undefined;
        if (value !== undefined) return value;
      }
  return undefined;
}

/** Undefined where a table of the file does not have the form that its read has on a host. */
function taken(take: Take, value: unknown): unknown {
  try {
    return take(value);
  } catch {
    return undefined;
  }
}
