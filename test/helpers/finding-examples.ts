import type { FindingExamples } from '../../src/commands/sheets.ts';
import { judge, type Judged } from '../../src/findings/judge.ts';
import { findingRank } from '../../src/findings/order.ts';
import { findings, sources } from '../../src/subsystems/index.ts';
import { hostMoments, hostNames } from './hosts.ts';
import { watched } from './moments.ts';

/** Findings of recorded hosts by rule, worst first. */
export async function findingExamples(hosts: readonly string[] = hostNames): Promise<FindingExamples> {
  const all: Judged[] = [];
  for (const host of hosts) {
    const { timeline, nowMs } = await watched(sources, hostMoments(host));
    all.push(...judge(findings, (needs) => timeline.latestMoment(needs, nowMs)));
  }
  return Map.groupBy(
    all.toSorted((a, b) => findingRank(a) - findingRank(b)),
    ({ rule }) => rule,
  );
}
