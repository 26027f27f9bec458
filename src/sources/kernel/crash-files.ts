import { lines } from '../../lib/lines.ts';
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

export interface CrashFile {
  readonly path: string;
  /** A dump of the kernel: a folder of kdump, or the log that it left in the firmware (pstore). */
  readonly what: 'kernel' | 'program';
  /** Undefined in pstore, which dates its files at the boot after. */
  readonly epochSeconds: number | undefined;
}

/**
 * Dumps that crashes left: kdump(5) makes a folder below /var/crash, apport and systemd-coredump(8) a file for a program, and the kernel's last
 * lines lie in /sys/fs/pstore (Documentation/admin-guide/pstore-blk.rst), from where systemd-pstore(8) moves them.
 *
 *     1764485126.1234 4096 d /var/crash/202611300645
 *     1764485126.1234 181234 f /var/crash/_usr_bin_shop.0.crash
 */
export const crashFiles = defineSource({
  id: 'crash-files',
  title: 'Crash dumps',
  why: 'Shows whether the kernel or a program left a crash dump in the last week.',
  everySeconds: 120,
  value: 'low',
  reads: {
    // Exit 1: one of the two folders is not there.
    found: { kind: 'run', argv: FIND_CRASHES, as: 'root', okExits: [0, 1] },
    // Names alone: a byte of each.
    pstore: { kind: 'glob', pattern: '/sys/fs/pstore/dmesg-*', tailBytes: 1, as: 'root' },
  },
  parse: ({ found, pstore }): readonly CrashFile[] | undefined =>
    found === undefined && pstore === undefined
      ? undefined
      : [
          ...lines(found ?? '').flatMap(fileOf),
          ...[...(pstore ?? new Map<string, string>()).keys()].map((path): CrashFile => ({
            path,
            what: 'kernel',
            epochSeconds: undefined,
          })),
        ],
});

function fileOf(line: string): readonly CrashFile[] {
  const [, time, type, path] = /^(\d{1,12}\.\d+) \d+ ([a-z]) (\/.*)$/.exec(line) ?? [];
  if (time === undefined || path === undefined) return [];
  const name = baseName(path) ?? '';
  // kdump-tools names folders by the time of the crash, Red Hat's by host and time.
  const isKernel = type === 'd' && path.startsWith('/var/crash/') && /\d{4}-?\d\d-?\d\d/.test(name);
  if (!isKernel && !/\.crash$|^core\./.test(name)) return [];
  return [{ path, what: isKernel ? 'kernel' : 'program', epochSeconds: Number(time) }];
}
