import { entityText, thisHost } from '../findings/entity-ref.ts';
import type { Finding, Found } from '../findings/finding.ts';
import { span } from '../lib/units.ts';
import type { AnyPane } from '../panes/pane.ts';
import type { AnySource } from '../sources/source.ts';
import type { Severity } from '../theme.ts';
import { earlierMoment, timeOfMoment } from '../timeline/earlier.ts';
import type { Moment, Needs } from '../timeline/moment.ts';
import type { Condition } from './condition.ts';
import { ConditionWatch, type Held, type MomentAt } from './condition-watch.ts';
import { figureProblem } from './find-figures.ts';

/** Rule of a person on a figure: `[[rules]]` of the config file. */
export interface UserRule {
  readonly id: string;
  readonly title: string;
  readonly condition: Condition;
  readonly severity: Severity;
  readonly role: 'cause' | 'pressure' | 'symptom';
  /** Template with the fields below in braces. */
  readonly sentence: string;
  /** Default: to the column in its pane. */
  readonly next: string | undefined;
  /** Name of the file, without its folder, and line: evidence goes into reports and recordings. */
  readonly place: string;
}

export const SENTENCE_FIELDS = ['object', 'figure', 'value', 'limit', 'for'] as const;

/** Time for which a sentence about an unknown figure stands before the names are compared again. */
const ASK_AGAIN_MS = 30_000;

/** Finding of a person's rule, judged with crashcart's rules: about the object of the row, since its first reading beyond. */
export function findingOf(rule: UserRule, allPanes: readonly AnyPane[]): Finding<Needs> {
  const watch = new ConditionWatch(rule.condition, allPanes);
  const needs = Object.fromEntries(
    watch.panes.flatMap((pane) => Object.values<AnySource>(pane.needs).map((source) => [source.id, source] as const)),
  );
  let asked: { readonly basis: number; readonly problem: string | undefined } | undefined;
  const problemOf = (momentAt: MomentAt, nowMs: number): string | undefined => {
    const basis = Math.floor(nowMs / ASK_AGAIN_MS);
    if (asked?.basis !== basis) {
      const found = figureProblem(rule.condition.figure, watch.panes, (pane) => momentAt(pane.needs, nowMs));
      // Only a slip is reported: a config file may be shared by many hosts, of which some do not have the object.
      asked = { basis, problem: found?.suggests ? found.sentence : undefined };
    }
    return asked.problem;
  };
  return {
    id: rule.id,
    title: rule.title,
    needs,
    authority: `[own]: ${rule.place}`,
    judge: (moment: Moment<Needs>) => {
      const nowMs = timeOfMoment(moment);
      if (nowMs === undefined) return [];
      const momentAt: MomentAt = (own, wallMs) => earlierMoment(own, ({ id }) => moment[id], wallMs);
      const { holding, readings, problem } = watch.at(momentAt, nowMs);
      const wrong = problem ?? (readings.length === 0 ? problemOf(momentAt, nowMs) : undefined);
      return wrong === undefined ? capped(rule, onePerObject(holding), nowMs) : [notice(rule, wrong)];
    },
  };
}

/** Objects with a finding each: a rule that all processes of a host meet has no thousand of them. */
const MOST_NAMED = 20;

/** Findings of the figures that began first, so that they stay, and one that counts the rest. */
function capped(rule: UserRule, held: readonly Held[], nowMs: number): readonly Found[] {
  const all = held.toSorted((one, other) => one.sinceMs - other.sinceMs);
  const named = all.slice(0, all.length > MOST_NAMED + 1 ? MOST_NAMED : all.length);
  const rest = all.slice(named.length);
  const [first] = rest;
  const found = named.map((one) => foundOf(rule, one, nowMs));
  return first === undefined ? found : [...found, restFound(rule, first, rest, all.length)];
}

const restFound = (rule: UserRule, { figure }: Held, rest: readonly Held[], total: number): Found => ({
  severity: rule.severity,
  entity: thisHost,
  condition: 'more-objects',
  members: rest.flatMap(({ figure: { entity } }) => entity ?? []),
  subject: 'more objects',
  subjectVocabulary: 'fixed',
  sentence: `${rest.length} more: ${figure.title} ${rule.condition.operator} ${limitText(rule.condition)}`,
  evidence: [{ what: 'objects', value: `${total}`, source: rule.place }],
  next: nextOf(rule, figure),
  pane: figure.pane,
  role: rule.role,
});

const nextOf = ({ next }: UserRule, { place, title }: Held['figure']): string =>
  next ?? `open the pane ${place.split(':')[0]}, see ${title}`;

/** Figures of which two panes show the same of one object, once: drops of a NIC. */
function onePerObject(holding: readonly Held[]): readonly Held[] {
  const keyOf = ({ figure: { id, entity, title } }: Held) =>
    entity === undefined ? id : `${entityText(entity)} ${title.toLowerCase()}`;
  return [...Map.groupBy(holding, keyOf).values()].flatMap(([first]) => first ?? []);
}

function foundOf(rule: UserRule, { figure, sinceMs, isExact }: Held, nowMs: number): Found {
  const { object, entity, row, title, measure, value, pane, place } = figure;
  const { operator, forSeconds } = rule.condition;
  const shown = value === undefined ? '' : measure.format(value);
  const fields = {
    object,
    figure: title,
    value: shown,
    limit: limitText(rule.condition),
    for: span(forSeconds),
  };
  const sentence = rule.sentence.replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
    name in fields ? fields[name as keyof typeof fields] : whole,
  );
  return {
    severity: rule.severity,
    entity: entity ?? thisHost,
    // A row without an entity has its place for a name.
    condition: entity === undefined ? figure.id : figure.title,
    subject: row === undefined && object === 'host' ? 'host' : object,
    ...(row === undefined && { subjectVocabulary: 'fixed' as const }),
    sentence,
    evidence: [
      { what: `${object} ${title}`, value: shown, source: place },
      { what: 'limit', value: `${operator} ${fields.limit}`, source: rule.place },
    ],
    next: nextOf(rule, figure),
    pane,
    role: rule.role,
    ...(isExact && { onset: { secondsAgo: (nowMs - sinceMs) / 1000, source: place } }),
  };
}

const limitText = ({ value, unit }: Condition): string => `${value}${unit === '' || unit === '%' ? unit : ` ${unit}`}`;

/** Notice in place of findings: the figure is unknown, or its unit does not fit. */
const notice = (rule: UserRule, problem: string): Found => ({
  severity: 'info',
  entity: thisHost,
  condition: 'not-judged',
  subject: 'crashcart',
  subjectVocabulary: 'fixed',
  sentence: `rule ${rule.id} not judged: ${problem}`,
  evidence: [{ what: 'rule', value: rule.condition.text, source: rule.place }],
  next: `change "when" in ${rule.place}`,
});
