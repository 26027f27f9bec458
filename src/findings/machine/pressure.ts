import { percent } from '../../lib/units.ts';
import { standingPct, stallOf, type StallKind } from '../../sources/machine/pressure-rates.ts';
import { pressure as source } from '../../sources/machine/pressure.ts';
import { hostResource } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { grade, limits, type Limit } from '../../thresholds.ts';

interface Rule extends StallKind {
  readonly limit: Limit;
  readonly stalled: string;
  readonly next: string;
}

/** Worst sign of each resource first; PSI cpu is judged with the run queue. */
const RULES: readonly Rule[] = [
  {
    resource: 'memory',
    kind: 'full',
    limit: limits.memoryFullPct,
    stalled: 'all tasks stalled on memory',
    next: 'open Hardware, Memory: swap and reclaim; Processes, sort by RSS',
  },
  {
    resource: 'memory',
    kind: 'some',
    limit: limits.memorySomePct,
    stalled: 'some tasks stalled on memory',
    next: 'open Hardware, Memory: swap and reclaim; Containers: a cgroup at its limit counts here too',
  },
  {
    resource: 'io',
    kind: 'full',
    limit: limits.ioFullPct,
    stalled: 'all tasks stalled on I/O',
    next: 'open Hardware, Disks: await and aqu-sz; Processes: D state',
  },
  {
    resource: 'io',
    kind: 'some',
    limit: limits.ioSomePct,
    stalled: 'some tasks stalled on I/O',
    next: 'open Hardware, Disks: await and aqu-sz; Processes, sort by READ/s or WRITE/s',
  },
  {
    resource: 'irq',
    kind: 'full',
    limit: limits.irqFullPct,
    stalled: 'tasks stalled by interrupts',
    next: 'open Hardware, Softirqs per CPU and Interrupts: the CPU that serves them',
  },
];

/** PSI stalls over the last minute that still last. */
export const pressure = defineFinding({
  id: 'pressure',
  title: 'Pressure stalls (PSI)',
  needs: { pressure: source },
  authority: `docs.kernel.org/accounting/psi.html; memory full at 1 % and 10 %: ${limits.memoryFullPct.authority}; others own`,
  judge: ({ pressure: seen }) => {
    const found = new Set<string>();
    return RULES.flatMap((rule): Found[] => {
      const stall = stallOf(seen.now, rule);
      const severity = grade(standingPct(seen, rule), rule.limit);
      if (!stall || severity === 'text' || found.has(rule.resource)) return [];
      found.add(rule.resource);
      const source = `/proc/pressure/${rule.resource}`;
      return [
        {
          severity,
          subject: rule.resource,
          subjectVocabulary: 'fixed',
          entity: hostResource(rule.resource),
          sentence: `PSI ${rule.kind} ${percent(stall.avg10Pct)} (${percent(stall.avg60Pct)} over 1 min), ${rule.stalled}`,
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
