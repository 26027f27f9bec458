/**
 * Trials of the diagnosis: breaks a lab, connects ten seconds later, and reads the incidents of the Overview (`npm run trials`).
 *
 *     npm run trials -- [--only LAB,…] [--seconds 40] [--out docs/TRIALS.md]
 *
 * As root on Debian 12, with the labs up that are to be broken (`test/lab/LAB/lab-LAB.sh up`). Incidents of the calm labs are taken
 * off. Culprit first: of N faults, share of those whose root is among the first N incidents; among three: the first N + 2. Seconds
 * are those from the connect until it first stood there.
 */
import '../../bench/lib/raw-text.ts';
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { IncidentRow } from '../../src/incidents/incident-rows.ts';
import type { StandingFinding } from '../../src/collect/session.ts';
import { lab } from '../lab/lib/lab.ts';
import { TRIALS, type TrialFault } from './trials.ts';

const { reachHost, watch } = await import('../../src/commands/reach.ts');
const { explainer } = await import('../../src/subsystems/index.ts');
const { findingRank } = await import('../../src/findings/order.ts');

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: 'ceph,docker,kvm,ovs' },
    seconds: { type: 'string', default: '40' },
    out: { type: 'string' },
  },
});
const labs = new Set(options.only.split(','));
const seconds = Number(options.seconds);

type Row = IncidentRow<StandingFinding>;
type Session = ReturnType<typeof watch>;

const connect = async (): Promise<Session> => {
  const reach = { target: undefined, ssh: {}, backend: undefined, budgetPct: 50, readOnly: true } as never;
  const prompter = { notify: () => undefined } as never;
  return watch(await reachHost(reach, prompter), 50);
};

/** Present incidents, culprit first. */
function incidentsOf(session: Session): readonly Row[] {
  const nowMs = Date.now();
  const findings = session.findings();
  const rows = explainer.rows(findings, (needs) => session.timeline.moment(needs, nowMs), nowMs);
  return rows.filter(({ root }) => !root.past);
}

const names = ({ root }: Row, { roots }: TrialFault): boolean =>
  roots.some(([rule, object]) => root.rule === rule && object.test(root.subject));

interface Outcome {
  readonly faults: readonly TrialFault[];
  /** Ranks of the roots of the faults among new incidents, from 0; undefined: not named. */
  readonly ranks: readonly (number | undefined)[];
  /** The same in the order of severity alone, over findings. */
  readonly bySeverity: readonly (number | undefined)[];
  readonly secondsToFirst: number | undefined;
  readonly incidents: readonly string[];
}

const rankOf = (rows: readonly Row[], one: TrialFault): number | undefined => {
  const rank = rows.findIndex((row) => names(row, one));
  return rank < 0 ? undefined : rank;
};

async function trial(faults: readonly TrialFault[], calm: ReadonlySet<string>): Promise<Outcome> {
  for (const { lab: name, fault } of faults) await lab(name, 'break', fault);
  try {
    await sleep(10_000);
    const startMs = Date.now();
    const session = await connect();
    try {
      let secondsToFirst: number | undefined;
      let rows: readonly Row[] = [];
      while (Date.now() - startMs < seconds * 1000) {
        await sleep(500);
        rows = incidentsOf(session).filter(({ root }) => !calm.has(root.key));
        const found = faults.every((one) => (rankOf(rows, one) ?? Infinity) < faults.length);
        if (found) secondsToFirst ??= (Date.now() - startMs) / 1000;
      }
      const findings = session
        .findings()
        .filter(({ key, past }) => !past && !calm.has(key))
        .toSorted((a, b) => findingRank(a) - findingRank(b));
      return {
        faults,
        ranks: faults.map((one) => rankOf(rows, one)),
        bySeverity: faults.map((one) => {
          const rank = findings.findIndex((root) => names({ root } as Row, one));
          return rank < 0 ? undefined : rank;
        }),
        secondsToFirst,
        incidents: rows.map(
          ({ root, victims }) =>
            `${root.subject}: ${root.sentence}${victims.length > 0 ? ` (+${victims.length})` : ''}`,
        ),
      };
    } finally {
      await session.stop();
    }
  } finally {
    for (const { lab: name, fault } of faults) await lab(name, 'repair', fault);
    await sleep(15_000);
  }
}

/** Keys of what a calm host shows. */
async function calmKeys(): Promise<ReadonlySet<string>> {
  const session = await connect();
  const keys = new Set<string>();
  for (let i = 0; i < 40; i++) {
    await sleep(500);
    for (const { key } of session.findings()) keys.add(key);
  }
  await session.stop();
  return keys;
}

const share = (part: number, whole: number): string => (whole === 0 ? '—' : (part / whole).toFixed(2));

function tableOf(outcomes: readonly Outcome[], calm: ReadonlySet<string>): string {
  const each = outcomes.flatMap(({ faults, ranks, bySeverity }) =>
    faults.map((_, i) => ({ rank: ranks[i] ?? Infinity, severity: bySeverity[i] ?? Infinity, number: faults.length })),
  );
  const first = each.filter(({ rank, number }) => rank < number).length;
  const three = each.filter(({ rank, number }) => rank < number + 2).length;
  const severityFirst = each.filter(({ severity, number }) => severity < number).length;
  const incidents = outcomes.reduce((sum, one) => sum + one.incidents.length, 0);
  const times = outcomes.flatMap(({ secondsToFirst }) => secondsToFirst ?? []).toSorted((a, b) => a - b);
  return [
    '# Trials',
    '',
    'Faults of the labs (`test/lab`), broken ten seconds before crashcart connects (`npm run trials`). Incidents that the calm labs show are',
    `taken off. Date: ${new Date().toISOString().slice(0, 10)}, ${outcomes.length} trials with ${each.length} faults, ${seconds} s each, two CPUs.`,
    '',
    '| figure | incidents | findings by severity |',
    '|---|---|---|',
    `| culprit first | ${share(first, each.length)} | ${share(severityFirst, each.length)} |`,
    `| culprit among three | ${share(three, each.length)} | |`,
    `| incidents per fault | ${share(incidents, each.length)} | |`,
    `| seconds from connect, median and worst | ${times[Math.floor(times.length / 2)]?.toFixed(1) ?? '—'}, ${times.at(-1)?.toFixed(1) ?? '—'} | |`,
    `| incidents and victims of the calm labs | ${calm.size} | |`,
    '',
    '| fault | rank | seconds | incidents |',
    '|---|---|---|---|',
    ...outcomes.map(
      ({ faults, ranks, secondsToFirst, incidents: shown }) =>
        `| ${faults.map((one) => `${one.lab} ${one.fault}`).join(' + ')} | ${ranks.map((rank) => (rank === undefined ? 'missed' : rank + 1)).join(', ')} | ${secondsToFirst?.toFixed(1) ?? '—'} | ${shown
          .slice(0, 4)
          .map((text) => text.slice(0, 90).replaceAll('|', '/'))
          .join('; ')}${shown.length > 4 ? `; and ${shown.length - 4} more` : ''} |`,
    ),
    '',
  ].join('\n');
}

const calm = await calmKeys();
console.error(`calm: ${[...calm].join(', ') || 'nothing'}`);
const outcomes: Outcome[] = [];
for (const faults of TRIALS) {
  if (!faults.every((one) => labs.has(one.lab))) continue;
  const outcome = await trial(faults, calm);
  outcomes.push(outcome);
  console.error(
    `${faults.map((one) => `${one.lab} ${one.fault}`).join(' + ')}: ranks ${outcome.ranks.map((rank) => rank ?? 'missed').join(', ')}, ${outcome.secondsToFirst ?? '—'} s\n  ${outcome.incidents.join('\n  ')}`,
  );
  const text = tableOf(outcomes, calm);
  if (options.out === undefined) console.log(text);
  else writeFileSync(options.out, text);
}
