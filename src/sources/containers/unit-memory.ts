import { keyValues, toCount } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';

/**
 * OOM kills and memory limits of slices and system services, by the path of their control group. Containers, pods and guests
 * are in the table of control groups. https://docs.kernel.org/admin-guide/cgroup-v2.html#memory-interface-files
 *
 *     memory.events: low 0, high 0, max 412, oom 3, oom_kill 3, each on its line, with the groups below
 *
 * cgroup v2 only. A service that ends takes its group along; its slice keeps the count.
 */
export const unitMemory = defineSource({
  id: 'unit-memory',
  title: 'OOM kills of units',
  why: 'Shows which slices and services had OOM kills, and their memory limits.',
  everySeconds: 10,
  value: 'low',
  reads: {
    slices: { kind: 'glob', pattern: '/sys/fs/cgroup/*.slice/memory.events' },
    services: { kind: 'glob', pattern: '/sys/fs/cgroup/system.slice/*.service/memory.events' },
    limits: { kind: 'glob', pattern: '/sys/fs/cgroup/system.slice/*.service/memory.max' },
  },
  parse: ({ slices, services, limits }): ReadonlyMap<string, UnitMemory> => {
    const units = new Map<string, UnitMemory>();
    for (const [file, text] of [...(slices ?? []), ...(services ?? [])]) {
      const path = groupOf(file);
      units.set(path, {
        oomKills: toCount(new Map(keyValues(text, /\s+/)).get('oom_kill')),
        // `max` is none.
        memoryMaxBytes: toCount(limits?.get(`/sys/fs/cgroup${path}/memory.max`)?.trim()),
      });
    }
    return units;
  },
});

export interface UnitMemory {
  /** Since the group was made, groups below included. */
  readonly oomKills: number | undefined;
  /** Undefined without a limit. */
  readonly memoryMaxBytes: number | undefined;
}

/** `/sys/fs/cgroup/system.slice/a.service/memory.events` → `/system.slice/a.service`. */
const groupOf = (file: string): string => file.slice('/sys/fs/cgroup'.length, file.lastIndexOf('/'));
