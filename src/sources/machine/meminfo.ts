import { lines, partOf, toCount } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';

/**
 * Memory of the whole machine, in KiB (kB in the file are 1024 bytes). proc_meminfo(5), and
 * https://docs.kernel.org/filesystems/proc.html#meminfo
 *
 *     MemTotal:        2058228 kB
 *     MemAvailable:    1500132 kB
 *     HugePages_Total:      64
 *
 * MemAvailable exists since commit 34e431b0ae39 (in v3.14), Hugetlb since fcb2b0c577f1.
 */
export const meminfo = defineSource({
  id: 'meminfo',
  title: 'Memory',
  why: 'Shows available memory, and its use by anonymous pages, cache, huge pages and kernel.',
  everySeconds: 2,
  value: 'high',
  reads: { text: { kind: 'file', path: '/proc/meminfo' } },
  parse: ({ text }) => {
    const of = meminfoFields(text ?? '');
    const totalKiB = of.get('MemTotal');
    const inMemory = (name: string) => partOf(of.get(name), totalKiB);
    const hugePages = of.get('HugePages_Total');
    const hugePageKiB = of.get('Hugepagesize');
    return {
      totalKiB,
      freeKiB: inMemory('MemFree'),
      availableKiB: inMemory('MemAvailable'),
      buffersKiB: inMemory('Buffers'),
      cachedKiB: inMemory('Cached'),
      anonKiB: inMemory('AnonPages'),
      mappedKiB: of.get('Mapped'),
      shmemKiB: inMemory('Shmem'),
      slabKiB: inMemory('Slab'),
      slabReclaimableKiB: inMemory('SReclaimable'),
      slabUnreclaimableKiB: inMemory('SUnreclaim'),
      kernelStackKiB: inMemory('KernelStack'),
      pageTablesKiB: inMemory('PageTables'),
      unevictableKiB: inMemory('Unevictable'),
      dirtyKiB: inMemory('Dirty'),
      writebackKiB: inMemory('Writeback'),
      swapTotalKiB: of.get('SwapTotal'),
      swapFreeKiB: partOf(of.get('SwapFree'), of.get('SwapTotal')),
      commitLimitKiB: of.get('CommitLimit'),
      committedKiB: of.get('Committed_AS'),
      anonHugeKiB: inMemory('AnonHugePages'),
      hardwareCorruptedKiB: inMemory('HardwareCorrupted'),
      /** Huge pages of the default size only; other sizes are in the source `hugepages`. */
      hugePages,
      hugePagesFree: partOf(of.get('HugePages_Free'), hugePages),
      hugePagesReserved: of.get('HugePages_Rsvd'),
      hugePageKiB,
      /** Huge pages of all sizes; of the default size where the kernel has no sum. */
      hugetlbKiB:
        of.get('Hugetlb') ??
        (hugePages === undefined || hugePageKiB === undefined ? undefined : hugePages * hugePageKiB),
    };
  },
});

/** `Name:  123 kB` and, in a node's file, `Node 0 Name:  123 kB`, to numbers by name. */
export function meminfoFields(text: string): ReadonlyMap<string, number> {
  const fields = new Map<string, number>();
  for (const line of lines(text)) {
    const [, name, digits] = /^(?:Node\s+\d+\s+)?([\w()]+):\s*(\d+)/.exec(line) ?? [];
    const value = toCount(digits);
    if (name !== undefined && value !== undefined) fields.set(name, value);
  }
  return fields;
}
