import { mountFinder } from '../../sources/machine/mounts.ts';
import type { BlockedFile, Filesystem, FilesystemTable, filesystems } from '../../sources/storage/filesystems.ts';
import type { SampleOf } from '../../sources/source.ts';
import type { Entry, Seen } from '../../timeline/moment.ts';

type SeenFilesystems = Seen<SampleOf<typeof filesystems>>;

/** Waits of writers of a frozen filesystem: sb_start_write, by kernel. */
const FROZEN = /^(?:percpu_rwsem_wait|__percpu_down_read|percpu_down_read|__sb_start_write|sb_start_write)/;

/** A mount that does not serve its files. */
export interface Unresponsive {
  readonly filesystem: Filesystem;
  readonly condition: 'hung' | 'failed' | 'frozen';
  /** Since when, seconds; undefined where no clock has it. */
  readonly forSeconds: number | undefined;
  /** `in D state at rpc_wait_bit_killable`, `EIO`. */
  readonly where: string;
  /** Processes that wait in it. */
  readonly pids: readonly number[];
}

/** Errors of statfs that mean a mount without its server, program or disk. Others, as EACCES, are about our rights. */
const GONE: Readonly<Record<string, string>> = {
  EIO: 'I/O error, shut down or disk gone',
  ESTALE: 'stale file handle',
  ENOTCONN: 'its program is gone',
  ECONNABORTED: 'connection aborted',
  EHOSTDOWN: 'server down',
  EHOSTUNREACH: 'server unreachable',
  ETIMEDOUT: 'server timeout',
  EUCLEAN: 'structure needs cleaning',
  ENODEV: 'device gone',
  ENXIO: 'device gone',
  ESHUTDOWN: 'shut down',
};

/** Mounts that do not respond to statfs, that fail, and that are frozen: writers wait in two readings. */
export function unresponsiveMounts({ now, before, history }: SeenFilesystems): readonly Unresponsive[] {
  const at = history.at(-1)?.at;
  if (now === undefined) return [];
  const waiting = blockedByMount(now);
  const waited = before === undefined ? undefined : frozenPids(before);
  return now.filesystems.flatMap((filesystem): Unresponsive[] => {
    const { probe, target } = filesystem;
    const blocked = waiting.get(target) ?? [];
    const pids = [...new Set(blocked.map(({ pid }) => pid))];
    if (probe.state === 'hung') {
      const forSeconds = probe.at === undefined || at === undefined ? undefined : Math.max(0, at - probe.at);
      return [{ filesystem, condition: 'hung', forSeconds, where: probe.where, pids }];
    }
    const why = probe.state === 'failed' ? GONE[probe.code] : undefined;
    if (probe.state === 'failed' && why !== undefined)
      return [{ filesystem, condition: 'failed', forSeconds: undefined, where: `${probe.code} (${why})`, pids }];
    const frozen = blocked.filter(({ wchan, pid }) => FROZEN.test(wchan) && waited?.has(pid));
    const [first] = frozen;
    if (first === undefined) return [];
    const waiters = [...new Set(frozen.map(({ pid }) => pid))];
    return [{ filesystem, condition: 'frozen', forSeconds: frozenFor(history, waiters), where: first.wchan, pids: waiters }]; // prettier-ignore
  });
}

const frozenPids = ({ blocked }: FilesystemTable): ReadonlySet<number> =>
  new Set(blocked.filter(({ wchan }) => FROZEN.test(wchan)).map(({ pid }) => pid));

/** Time over which one of the processes was seen waiting in each reading. */
function frozenFor(
  history: readonly Entry<FilesystemTable | undefined>[],
  pids: readonly number[],
): number | undefined {
  const last = history.at(-1);
  let since = last?.at;
  for (const { at, sample } of history.toReversed()) {
    const waits = sample && frozenPids(sample);
    if (!waits || !pids.some((pid) => waits.has(pid))) break;
    since = at;
  }
  return last === undefined || since === undefined ? undefined : last.at - since;
}

/** Files of processes in D state by the mount that holds them. */
function blockedByMount({ filesystems: all, blocked }: FilesystemTable): ReadonlyMap<string, readonly BlockedFile[]> {
  const mountAt = mountFinder(new Map(all.map((one) => [one.target, one])));
  const found = new Map<string, BlockedFile[]>();
  for (const file of blocked) {
    const target = mountAt(file.path)?.target;
    if (target !== undefined) found.set(target, [...(found.get(target) ?? []), file]);
  }
  return found;
}

/** Why a filesystem takes no writes. */
export type ReadOnlyReason =
  /** Option `emergency_ro` (since v6.13): errors=remount-ro. */
  | 'error'
  /** The filesystem is read-only below a mount that is not: the kernel made it so. */
  | 'kernel'
  /** It was writable in an earlier reading. */
  | 'remounted'
  /** /etc/fstab mounts it writable. */
  | 'fstab';

/** Severity of a read-only filesystem: critical where the kernel made it so, not a person or a script. */
export const readOnlySeverity = (reason: ReadOnlyReason): 'crit' | 'warn' =>
  reason === 'error' || reason === 'kernel' ? 'crit' : 'warn';

export const isReadOnly = ({ options, superOptions }: Filesystem): boolean =>
  options.includes('ro') || superOptions.includes('ro') || superOptions.includes('emergency_ro');

/** Reason for which a read-only filesystem should be writable; undefined for one that is writable, or read-only by intent. */
export function readOnlyReason(
  filesystem: Filesystem,
  { fstab }: FilesystemTable,
  wasWritable: boolean,
): ReadOnlyReason | undefined {
  const { options, superOptions, target } = filesystem;
  if (superOptions.includes('emergency_ro')) return 'error';
  if (!isReadOnly(filesystem)) return undefined;
  if (options.includes('rw') && superOptions.includes('ro')) return 'kernel';
  if (wasWritable) return 'remounted';
  const wanted = fstab?.get(target);
  return wanted !== undefined && !wanted.includes('ro') ? 'fstab' : undefined;
}

/** Mount points that were writable in an earlier reading of the window. */
export const onceWritable = ({ history }: SeenFilesystems): ReadonlySet<string> =>
  new Set(
    [history[0], history.at(-Math.ceil(history.length / 2))].flatMap(
      (entry) => entry?.sample?.filesystems.filter((one) => !isReadOnly(one)).map(({ target }) => target) ?? [],
    ),
  );

/** Process in D state in a read, write or sync, and the mount that holds the file. */
export const blockedIn = (table: FilesystemTable): readonly (readonly [pid: number, target: string])[] =>
  [...blockedByMount(table)].flatMap(([target, files]) => files.map(({ pid }) => [pid, target] as const));
