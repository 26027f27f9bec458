import type { SocketMemory } from '../../sources/machine/sockstat.ts';
import { grade, limits, type Grade } from '../../thresholds.ts';

export interface SocketMemoryUse {
  readonly pages: number;
  readonly maximumPages: number;
  readonly usedPct: number;
  readonly grade: Grade;
}

/** Share of the limit in use: from the pressure limit the kernel shrinks buffers, at the maximum it drops packets. */
export function socketMemoryUse({ pages, pressurePages, maximumPages }: SocketMemory): SocketMemoryUse | undefined {
  if (pages === undefined || !maximumPages) return undefined;
  const usedPct = (100 * pages) / maximumPages;
  const graded = grade(usedPct, limits.socketMemoryPct);
  return {
    pages,
    maximumPages,
    usedPct,
    grade: graded === 'text' && pages >= (pressurePages ?? Infinity) ? 'warn' : graded,
  };
}
