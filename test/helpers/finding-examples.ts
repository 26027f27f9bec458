import type { FindingExamples } from '../../src/commands/sheets.ts';
import { judge, type Judged } from '../../src/findings/judge.ts';
import { findingRank } from '../../src/findings/order.ts';
import { findings, sources } from '../../src/subsystems/index.ts';
import { faults } from '../findings/faults.ts';
import { faultFound } from './found-on.ts';
import { hostMoments, hostNames } from './hosts.ts';
import { watched } from './moments.ts';

/** Findings of recorded hosts, and of the faults laid over them for the rules that find nothing there, by rule, worst first. */
export async function findingExamples(hosts: readonly string[] = hostNames): Promise<FindingExamples> {
  const all: Judged[] = [];
  for (const host of hosts) {
    const { timeline, nowMs } = await watched(sources, hostMoments(host));
    all.push(...judge(findings, (needs) => timeline.latestMoment(needs, nowMs)));
  }
  const found = new Set(all.map(({ rule }) => rule));
  for (const fault of faults) if (!found.has(fault.rule.id)) all.push(...(await faultFound(fault)));
  return Map.groupBy(
    all.toSorted((a, b) => findingRank(a) - findingRank(b)),
    ({ rule }) => rule,
  );
}
