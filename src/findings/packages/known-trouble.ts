import { advisoryMatches, bySource, type Advisory } from '../../entities/packages/advisories.ts';
import type { Scenario } from '../../entities/packages/hotsos-scenario.ts';
import { KNOWN_FAULTS } from '../../entities/packages/known-faults.ts';
import { truthOf, type Truth, type TroubleFacts } from '../../entities/packages/trouble-condition.ts';
import { plain } from '../../lib/plain.ts';
import { cut } from '../../lib/text-width.ts';
import { count, plural } from '../../lib/units.ts';
import { kernelLog, type KernelLogSample } from '../../sources/kernel/kernel-log.ts';
import { identity } from '../../sources/machine/identity.ts';
import { packages } from '../../sources/packages/packages.ts';
import { packageRef, thisHost } from '../entity-ref.ts';
import { defineFinding, type AnyFinding, type Found } from '../finding.ts';

/** Known trouble of the engineer's own files. */
export interface KnownTrouble {
  readonly scenarios: readonly Scenario[];
  readonly advisories: readonly Advisory[];
}

/** Rules of known trouble: those of the files that the engineer named, none without any. */
export const troubleFindings = ({ scenarios, advisories }: KnownTrouble): readonly AnyFinding[] => [
  ...(scenarios.length === 0 ? [] : [scenarioFinding(scenarios)]),
  ...(advisories.length === 0 ? [] : [advisoryFinding(advisories)]),
];

/** Lines and characters of the kernel log that expressions are tried on. */
const MAX_LINES = 2000;
const MAX_LENGTH = 500;

/** As rsyslog writes them to kern.log, with one time: expressions of hotsos begin with it. */
const syslogLines = (sample: KernelLogSample | undefined): readonly string[] | undefined =>
  sample?.records
    .slice(-MAX_LINES)
    .filter(({ byKernel }) => byKernel)
    .map(({ at, text }) => `Jan  1 00:00:00 host kernel: [${at.toFixed(6).padStart(12)}] ${text}`.slice(0, MAX_LENGTH));

const LISTED = 40;

function scenarioFinding(all: readonly Scenario[]): AnyFinding {
  const own = new Set(KNOWN_FAULTS.map(({ id }) => id.replace(/^\D+/, '')));
  const scenarios = all.filter(({ bug }) => bug === undefined || !own.has(bug));
  let judged: { readonly basis: readonly unknown[]; readonly truths: readonly Truth[] } | undefined;
  const truths = (facts: TroubleFacts, basis: readonly unknown[]): readonly Truth[] => {
    if (judged === undefined || judged.basis.some((one, i) => one !== basis[i])) judged = { basis, truths: scenarios.map(({ condition }) => truthOf(condition, facts)) }; // prettier-ignore
    return judged.truths;
  };
  return defineFinding({
    id: 'hotsos-scenario',
    title: "Scenarios of the engineer's checkout of hotsos",
    needs: { identity, packages, kernelLog },
    authority: 'scenarios of https://github.com/canonical/hotsos, in the folder of --rules',
    judge: ({ identity: host, packages: seen, kernelLog: log }): readonly Found[] => {
      // Nothing to judge by yet.
      if (seen.ageMs === undefined || log.ageMs === undefined) return [];
      const kernel = host.now?.kernel;
      const facts = { packages: seen.now, kernel, kernelLines: syslogLines(log.now) };
      const results = truths(facts, [seen.now, kernel, log.now]);
      const gaps = results.flatMap((truth, i) => (truth.is === undefined ? [{ scenario: scenarios[i], why: truth.why }] : [])); // prettier-ignore
      return [
        ...results.flatMap((truth, i): Found[] => {
          const scenario = scenarios[i];
          return truth.is === true && scenario !== undefined ? [scenarioFound(scenario)] : [];
        }),
        ...(gaps.length === 0
          ? []
          : [
              {
                severity: 'info' as const,
                entity: thisHost,
                condition: 'not-evaluated',
                subject: 'hotsos',
                subjectVocabulary: 'fixed' as const,
                sentence: `${count(gaps.length)} of ${plural(scenarios.length, 'scenario')} not evaluated: Python or logs that are not read`,
                evidence: gaps.slice(0, LISTED).map(({ scenario, why }) => ({ what: plain(scenario?.id ?? ''), value: plain(why.join(', ')), source: plain(scenario?.path ?? '') })), // prettier-ignore
                next: 'make a sosreport and run hotsos on it for these',
                pane: 'packages',
                role: 'symptom' as const,
              },
            ]),
      ];
    },
  });
}

const scenarioFound = ({ id, path, type, bug, message }: Scenario): Found => ({
  severity: type.endsWith('Error') ? 'warn' : 'info',
  entity: thisHost,
  condition: `scenario-${id.replaceAll(/\s/g, '-')}`,
  subject: plain(id),
  sentence: cut(plain(message), 90),
  evidence: [
    { what: plain(type), value: plain(bug ?? id), source: plain(path) },
    { what: 'message', value: plain(message), source: plain(path) },
  ],
  next: 'read the message in the evidence (↵), and the report that it names',
  pane: 'packages',
  role: 'cause',
});

function advisoryFinding(all: readonly Advisory[]): AnyFinding {
  const advisories = bySource(all);
  return defineFinding({
    id: 'package-advisory',
    title: "Advisories of the engineer's copy of OSV",
    needs: { identity, packages },
    authority: 'OSV documents in the folder of --rules, by source package and version: deb-version(7)',
    judge: ({ identity: host, packages: seen }): readonly Found[] => {
      const matches = advisoryMatches(advisories, seen.now, host.now);
      const [first] = matches;
      if (first === undefined) return [];
      const affected = [...new Map(matches.map((match) => [match.package.source, match.package])).values()];
      return [
        {
          severity: 'info',
          entity: thisHost,
          members: affected.map(packageRef),
          subject: 'advisories',
          subjectVocabulary: 'fixed',
          sentence: `${matches.length === 1 ? '1 advisory' : `${count(matches.length)} advisories`} for ${plural(affected.length, 'source package')}, ${plain(first.advisory.id)} for ${plain(first.package.source ?? '')}`,
          evidence: matches.slice(0, LISTED).map(({ advisory, package: one, fixed }) => ({
            what: plain(advisory.id),
            value: plain(`${one.source ?? ''} ${one.version ?? ''}${fixed === undefined ? ', no fix' : ` < ${fixed}`} ${advisory.summary}`),
            source: plain(advisory.ecosystem),
          })),
          next: 'open the evidence (↵): versions with the fix; `apt-cache policy PACKAGE`',
          pane: 'packages',
          role: 'cause',
        },
      ];
    },
  }); // prettier-ignore
}
