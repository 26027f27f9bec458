import { lines, toCount, toNumber, words } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';
import { attribute } from '../sysfs.ts';

/**
 * Swap areas, and the control groups of services that have swapped: proc_swaps(5), admin-guide/cgroup-v2. The kernel writes a used
 * swap file that was removed with ` (deleted)` and its blanks as \040.
 *
 *     Filename				Type		Size		Used		Priority
 *     /dev/zram0                              partition	1048572		204800		100
 *     /swapfile                               file		524284		0		-2
 */
export const swaps = defineSource({
  id: 'swaps',
  title: 'Swap',
  why: 'Shows swap areas with their use, and which service fills them at which limit.',
  // A host of containers has four files for each.
  everySeconds: 15,
  reads: {
    areas: { kind: 'file', path: '/proc/swaps' },
    unitSwap: { kind: 'glob', pattern: '/sys/fs/cgroup/*.slice/*/memory.swap.current' },
    unitMax: { kind: 'glob', pattern: '/sys/fs/cgroup/*.slice/*/memory.max' },
    unitHigh: { kind: 'glob', pattern: '/sys/fs/cgroup/*.slice/*/memory.high' },
    unitMemory: { kind: 'glob', pattern: '/sys/fs/cgroup/*.slice/*/memory.current' },
  },
  parse: (values) => {
    const [maxima, high, memory] = [values.unitMax, values.unitHigh, values.unitMemory].map((glob) =>
      attribute(glob, 5),
    );
    return {
      areas: values.areas === undefined ? undefined : areasOf(values.areas),
      groups: [...attribute(values.unitSwap, 5)].flatMap(([name, text]): SwappedGroup[] => {
        const swapBytes = toCount(text);
        const limits = [maxima?.get(name), high?.get(name)].flatMap((limit) => toCount(limit) ?? []);
        return swapBytes === undefined || swapBytes === 0
          ? []
          : [{ name, swapBytes, memoryBytes: toCount(memory?.get(name)), limitBytes: limits.length === 0 ? undefined : Math.min(...limits) }]; // prettier-ignore
      }),
    };
  },
});

export interface SwapArea {
  readonly name: string;
  /** In memory (zram), on a disk, or a file. */
  readonly kind: 'zram' | 'disk' | 'file';
  readonly sizeBytes: number | undefined;
  readonly usedBytes: number | undefined;
  readonly priority: number | undefined;
}

/** Control group of a service or of a login with memory in swap. */
export interface SwappedGroup {
  /** Unit: `lab.service`, `user-1000.slice`. */
  readonly name: string;
  readonly swapBytes: number;
  readonly memoryBytes: number | undefined;
  /** The lower of memory.max and memory.high; undefined without a limit. */
  readonly limitBytes: number | undefined;
}

const areasOf = (text: string): readonly SwapArea[] =>
  lines(text).flatMap((line): SwapArea[] => {
    const cells = words(line);
    const [priority, used, size, type] = cells.toReversed();
    const name = cells.slice(0, -4).join(' ');
    if (!name.startsWith('/') || (type !== 'partition' && type !== 'file')) return [];
    const kind = /^\/dev\/zram\d/.test(name) ? 'zram' : type === 'file' ? 'file' : 'disk';
    return [{ name, kind, sizeBytes: kibBytes(size), usedBytes: kibBytes(used), priority: toNumber(priority) }];
  });

const kibBytes = (text: string | undefined): number | undefined => {
  const kib = toCount(text);
  return kib === undefined ? undefined : kib * 1024;
};
