import { defineDetail, defineSource } from '../source.ts';
import { attribute } from '../sysfs.ts';

/**
 * States of ZFS pools by the kernel's own files: no program, which would wait for a suspended pool. zpoolconcepts(7).
 *
 *     /proc/spl/kstat/zfs/tank/state    ONLINE, DEGRADED, FAULTED, SUSPENDED
 */
export const zfsPools = defineSource({
  id: 'zfs-pools',
  title: 'ZFS pools',
  why: 'Shows pools that are degraded, faulted or suspended.',
  everySeconds: 10,
  reads: { states: { kind: 'glob', pattern: '/proc/spl/kstat/zfs/*/state' } },
  parse: ({ states }): ReadonlyMap<string, string> | undefined => states && attribute(states, 5),
});

/** Device of a pool. */
export interface PoolDevice {
  readonly name: string;
  readonly depth: number;
  readonly state: string;
  /** Errors of reads, writes and checksums. */
  readonly errors: readonly string[];
  readonly note: string;
}

export interface PoolStatus {
  /** Lines before and after the devices: `scan`, `status`, `errors`. */
  readonly notes: readonly string[];
  readonly devices: readonly PoolDevice[];
}

/** Devices of a pool with their errors: zpool-status(8). It waits as long as a suspended pool does, and is killed then. */
export const zpoolStatus = defineDetail({
  id: 'zpool-status',
  title: 'Status of a ZFS pool',
  why: 'Shows the devices of a pool with their errors, and scrub or resilver, when the engineer opens it.',
  everySeconds: 30,
  example: { pool: 'tank' },
  reads: ({ pool }: { readonly pool: string }) => ({
    status: { kind: 'run', argv: ['zpool', 'status', '-p', pool], as: 'root', timeoutMs: 10_000 },
  }),
  parse: ({ status }): PoolStatus | undefined => (status === undefined ? undefined : parsePoolStatus(status)),
});

/**
 *       pool: tank
 *      state: DEGRADED
 *       scan: scrub repaired 0 in 1 days 00:00:23 with 0 errors on Mon Nov 23 2026
 *     config:
 *
 *     	NAME        STATE     READ WRITE CKSUM
 *     	tank        DEGRADED     0     0     0
 *     	  sdb       FAULTED      3   120     0  too many errors
 *
 *     errors: No known data errors
 */
export function parsePoolStatus(text: string): PoolStatus {
  const notes: string[] = [];
  const devices: PoolDevice[] = [];
  let isConfig = false;
  for (const line of text.split('\n').slice(0, 5000)) {
    const [, key, value] = /^\s*(pool|state|status|action|see|scan|errors):\s*(.*)$/.exec(line) ?? [];
    if (line.startsWith('config:')) isConfig = true;
    else if (key !== undefined && !line.startsWith('\t')) {
      isConfig = false;
      notes.push(`${key}: ${value ?? ''}`);
    } else if (isConfig) {
      const [, indent = '', name, state, ...rest] = /^\t( *)(\S+)(?:\s+(\S+)(?:\s+(\S+)\s+(\S+)\s+(\S+))?(?:\s+(.*))?)?$/.exec(line) ?? []; // prettier-ignore
      if (name === undefined || name === 'NAME') continue;
      devices.push({ name, depth: indent.length / 2, state: state ?? '', errors: rest.slice(0, 3).flatMap((one) => one ?? []), note: rest[3] ?? '' }); // prettier-ignore
    } else if (line.trim() !== '') notes.push(line.trim());
  }
  return { notes, devices };
}
