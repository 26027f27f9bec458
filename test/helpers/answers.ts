import type {
  CgroupTable,
  CgroupTexts,
  DaemonReply,
  ProcessTexts,
  ThreadTable,
  ThreadTexts,
} from '../../src/host/host.ts';

/** Changes of answers that are not one text, for `overlay`. */

export const PROCESS_TABLE = '/proc/[0-9]*/stat';
export const CGROUP_TABLE = '/sys/fs/cgroup/**';

interface ProcessLike {
  readonly pid: number;
  readonly command: string;
  readonly state: string;
  readonly start?: number;
  readonly cmdline?: string;
  readonly rssPages?: number;
  readonly parent?: number;
  readonly cgroup?: string;
}

/** /proc/PID of a process. */
export const processTexts = ({
  pid,
  command,
  state,
  start = 50,
  cmdline = command,
  rssPages = 0,
  parent = 0,
  cgroup,
}: ProcessLike): ProcessTexts => {
  const fields = Array.from({ length: 50 }, (_, index) =>
    index === 0 ? state : index === 1 ? parent : index === 19 ? start : index === 21 ? rssPages : 0,
  );
  return {
    pid,
    stat: `${pid} (${command}) ${fields.join(' ')}\n`,
    cmdline,
    ...(cgroup !== undefined && { cgroup }),
    wchan: state === 'D' ? 'nfs_wait_bit_killable' : undefined,
  };
};

/** The process table with other processes in it. */
export const withProcesses = (...all: readonly ProcessLike[]) => ({
  [PROCESS_TABLE]: (table: ReadonlyMap<number, ProcessTexts> | undefined) =>
    new Map([...(table ?? []), ...all.map((one) => [one.pid, processTexts(one)] as const)]),
});

/** The cgroups whose path holds `part`, with other files. */
export const withCgroup = (part: string, files: Readonly<Record<string, string>>) => ({
  [CGROUP_TABLE]: (table: CgroupTable | undefined): CgroupTable | undefined =>
    table && {
      ...table,
      groups: new Map(
        [...table.groups].map(([path, group]): [string, CgroupTexts] => [
          path,
          path.includes(part)
            ? { ...group, use: { ...group.use, ...files }, rest: { ...group.rest, ...files } }
            : group,
        ]),
      ),
    },
});

/** Each thread of a table changed. */
export const eachThread =
  (change: (thread: ThreadTexts) => ThreadTexts) =>
  (table: ThreadTable | undefined): ThreadTable | undefined =>
    table && {
      ...table,
      processes: new Map(
        [...table.processes].map(([pid, one]) => [
          pid,
          { ...one, threads: new Map([...one.threads].map(([tid, thread]) => [tid, change(thread)])) },
        ]),
      ),
    };

/** Each reply to a request to several sockets. */
export const eachReply =
  (change: (text: string, path: string) => string | DaemonReply) =>
  (replies: ReadonlyMap<string, DaemonReply> | undefined): ReadonlyMap<string, DaemonReply> | undefined =>
    replies &&
    new Map(
      [...replies].map(([path, reply]) => {
        const text = reply.ok ? change(reply.text, path) : reply;
        return [path, typeof text === 'string' ? { ok: true, text, tookMs: 1 } : text];
      }),
    );
