import { toCount } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';
import { attribute } from '../sysfs.ts';

/**
 * Sets of bcache: Documentation/admin-guide/bcache.rst. A link of a member leads to its device; a backing device that lost its cache is
 * in no set and has the state `no cache`.
 *
 *     /sys/fs/bcache/UUID/cache_available_percent   99
 *     /sys/fs/bcache/UUID/cache0                    ../../../devices/pci0000:00/…/block/vdb/vdb2/bcache
 *     /sys/fs/bcache/UUID/bdev0/cache_mode          writethrough [writeback] writearound none
 *     /sys/block/bcache0/bcache/state               dirty
 */
export const bcache = defineSource({
  id: 'bcache',
  title: 'bcache',
  why: 'Shows caches without room, with errors, or lost by their disks.',
  everySeconds: 10,
  value: 'low',
  reads: {
    members: { kind: 'glob', pattern: '/sys/fs/bcache/*/*', links: true },
    available: { kind: 'glob', pattern: '/sys/fs/bcache/*/cache_available_percent' },
    readThresholds: { kind: 'glob', pattern: '/sys/fs/bcache/*/congested_read_threshold_us' },
    writeThresholds: { kind: 'glob', pattern: '/sys/fs/bcache/*/congested_write_threshold_us' },
    errors: { kind: 'glob', pattern: '/sys/fs/bcache/*/cache*/io_errors' },
    cutoffs: { kind: 'glob', pattern: '/sys/fs/bcache/*/bdev*/sequential_cutoff' },
    modes: { kind: 'glob', pattern: '/sys/fs/bcache/*/bdev*/cache_mode' },
    writebackPcts: { kind: 'glob', pattern: '/sys/fs/bcache/*/bdev*/writeback_percent' },
    states: { kind: 'glob', pattern: '/sys/block/bcache*/bcache/state' },
  },
  parse: (values): Bcache | undefined => {
    if (values.members === undefined && values.states === undefined) return undefined;
    const [available, reads, writes] = [values.available, values.readThresholds, values.writeThresholds].map((glob) => attribute(glob, 4)); // prettier-ignore
    const sets = [...(available ?? [])].map(([uuid, pct]): CacheSet => {
      const members = [...(values.members ?? [])].filter(([path]) => path.startsWith(`/sys/fs/bcache/${uuid}/`));
      const devices = (word: string) => members.flatMap(([path, link]) => (new RegExp(String.raw`/${word}\d+$`).test(path) ? deviceOf(link) : [])); // prettier-ignore
      const of = (glob: ReadonlyMap<string, string> | undefined) =>
        [...(glob ?? [])].flatMap(([path, text]) => (path.startsWith(`/sys/fs/bcache/${uuid}/`) ? text.trim() : []));
      return {
        uuid,
        caches: devices('cache'),
        backings: devices('bdev'),
        availablePct: toCount(pct),
        congestedReadUs: toCount(reads?.get(uuid)),
        congestedWriteUs: toCount(writes?.get(uuid)),
        ioErrors: of(values.errors).reduce((sum, text) => sum + (toCount(text) ?? 0), 0),
        cutoffs: of(values.cutoffs),
        modes: of(values.modes).flatMap((text) => /\[(\w+)\]/.exec(text)?.[1] ?? []),
        writebackPcts: of(values.writebackPcts).flatMap((text) => toCount(text) ?? []),
      };
    });
    return { sets, states: attribute(values.states, 3) };
  },
});

export interface Bcache {
  readonly sets: readonly CacheSet[];
  /** Name of a bcache device → `clean`, `dirty`, `inconsistent`, `no cache`. */
  readonly states: ReadonlyMap<string, string>;
}

export interface CacheSet {
  readonly uuid: string;
  /** Kernel names of its caches and backing devices. */
  readonly caches: readonly string[];
  readonly backings: readonly string[];
  /** Share without dirty data or metadata; below 30 % writes bypass it. */
  readonly availablePct: number | undefined;
  /** Latency of the cache above which requests bypass it; 0: never. */
  readonly congestedReadUs: number | undefined;
  readonly congestedWriteUs: number | undefined;
  readonly ioErrors: number;
  /** Of its backing devices: `4.0M`, `0.0k`. */
  readonly cutoffs: readonly string[];
  readonly modes: readonly string[];
  readonly writebackPcts: readonly number[];
}

/** `../../../devices/…/block/vdb/vdb2/bcache` → `vdb2`. */
const deviceOf = (link: string): readonly string[] => link.split('/').slice(-2, -1);
