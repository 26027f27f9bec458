import type { Observation } from './observation.ts';
import type { EntityKind } from '../findings/entity-ref.ts';
import type { Via } from './dependency.ts';

/** How often a cause shows as that effect. Only `always` can exonerate: it was expected, read, and found in order. */
export type Likelihood = 'always' | 'often' | 'sometimes';

export const PROBABILITY: Readonly<Record<Likelihood, number>> = { always: 0.95, often: 0.75, sometimes: 0.4 };

/** A rule, or one condition of a rule: `ceph-health/OSD_DOWN`. */
export type RulePattern = string;

/** A row of the influence table: findings of rule `cause` bring about findings of rule `effect` on dependents. */
export interface Influence {
  readonly cause: RulePattern;
  readonly effect: RulePattern;
  /** Kind of entity that the effect is found on. */
  readonly effectOn: EntityKind;
  /** Kinds of dependency that lead from the effect's entity up to the cause's; empty: the same entity. */
  readonly via: readonly Via[];
  readonly likelihood: Likelihood;
  /** Greatest delay between the two onsets, seconds. */
  readonly lagSeconds: number;
  /** `<cause> …, so <effect>`: shown in the tree. */
  readonly because: string;
}

/** Influence as a row: `[cause, effect, effectOn, via, likelihood, lagSeconds, because]`. */
export type InfluenceRow = readonly [
  cause: RulePattern,
  effect: RulePattern,
  effectOn: EntityKind,
  via: readonly Via[],
  likelihood: Likelihood,
  lagSeconds: number,
  because: string,
];

const influenceOf = ([cause, effect, effectOn, via, likelihood, lagSeconds, because]: InfluenceRow): Influence => ({
  cause,
  effect,
  effectOn,
  via,
  likelihood,
  lagSeconds,
  because,
});

/** Rows indexed by their two rules. */
export class InfluenceTable {
  readonly rows: readonly Influence[];
  readonly #byRules = new Map<string, Influence[]>();
  readonly #byCause = new Map<string, Influence[]>();

  constructor(rows: readonly InfluenceRow[]) {
    this.rows = rows.map(influenceOf);
    for (const row of this.rows) {
      add(this.#byRules, `${row.cause} ${row.effect}`, row);
      add(this.#byCause, row.cause, row);
    }
  }

  /** Likeliest row that allows this path between the two findings; undefined when none does. */
  match(cause: Judgement, effect: Judgement, path: readonly Via[]): Influence | undefined {
    return patternsOf(cause)
      .flatMap((from) => patternsOf(effect).flatMap((to) => this.#byRules.get(`${from} ${to}`) ?? []))
      .filter(({ via }) => (path.length === 0 ? via.length === 0 : path.every((step) => via.includes(step))))
      .toSorted((a, b) => PROBABILITY[b.likelihood] - PROBABILITY[a.likelihood])[0];
  }

  of(cause: Judgement): readonly Influence[] {
    return patternsOf(cause).flatMap((pattern) => this.#byCause.get(pattern) ?? []);
  }
}

type Judgement = Pick<Observation, 'rule' | 'condition'>;

/** Patterns of a finding; of a condition about one of several objects (`grows:orders`) also that without the object. */
const patternsOf = ({ rule, condition }: Judgement): readonly RulePattern[] => {
  if (condition === undefined) return [rule];
  const [kind = condition] = condition.split(':', 1);
  return [...new Set([`${rule}/${condition}`, `${rule}/${kind}`, rule])];
};

/** Whether a finding is of a rule, or of that condition of it. */
export const isOf = (finding: Judgement, pattern: RulePattern): boolean => patternsOf(finding).includes(pattern);

function add(map: Map<string, Influence[]>, key: string, row: Influence): void {
  const rows = map.get(key);
  if (rows) rows.push(row);
  else map.set(key, [row]);
}
