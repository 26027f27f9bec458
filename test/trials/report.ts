import type { TrialFault } from './trials.ts';

/** Way of ordering: all of it, or without one of its parts, or by severity alone. */
export const ORDERS = [
  'incidents',
  'without dependencies',
  'without exoneration',
  'without silent roots',
  'severity',
] as const;
export type Order = (typeof ORDERS)[number];

/** Tool that engineers open first, by lab. */
export const TOOLS = {
  ceph: 'ceph health detail',
  kubernetes: 'kubectl get nodes, pods -A, Warning events',
} as const;

/** Rank of the first line of a tool that names the object of a fault, from 0; -1: none does. */
export interface ToolRank {
  readonly lab: keyof typeof TOOLS;
  readonly rank: number;
}

/** Result of one trial. */
export interface Outcome {
  readonly faults: readonly TrialFault[];
  /** Ranks of the roots of the faults, from 0, by each order; undefined: not named. */
  readonly ranks: Readonly<Record<Order, readonly (number | undefined)[]>>;
  /** Lines above the next fault: incidents, or findings by severity. */
  readonly lines: Readonly<Record<Order, number>>;
  /** Rank of the line of the subsystem's tool that names the fault's object; undefined for labs without such a tool. */
  readonly byTool: ToolRank | undefined;
  /** From the connect, or from the fault where that came later. */
  readonly secondsToFirst: number | undefined;
  readonly incidents: readonly string[];
}

/** Conditions of a run. */
export interface Conditions {
  readonly date: string;
  readonly machine: string;
  readonly seconds: number;
  readonly connect: string;
  readonly load: string;
  /** Incidents and victims of the calm labs, which are taken off. */
  readonly calm: readonly string[];
  readonly calmMinutes: number;
  /** New CRIT and WARN incidents of the calm labs in that time. */
  readonly falseCulprits: readonly string[];
}

const share = (part: number, whole: number): string => (whole === 0 ? '—' : (part / whole).toFixed(2));

/** Markdown of a run: figures by order, then each trial. */
export function reportOf(outcomes: readonly Outcome[], conditions: Conditions): string {
  const faults = outcomes.reduce((sum, one) => sum + one.faults.length, 0);
  const double = outcomes.filter((one) => one.faults.length > 1).length;
  const within = (order: Order, extra: number) =>
    outcomes
      .flatMap((one) => one.ranks[order].map((rank) => (rank ?? Infinity) < one.faults.length + extra))
      .filter(Boolean).length;
  const lines = (order: Order) => outcomes.reduce((sum, one) => sum + one.lines[order], 0);
  const times = outcomes.flatMap(({ secondsToFirst }) => secondsToFirst ?? []).toSorted((a, b) => a - b);
  const tools = outcomes.flatMap(({ byTool }) => byTool ?? []);
  const missed = outcomes.filter((one) => one.ranks.incidents.some((rank) => (rank ?? Infinity) >= one.faults.length));
  return [
    '# Trials',
    '',
    `Faults of the labs (\`test/lab\`) on ${conditions.machine}, ${conditions.date}: ${outcomes.length} trials with ${faults} faults, ${double} of them double;`,
    `${conditions.connect}, ${conditions.load}, ${conditions.seconds} s each (\`npm run trials\`). Incidents that the calm labs show are taken off.`,
    '',
    'Culprit first: of N faults, share of those whose root is among the first N lines; among three: the first N + 2. A further line of a fault that is',
    'named (two containers) takes no rank.',
    '',
    '| order | culprit first | among three | lines per fault |',
    '|---|---|---|---|',
    ...ORDERS.map(
      (order) =>
        `| ${order} | ${share(within(order, 0), faults)} | ${share(within(order, 2), faults)} | ${share(lines(order), faults)} |`,
    ),
    ...toolRows(tools),
    '',
    `Seconds to the culprits first: median ${times[Math.floor(times.length / 2)]?.toFixed(1) ?? '—'}, worst ${times.at(-1)?.toFixed(1) ?? '—'}.`,
    `Calm labs, ${conditions.calmMinutes} min: ${conditions.falseCulprits.length === 0 ? 'no false culprit' : conditions.falseCulprits.map((text) => `\`${text}\``).join(', ')}${conditions.calm.length > 0 ? `; taken off: ${conditions.calm.map((key) => `\`${key}\``).join(', ')}` : ''}.`,
    '',
    ...(missed.length > 0 ? ['Not first: ' + missed.map((one) => nameOf(one)).join('; ') + '.', ''] : []),
    '| fault | rank | by severity | seconds | incidents |',
    '|---|---|---|---|---|',
    ...outcomes.map(rowOf),
    '',
  ].join('\n');
}

function toolRows(ranks: readonly ToolRank[]): readonly string[] {
  return Object.entries(TOOLS).flatMap(([lab, tool]) => {
    const of = ranks.filter((one) => one.lab === lab);
    const within = (count: number) => of.filter(({ rank }) => rank >= 0 && rank < count).length;
    return of.length === 0
      ? []
      : [
          `| \`${tool}\`, single faults: ${of.length} | ${share(within(1), of.length)} | ${share(within(3), of.length)} | |`,
        ];
  });
}

const nameOf = ({ faults }: Outcome): string => faults.map(({ lab, fault }) => `${lab} ${fault}`).join(' + ');
const rankText = (rank: number | undefined): string => (rank === undefined ? 'missed' : String(rank + 1));
const SHOWN = 4;

function rowOf(outcome: Outcome): string {
  const { ranks, secondsToFirst, incidents } = outcome;
  const shown = incidents.slice(0, SHOWN).map((text) => text.slice(0, 90).replaceAll('|', '/'));
  const more = incidents.length > SHOWN ? `; and ${incidents.length - SHOWN} more` : '';
  return `| ${nameOf(outcome)} | ${ranks.incidents.map(rankText).join(', ')} | ${ranks.severity.map(rankText).join(', ')} | ${secondsToFirst?.toFixed(1) ?? '—'} | ${shown.join('; ')}${more} |`;
}
