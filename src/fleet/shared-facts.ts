import { isRead, type HostRow } from './host-row.ts';

/** Fact that hosts with a problem have, and others have not, with its counts. */
export interface SharedFact {
  /** `package openssl 3.0.17-1`; several that the same hosts have are one. */
  readonly facts: readonly string[];
  /** Hosts with the problem that have it, and all of them whose facts were read. */
  readonly bad: number;
  readonly allBad: number;
  /** The same of hosts without the problem. */
  readonly others: number;
  readonly allOthers: number;
  /** How much more often the bad ones have it than all hosts. */
  readonly lift: number;
}

/** Share of the bad hosts that have a fact, and the probability of that by chance, one-sided (Fisher's exact test). */
const LEAST_SHARE = 0.66;
const MOST_CHANCE = 0.05;
const MOST_FACTS = 5;

/** Facts by which hosts with a problem differ from those without it. One bad host shares nothing with itself. */
export function sharedFacts(hosts: readonly HostRow[], bad: ReadonlySet<string>): readonly SharedFact[] {
  const known = hosts.filter((host) => isRead(host) && host.facts.length > 0);
  const allBad = known.filter(({ name }) => bad.has(name)).length;
  const allOthers = known.length - allBad;
  if (allBad < 2 || allOthers < 2) return [];
  const counts = new Map<string, { bad: number; others: number }>();
  for (const { name, facts } of known) {
    const isBad = bad.has(name);
    for (const fact of facts) {
      const one = counts.get(fact) ?? { bad: 0, others: 0 };
      if (isBad) one.bad++;
      else one.others++;
      counts.set(fact, one);
    }
  }
  const found = [...counts].flatMap(([fact, one]) => {
    const lift = one.bad / allBad / ((one.bad + one.others) / known.length);
    const isShared = one.bad >= 2 && one.bad >= LEAST_SHARE * allBad && lift > 1;
    const chance = isShared ? chanceOf(one.bad, allBad, one.others, allOthers) : 1;
    return chance <= MOST_CHANCE ? [{ fact, ...one, lift, chance }] : [];
  });
  // Packages of one source change together: the same counts are one line.
  const alike = Map.groupBy(found, ({ bad: with_, others }) => `${with_} ${others}`);
  return [...alike.values()]
    .flatMap((group) => {
      const [first] = group;
      return first ? [{ ...first, facts: group.map(({ fact }) => fact).toSorted() }] : [];
    })
    .toSorted((a, b) => a.chance - b.chance)
    .slice(0, MOST_FACTS)
    .map(({ facts, bad: count, others, lift }) => ({ facts, bad: count, allBad, others, allOthers, lift }));
}

/** Probability that so many of the hosts with the fact, or more, are bad ones. */
function chanceOf(bad: number, allBad: number, others: number, allOthers: number): number {
  const withFact = bad + others;
  const all = allBad + allOthers;
  let chance = 0;
  for (let k = bad; k <= Math.min(allBad, withFact); k++)
    chance += Math.exp(logChoose(allBad, k) + logChoose(allOthers, withFact - k) - logChoose(all, withFact));
  return chance;
}

function logChoose(n: number, k: number): number {
  if (k < 0 || k > n) return -Infinity;
  let sum = 0;
  for (let i = 1; i <= k; i++) sum += Math.log((n - k + i) / i);
  return sum;
}
