import { entityText, thisHost } from '../findings/entity-ref.ts';
import type { Judged } from '../findings/judge.ts';
import type { EntityKey } from '../incidents/entity-graph.ts';
import type { Look, Looked } from '../incidents/observation.ts';
import { plain } from '../lib/plain.ts';
import type { AnySource } from '../sources/source.ts';
import type { Moment, Needs, Seen } from '../timeline/moment.ts';
import type { MomentOf } from '../timeline/provider.ts';
import { isWhole, stateOf, stateWords } from '../timeline/reading-state.ts';
import type { AnyCheckProvider, Check } from './check.ts';

/**
 * `accused`: a finding is there. `unread`: the value could not be read, or is stale. `absent`: looked for, and not present.
 * `cleared`: read, and no finding.
 */
export type Verdict = 'accused' | 'unread' | 'absent' | 'cleared';

/** Line of the ledger: one check, or equal checks of several objects with the worst of them. */
export interface LedgerLine<Finding> {
  readonly key: string;
  readonly verdict: Verdict;
  /** The check; of several the one with the worst value. */
  readonly check: Check;
  /** Number of objects in the line. */
  readonly count: number;
  /** Figures of the line: several where these are unread for one reason. */
  readonly whats: readonly string[];
  /** Whether the values of the objects differ, so that the worst is one of them. */
  readonly differ: boolean;
  /** Age of the reading. */
  readonly ageSeconds: number | undefined;
  /** Ids of the sources behind it. */
  readonly sourceIds: readonly string[];
  readonly finding: Finding | undefined;
  /** Reason of an unread line. */
  readonly why: string | undefined;
}

type KeyedFinding = Judged & { readonly key: string };

export interface LedgerOptions {
  /** Present period of a source, which may be longer than its own. */
  readonly periodSeconds?: (sourceId: string) => number | undefined;
}

interface Read {
  readonly check: Check;
  readonly sources: readonly (readonly [AnySource, Seen<unknown>])[];
}

interface Group<Finding> {
  readonly verdict: Verdict;
  readonly finding: Finding | undefined;
  readonly why: string | undefined;
  readonly reads: [Read, ...Read[]];
}

/** Periods without a reading after which a value is stale, and the least time. */
const STALE_PERIODS = 3;
const LEAST_STALE_SECONDS = 10;

/** Ledger of a host: each resource is accused, cleared, or could not be read. Pure. */
export class Ledger {
  readonly #providers: readonly AnyCheckProvider[];

  constructor(providers: readonly AnyCheckProvider[]) {
    this.#providers = providers;
  }

  /** Lines of a moment: accused first, then unread, then cleared. A provider that throws is an unread line. */
  lines<Finding extends KeyedFinding>(
    findings: readonly Finding[],
    momentOf: MomentOf,
    { periodSeconds = () => undefined }: LedgerOptions = {},
  ): readonly LedgerLine<Finding>[] {
    const checks = this.#providers.flatMap((provider) => readsOf(provider, momentOf));
    const reads = [...checks, ...unreadSources(this.#providers, momentOf, checks)];
    const matched = matchedFindings(reads, findings);
    const used = new Set<string>();
    const groups = new Map<string, Group<Finding>>();
    const add = (read: Read, verdict: Verdict, finding: Finding | undefined, why: string | undefined) => {
      const key = groupKey(read.check, verdict, finding, why);
      const group = groups.get(key);
      if (group) group.reads.push(read);
      else groups.set(key, { verdict, finding, why, reads: [read] });
    };
    for (const read of reads) {
      const found = matched.get(read) ?? [];
      for (const finding of found) {
        used.add(finding.key);
        add(read, 'accused', finding, undefined);
      }
      if (found.length > 0) continue;
      const why = read.check.missing ?? staleText(read, periodSeconds);
      add(read, read.check.gap === 'absent' ? 'absent' : why === undefined ? 'cleared' : 'unread', undefined, why);
    }
    // A finding is never lost, whichever checks there are.
    for (const finding of findings)
      if (!used.has(finding.key)) add({ check: checkOf(finding), sources: [] }, 'accused', finding, undefined);
    const rank = new Map(findings.map(({ key }, index) => [key, index]));
    return [...groups]
      .map(([key, group]) => lineOf(key, group))
      .toSorted(
        (a, b) =>
          ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict) ||
          (rank.get(a.finding?.key ?? '') ?? 0) - (rank.get(b.finding?.key ?? '') ?? 0),
      );
  }

  /**
   * What a rule read of an entity now: `clear` only where a check of that rule has a value of that entity, fresh, and no finding of the
   * rule is about it; `unreadable` where such a check has the reason. Only providers of the rule are asked, each once.
   */
  looked(findings: readonly Judged[], momentOf: MomentOf): Looked {
    const looks = new Map<AnyCheckProvider, ReadonlyMap<string, Look>>();
    const found = new Set(
      findings.flatMap(({ rule, entity, members = [] }) => [entity, ...members].map((one) => `${rule} ${entityText(one)}`)), // prettier-ignore
    );
    const looksOf = (provider: AnyCheckProvider) => {
      const known = looks.get(provider);
      if (known) return known;
      const made = new Map<string, Look>();
      for (const read of readsOf(provider, momentOf)) {
        const look = lookOf(read);
        for (const rule of read.check.rules) {
          const key = `${ruleOf(rule)} ${entityText(read.check.entity)}`;
          // One value that was read is enough for an object to be in order.
          if (made.get(key)?.state !== 'clear') made.set(key, look);
        }
      }
      looks.set(provider, made);
      return made;
    };
    return (rule: string, entity: EntityKey) => {
      const key = `${ruleOf(rule)} ${entity}`;
      if (found.has(key)) return UNKNOWN;
      const all = this.#providers
        .filter(({ rules }) => rules.includes(ruleOf(rule)))
        .flatMap((provider) => looksOf(provider).get(key) ?? []);
      return all.find(({ state }) => state === 'clear') ?? all.find(({ state }) => state === 'unreadable') ?? UNKNOWN;
    };
  }
}

const UNKNOWN: Look = { state: 'unknown' };

/** What is absent, or not read so far, does not show a fault. */
function lookOf(read: Read): Look {
  const why = read.check.missing ?? staleText(read, () => undefined);
  if (why === undefined) return { state: 'clear' };
  return read.check.gap === undefined ? { state: 'unreadable', why } : UNKNOWN;
}

/** Verdicts in the words of the ledger, in the order of its lines. */
export const VERDICTS: Readonly<Record<Verdict, string>> = {
  accused: 'accused',
  unread: 'not read',
  absent: 'not present',
  cleared: 'cleared',
};

const ORDER = Object.keys(VERDICTS);

/** Counts of the lines by verdict. */
export function ledgerCounts(
  lines: readonly Pick<LedgerLine<unknown>, 'verdict'>[],
): Readonly<Record<Verdict, number>> {
  const counts = { accused: 0, unread: 0, absent: 0, cleared: 0 };
  for (const { verdict } of lines) counts[verdict]++;
  return counts;
}

/** `accused 6 · cleared 41 · not read 9 · not present 2`. */
export const countsText = ({ accused, cleared, unread, absent }: Readonly<Record<Verdict, number>>): string =>
  `accused ${accused} · cleared ${cleared} · not read ${unread}${absent === 0 ? '' : ` · not present ${absent}`}`;

const ruleOf = (pattern: string): string => pattern.split('/', 1)[0] ?? pattern;

function readsOf(provider: AnyCheckProvider, momentOf: MomentOf): readonly Read[] {
  // Needs are sources by name: see `CheckProvider`.
  const needs = provider.needs as Needs;
  try {
    const moment: Moment<Needs> = momentOf(needs);
    return provider.of(moment).map((check) => ({
      check,
      sources: check.sources.flatMap((name) => {
        const source = needs[name];
        const seen = moment[name];
        return source && seen ? [[source, seen] as const] : [];
      }),
    }));
  } catch (error) {
    return [{ check: failed(provider, error), sources: [] }];
  }
}

/**
 * Line of each source of which nothing was read and that no check names: its resources are unknown, so that their checks
 * are not there.
 */
function unreadSources(providers: readonly AnyCheckProvider[], momentOf: MomentOf, checks: readonly Read[]): Read[] {
  const named = new Set(
    checks.flatMap(({ check, sources }) => (check.missing === undefined ? [] : sources.map(([source]) => source))),
  );
  // Needs are sources by name: see `CheckProvider`.
  const all = new Set(providers.flatMap(({ needs }) => Object.values(needs as Needs)));
  return [...all].flatMap((source): Read[] => {
    const { seen } = momentOf({ seen: source });
    const state = stateOf(seen);
    if (named.has(source) || seen.ageMs === undefined || seen.now !== undefined || isWhole(state)) return [];
    const name = { entity: thisHost, name: source.title, nameVocabulary: 'fixed' } as const;
    const check: Check = { ...name, aspect: 'errors', rules: [], what: 'all', missing: stateWords(state), sources: [], pane: 'overview' }; // prettier-ignore
    return [{ check, sources: [[source, seen]] }];
  });
}

const failed = ({ id, rules }: AnyCheckProvider, error: unknown): Check => ({
  entity: thisHost,
  aspect: 'errors',
  rules,
  name: id,
  nameVocabulary: 'fixed',
  what: 'all',
  missing: plain(`check failed: ${error instanceof Error ? error.message : String(error)}`),
  sources: [],
  pane: 'overview',
});

/** Findings of each check: those of its rules about its entity, or about any where it is wide. A condition is claimed by its own check. */
function matchedFindings<Finding extends KeyedFinding>(
  reads: readonly Read[],
  findings: readonly Finding[],
): ReadonlyMap<Read, readonly Finding[]> {
  const byRule = Map.groupBy(findings, ({ rule }) => rule);
  const conditions = new Set(reads.flatMap(({ check }) => check.rules.filter((rule) => rule.includes('/'))));
  const matched = new Map<Read, readonly Finding[]>();
  for (const read of reads) {
    const { rules, entity, wide } = read.check;
    const own = entityText(entity);
    const found = rules.flatMap((pattern) =>
      (byRule.get(ruleOf(pattern)) ?? []).filter(
        ({ rule, condition, entity: object, members = [] }) =>
          (pattern === rule ? !conditions.has(`${rule}/${condition}`) : pattern === `${rule}/${condition}`) &&
          (wide === true || entityText(object) === own || members.some((one) => entityText(one) === own)),
      ),
    );
    if (found.length > 0) matched.set(read, found);
  }
  return matched;
}

/** `stale 12 s` where the oldest of its readings is older than three of its periods. */
function staleText({ sources }: Read, periodSeconds: (id: string) => number | undefined): string | undefined {
  for (const [{ id, everySeconds }, { ageMs }] of sources) {
    if (everySeconds === 'once' || ageMs === undefined) continue;
    const period = Math.max(everySeconds, periodSeconds(id) ?? 0);
    if (ageMs / 1000 > Math.max(LEAST_STALE_SECONDS, STALE_PERIODS * period))
      return stateWords({ state: 'stale', seconds: ageMs / 1000 });
  }
  return undefined;
}

/** Objects with one key share a line: those of a finding, and those of a family with the same verdict; figures unread for one reason share one. */
function groupKey(
  { entity, name, family, aspect, what }: Check,
  verdict: Verdict,
  finding: { readonly key: string } | undefined,
  why: string | undefined,
): string {
  if (finding) return `${verdict} ${finding.key} ${aspect} ${what}`;
  // Reasons name the path of their object in brackets, and ages differ.
  const reason = why?.replace(/ \(.*\)$/s, '').replace(/^stale .*/, 'stale') ?? '';
  return why === undefined
    ? [verdict, family ?? `${entityText(entity)} ${name}`, aspect, what].join(' ')
    : [verdict, family ?? name, aspect, reason].join(' ');
}

function lineOf<Finding>(key: string, { verdict, finding, why, reads }: Group<Finding>): LedgerLine<Finding> {
  const loads = reads.map(({ check: { load } }) => load ?? 0);
  const most = loads.reduce((a, b) => Math.max(a, b), -Infinity);
  const worst = reads[loads.indexOf(most)] ?? reads[0];
  const ages = worst.sources.flatMap(([, { ageMs }]) => ageMs ?? []);
  return {
    key,
    verdict,
    check: worst.check,
    count: new Set(reads.map(({ check }) => entityText(check.entity))).size,
    whats: [...new Set(reads.map(({ check }) => check.what))],
    differ: loads.some((load) => load !== most),
    ageSeconds: ages.length === 0 ? undefined : Math.max(...ages) / 1000,
    sourceIds: worst.sources.map(([{ id }]) => id),
    finding,
    why,
  };
}

/** Check of a finding that no provider covers: its first figure. */
const checkOf = ({ entity, rule, subject, subjectVocabulary, evidence, pane }: Judged): Check => ({
  entity,
  aspect: 'errors',
  rules: [rule],
  name: subject,
  ...(subjectVocabulary && { nameVocabulary: subjectVocabulary }),
  what: evidence[0]?.what ?? 'finding',
  ...(evidence[0] && { value: evidence[0].value }),
  sources: [],
  pane: pane ?? 'overview',
});
