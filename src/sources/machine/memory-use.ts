import type { meminfo } from './meminfo.ts';
import type { SampleOf } from '../source.ts';

export type MeminfoSample = SampleOf<typeof meminfo>;

/** Use of memory, KiB; parts that the kernel does not report are undefined. */
export interface MemoryParts {
  readonly programsKiB: number | undefined;
  /** tmpfs and shared memory: not reclaimable, only swappable. */
  readonly sharedKiB: number | undefined;
  readonly kernelKiB: number | undefined;
  readonly hugeKiB: number | undefined;
  /** Page cache and reclaimable slab. */
  readonly cacheKiB: number | undefined;
  readonly freeKiB: number | undefined;
}

export function memoryParts(of: MeminfoSample): MemoryParts {
  const files = sum(of.cachedKiB, of.buffersKiB, of.slabReclaimableKiB);
  return {
    programsKiB: of.anonKiB,
    sharedKiB: of.shmemKiB,
    kernelKiB: sum(of.slabUnreclaimableKiB, of.kernelStackKiB, of.pageTablesKiB),
    hugeKiB: of.hugetlbKiB,
    // Shared memory is counted in Cached as well.
    cacheKiB: files === undefined ? undefined : Math.max(0, files - (of.shmemKiB ?? 0)),
    freeKiB: of.freeKiB,
  };
}

const sum = (...parts: readonly (number | undefined)[]): number | undefined =>
  parts.every((part) => part === undefined) ? undefined : parts.reduce<number>((total, part) => total + (part ?? 0), 0);

/** MemAvailable, percent of memory. */
export const availablePct = ({ availableKiB, totalKiB }: MeminfoSample): number | undefined =>
  availableKiB === undefined || totalKiB === undefined || totalKiB === 0 ? undefined : (100 * availableKiB) / totalKiB;

/** Share of swap in use, percent; undefined without swap. */
export const swapUsedPct = ({ swapTotalKiB, swapFreeKiB }: MeminfoSample): number | undefined =>
  swapTotalKiB === undefined || swapFreeKiB === undefined || swapTotalKiB === 0
    ? undefined
    : 100 - (100 * swapFreeKiB) / swapTotalKiB;
