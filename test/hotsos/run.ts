/**
 * Counts faults of hotsos' scenario tests that crashcart names.
 *
 *     npm run hotsos -- CHECKOUT [--only PART] [--findings] [--out docs/HOTSOS.md]
 *
 * CHECKOUT is a clone of https://github.com/canonical/hotsos (Apache-2.0); needs python3 with PyYAML. Nothing of it is kept: each test's
 * files become a sosreport in a temporary folder, which is opened as `crashcart replay` opens one. `--findings` shows all findings.
 */
import './scenarios.ts';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { statement } from '../../src/findings/statement.ts';
import { isCheckout, scenariosOf, withReport, type Scenario } from './scenarios.ts';
import type { StandingFinding } from '../../src/collect/session.ts';
import { NAMED, NOT_NAMED, type Naming } from './cases.ts';
import { tableOf, type Outcome } from './table.ts';

const { openRecording } = await import('../../src/recording/open-recording.ts');
const { ReplaySession } = await import('../../src/recording/replay-session.ts');
const { findings, sources } = await import('../../src/subsystems/index.ts');

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', default: '' },
    findings: { type: 'boolean', default: false },
    out: { type: 'string' },
  },
});
const [checkout = ''] = positionals;
if (!isCheckout(checkout)) throw new Error(`${checkout || 'no argument'}: not a checkout of hotsos`);

const scenarios = scenariosOf(checkout);

async function findingsOf(folder: string) {
  const recording = await openRecording(folder, sources);
  const session = await ReplaySession.open({ recording, sources, findings, clock: () => 0 });
  try {
    return session.findings();
  } finally {
    await session.stop();
  }
}

/** Namings of a scenario; of one without a fault those of the tests of the same check. */
const namingsOf = ({ name, target, hasFault }: Scenario): readonly Naming[] =>
  scenarios
    .filter((one) => (hasFault ? one.name === name : one.target === target))
    .flatMap((one) => NAMED[one.name] ?? [])
    .filter(({ otherwise }) => hasFault || otherwise === undefined);

async function outcomeOf(scenario: Scenario): Promise<Outcome> {
  const { name, hasFault, patched } = scenario;
  const namings = namingsOf(scenario);
  const isNamed = (one: StandingFinding) =>
    namings.some(({ rule, sentence }) => one.rule === rule && (sentence?.test(statement(one)) ?? true));
  const found = await withReport(checkout, scenario, findingsOf);
  if (options.findings) {
    console.log(
      `${name}${hasFault ? '' : ', no fault'}${patched.length > 0 ? `, patched: ${patched.join(', ')}` : ''}`,
    );
    for (const one of found) console.log(`  ${isNamed(one) ? '*' : ' '} ${one.severity} ${one.rule} ${statement(one)}`);
  }
  const match = found.find(isNamed);
  return {
    scenario,
    expected: hasFault && namings.length > 0,
    named: match && { rule: match.rule, statement: statement(match) },
    reason: NOT_NAMED.find(({ scenarios: of }) => of.test(name)),
  };
}

const outcomes: Outcome[] = [];
for (const scenario of scenarios) if (scenario.name.includes(options.only)) outcomes.push(await outcomeOf(scenario));
const table = tableOf(outcomes);
if (options.out === undefined) console.log(table);
else writeFileSync(options.out, table);
const wrong = outcomes.filter(({ expected, named }) => expected !== (named !== undefined));
for (const { scenario, expected } of wrong)
  console.error(`${scenario.name}: ${expected ? 'expected finding is missing' : 'finding without the fault'}`);
if (wrong.length > 0) process.exitCode = 1;
