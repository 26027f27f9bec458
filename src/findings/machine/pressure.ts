import { percent } from '../../lib/units.ts';
import { recentPct, stallOf, type StallKind } from '../../sources/machine/pressure-rates.ts';
import { pressure as source, type Stall } from '../../sources/machine/pressure.ts';
import { defineFinding, type Found } from '../finding.ts';
import { grade, limits, type Limit } from '../../thresholds.ts';

interface Rule extends StallKind {
  readonly limit: Limit;
  readonly words: string;
  readonly next: string;
}

/** The worse sign of each resource first; waiting for a CPU is judged together with load. */
const RULES: readonly Rule[] = [
  {
    resource: 'memory',
    kind: 'full',
    limit: limits.memoryFullPct,
    words: 'nothing gets done because everybody waits for memory',
    next: 'see Memory for swapping and reclaim, and Processes by memory for who takes it',
  },
  {
    resource: 'memory',
    kind: 'some',
    limit: limits.memorySomePct,
    words: 'something waits for memory',
    next: 'see Memory for swapping and reclaim; a group at its own limit shows here as well',
  },
  {
    resource: 'io',
    kind: 'full',
    limit: limits.ioFullPct,
    words: 'nothing gets done because everybody waits for disks',
    next: 'see Disks for the one that is slow or full of requests, and Processes for state D',
  },
  {
    resource: 'irq',
    kind: 'full',
    limit: limits.irqFullPct,
    words: 'programs stand still behind interrupts',
    next: 'see Soft interrupts and Interrupts for the CPU that serves them',
  },
];

/** Programs lose time waiting: for a minute, and still now. */
export const pressure = defineFinding({
  id: 'pressure',
  title: 'Time lost waiting for memory, disks or interrupts',
  needs: { pressure: source },
  authority: `docs.kernel.org/accounting/psi.html; memory full from 1 % and 10 %: ${limits.memoryFullPct.authority}; others own`,
  judge: ({ pressure: seen }) => {
    const said = new Set<string>();
    return RULES.flatMap((rule): Found[] => {
      const stall = stallOf(seen.now, rule);
      const severity = grade(standingPct(stall, recentPct(seen, rule)), rule.limit);
      if (!stall || severity === 'text' || said.has(rule.resource)) return [];
      said.add(rule.resource);
      const source = `/proc/pressure/${rule.resource}`;
      return [
        {
          severity,
          subject: rule.resource,
          sentence: `${rule.words} ${percent(stall.avg10Pct)} of the time (${percent(stall.avg60Pct)} over the last minute)`,
          evidence: [
            { what: `${rule.kind} avg10`, value: percent(stall.avg10Pct), source },
            { what: `${rule.kind} avg60`, value: percent(stall.avg60Pct), source },
            { what: `${rule.kind} avg300`, value: percent(stall.avg300Pct), source },
          ],
          next: rule.next,
          pane: 'hardware',
        },
      ];
    });
  },
});

/**
 * What has stood for a minute and stands now. Averages decay: after a minute at 100 % avg10 takes 46 s to fall below 1 %, so the
 * total of the last seconds must agree where there are two readings.
 */
function standingPct(stall: Stall | undefined, recent: number | undefined): number | undefined {
  return stall?.avg10Pct === undefined || stall.avg60Pct === undefined
    ? undefined
    : Math.min(stall.avg10Pct, stall.avg60Pct, recent ?? Infinity);
}
