import { countOf, fields, items, json, numberOf, textOf } from '../../lib/json.ts';
import { lines, toCount } from '../../lib/lines.ts';
import { baseName } from '../sysfs.ts';
import { defineSource } from '../source.ts';

/** Crash dumps of the last week by name, time and size; nothing of their content is read. */
export const FIND_CRASHES = [
  'find',
  '/var/crash',
  '/var/lib/systemd/coredump',
  '-mindepth',
  '1',
  '-maxdepth',
  '1',
  '-mtime',
  '-7',
  '-printf',
  String.raw`%T@ %s %y %p\n`,
];

/** Who kept a dump: `kernel` is a core by core_pattern without a handler. */
export type CrashKeeper = 'systemd' | 'apport' | 'kernel' | 'kdump' | 'pstore';

/** Crash dump by its name, attributes and head; all texts are hostile. */
export interface CrashFile {
  readonly path: string;
  /** A dump of the kernel: a folder of kdump, or the log that it left in the firmware (pstore). */
  readonly what: 'kernel' | 'program';
  /** Undefined in pstore, which dates its files at the boot after. */
  readonly epochSeconds: number | undefined;
  /** Undefined where its name does not state it. */
  readonly by: CrashKeeper | undefined;
  readonly bytes: number | undefined;
  /** Name of the program, as of its process or the last part of its path. */
  readonly program: string | undefined;
  readonly programPath: string | undefined;
  readonly pid: number | undefined;
  readonly uid: number | undefined;
  readonly signal: number | undefined;
  /** Package of the program with its version. */
  readonly package: string | undefined;
  /** Line of the kernel's panic, or exception of a program in Python. */
  readonly line: string | undefined;
}

/** What drgn(1) and crash(8) need to ask the running kernel. */
export interface LiveKernelAccess {
  readonly release: string;
  /** File of the kernel with debug information. */
  readonly symbols: string | undefined;
  readonly programs: readonly string[];
  readonly hasMemory: boolean;
  /** `none`, `integrity` or `confidentiality`; undefined without lockdown. */
  readonly lockdown: string | undefined;
}

export interface CrashDumps {
  /** Newest first where the collector listed them. */
  readonly files: readonly CrashFile[];
  /** Dumps beyond the limit. */
  readonly left: number;
  /** Folders that could not be listed, and by folder the number of dumps that are not readable, with the reason. */
  readonly unread: readonly string[];
  /** Undefined where python3 is missing on the host. */
  readonly liveKernel: LiveKernelAccess | undefined;
}

/**
 * Dumps that crashes left: kdump(8) makes a folder below /var/crash, apport and systemd-coredump(8) a file for a program, core_pattern of
 * core(5) names another folder, and the kernel's last lines lie in /sys/fs/pstore (Documentation/admin-guide/pstore-blk.rst), from where
 * systemd-pstore(8) moves them. The collector describes them; without it there are the names of find.
 *
 *     {"dumps":[{"by":"systemd","path":"/var/lib/systemd/coredump/core.shop.0.5f.812.1764485129000000.zst","at":1764485129.1,"bytes":181234,
 *      "signal":"11","comm":"shop","exe":"/usr/bin/shop","pid":"812","uid":"0","Package":"shop 1.2"}],"left":0,"unread":[],
 *      "live":{"release":"6.8.0-45-generic","symbols":"","programs":[],"memory":true,"lockdown":"[none] integrity confidentiality"}}
 *
 *     1764485126.1234 4096 d /var/crash/202611300645
 */
export const crashFiles = defineSource({
  id: 'crash-files',
  title: 'Crash dumps',
  why: 'Shows which program or kernel left a crash dump in the last week, and with which signal.',
  everySeconds: 120,
  value: 'low',
  reads: {
    // Packages of programs are looked up in the lists of dpkg, each once.
    described: {
      kind: 'talk',
      dialect: 'facts',
      to: 'facts:crashes',
      request: 'crashes',
      as: 'root',
      timeoutMs: 15_000,
    },
    // Exit 1: one of the two folders is not there.
    found: { kind: 'run', argv: FIND_CRASHES, as: 'root', okExits: [0, 1] },
    // Names alone: a byte of each.
    pstore: { kind: 'glob', pattern: '/sys/fs/pstore/dmesg-*', tailBytes: 1, as: 'root' },
  },
  parse: ({ described, found, pstore }): CrashDumps | undefined => {
    if (described !== undefined) return describedDumps(fields(json(described)));
    if (found === undefined && pstore === undefined) return undefined;
    const kept = [...(pstore ?? new Map<string, string>()).keys()].map((path) => named(path, 'kernel', undefined));
    return {
      files: [...lines(found ?? '').flatMap(fileOf), ...kept],
      left: 0,
      unread: [],
      liveKernel: undefined,
    };
  },
});

const named = (path: string, what: CrashFile['what'], epochSeconds: number | undefined): CrashFile => ({
  path,
  what,
  epochSeconds,
  ...(what === 'program' ? ofName(path) : NOTHING),
});

const NOTHING = { by: undefined, bytes: undefined, program: undefined, programPath: undefined, pid: undefined, uid: undefined, signal: undefined, package: undefined, line: undefined }; // prettier-ignore

/** What the name of a file has: `core.COMM.UID.BOOT.PID.TIME` of systemd, `_usr_bin_shop.UID.crash` of apport. */
function ofName(path: string): typeof NOTHING | Omit<CrashFile, 'path' | 'what' | 'epochSeconds'> {
  const name = baseName(path) ?? '';
  const [, comm, uid, pid] =
    /^core\.(.{1,64})\.(\d{1,10})\.[\da-f]{6,32}\.(\d{1,10})\.\d{10,20}(?:\.\w{1,4})?$/.exec(name) ?? [];
  if (comm !== undefined) return { ...NOTHING, by: 'systemd', program: comm, uid: toCount(uid), pid: toCount(pid) };
  const [, program, owner] = /^(?:.*_)?([^_]{1,200})\.(\d{1,10})\.crash$/.exec(name) ?? [];
  return program === undefined ? NOTHING : { ...NOTHING, by: 'apport', program, uid: toCount(owner) };
}

function fileOf(line: string): readonly CrashFile[] {
  const [, time, type, path] = /^(\d{1,12}\.\d+) \d+ ([a-z]) (\/.*)$/.exec(line) ?? [];
  if (time === undefined || path === undefined) return [];
  const name = baseName(path) ?? '';
  // kdump-tools names folders by the time of the crash, Red Hat's by host and time.
  const isKernel = type === 'd' && path.startsWith('/var/crash/') && /\d{4}-?\d\d-?\d\d/.test(name);
  if (!isKernel && !/\.crash$|^core\./.test(name)) return [];
  return [named(path, isKernel ? 'kernel' : 'program', Number(time))];
}

const KEEPERS: readonly CrashKeeper[] = ['systemd', 'apport', 'kernel', 'kdump', 'pstore'];
const MAX_TEXT = 300;

function describedDumps(reply: Readonly<Record<string, unknown>>): CrashDumps {
  const live = fields(reply['live']);
  return {
    files: items(reply['dumps']).flatMap((one) => describedFile(fields(one)) ?? []),
    left: countOf(reply['left']) ?? 0,
    unread: items(reply['unread']).flatMap((one) => short(one) ?? []),
    liveKernel: {
      release: short(live['release']) ?? '',
      symbols: short(live['symbols']) || undefined,
      programs: items(live['programs']).flatMap((one) => short(one) ?? []),
      hasMemory: live['memory'] === true,
      lockdown: /\[(\w+)\]/.exec(short(live['lockdown']) ?? '')?.[1],
    },
  };
}

const short = (value: unknown): string | undefined => textOf(value)?.slice(0, MAX_TEXT);

function describedFile(one: Readonly<Record<string, unknown>>): CrashFile | undefined {
  const [path, by, at] = [textOf(one['path']), KEEPERS.find((keeper) => keeper === one['by']), numberOf(one['at'])];
  if (path === undefined || by === undefined) return undefined;
  const isKernel = by === 'kdump' || by === 'pstore' || short(one['ProblemType'])?.startsWith('Kernel') === true;
  const byName = ofName(path);
  const programPath = short(one['exe']) ?? short(one['ExecutablePath']);
  return {
    path,
    what: isKernel ? 'kernel' : 'program',
    epochSeconds: by === 'pstore' ? undefined : at,
    by,
    bytes: countOf(one['bytes']),
    program: isKernel ? undefined : (short(one['comm']) ?? (programPath === undefined ? byName.program : baseName(programPath))),
    programPath,
    pid: toCount(short(one['pid'])) ?? byName.pid,
    uid: toCount(short(one['uid'])) ?? byName.uid,
    signal: toCount(short(one['signal']) ?? short(one['Signal'])),
    package: short(one['Package']),
    line: short(one['line']) ?? short(one['Traceback']),
  }; // prettier-ignore
}
