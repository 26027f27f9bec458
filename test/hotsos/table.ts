import type { Reason } from './cases.ts';
import type { Scenario } from './scenarios.ts';

export interface Outcome {
  readonly scenario: Scenario;
  /** Whether a finding is expected to name it. */
  readonly expected: boolean;
  readonly named: { readonly rule: string; readonly statement: string } | undefined;
  /** Why it is not named. */
  readonly reason: Reason | undefined;
}

const UNKNOWN: Pick<Reason, 'kind' | 'reason'> = { kind: 'no rule', reason: 'not looked at yet' };

/** The page: counts, scenarios that are named with their rules, and the others by reason. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const faults = outcomes.filter(({ scenario }) => scenario.hasFault);
  const named = faults.filter((one) => one.named !== undefined);
  const others = faults.filter((one) => one.named === undefined);
  const calm = outcomes.filter(({ scenario }) => !scenario.hasFault);
  const of = (kind: Reason['kind']) => others.filter(({ reason = UNKNOWN }) => reason.kind === kind);
  const reasons = (kind: Reason['kind']) =>
    [...Map.groupBy(of(kind), ({ reason = UNKNOWN }) => reason.reason)]
      .toSorted(([, a], [, b]) => b.length - a.length)
      .map(([text, all]) => `| ${kind} | ${text} | ${all.length} | ${all.map(({ scenario }) => scenario.name).join(', ')} |`); // prettier-ignore
  return [
    '# Scenario tests of hotsos',
    '',
    'hotsos (canonical/hotsos, Apache-2.0) tests its checks with small reports that hold faults from the field. `npm run hotsos -- CHECKOUT',
    '--out docs/HOTSOS.md` opens each as a sosreport and looks for the finding that names its fault; `--findings` shows all findings.',
    '',
    '| faults | count |',
    '|---|---|',
    `| of layers that crashcart reads, in the files of the test | ${named.length + of('no rule').length} |`,
    `| of these named by a finding | ${named.length} |`,
    `| of layers that crashcart does not read | ${of('no layer').length} |`,
    `| not in the files of the test | ${of('not in the files').length} |`,
    `| in tests without a fault: findings of the same rule | ${calm.filter((one) => one.named !== undefined).length} of ${calm.length} |`, // prettier-ignore
    '',
    '## Named',
    '',
    '| scenario | rule |',
    '|---|---|',
    ...named.map(({ scenario, named: by }) => `| ${scenario.name} | ${by?.rule} |`),
    '',
    '## Not named',
    '',
    '| | reason | count | scenarios |',
    '|---|---|---|---|',
    ...reasons('no rule'),
    ...reasons('no layer'),
    ...reasons('not in the files'),
    '',
  ].join('\n');
}
