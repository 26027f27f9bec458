import { findingKey } from '../../src/findings/finding-key.ts';
import { judge } from '../../src/findings/judge.ts';
import { unstyled } from '../../src/lib/text-width.ts';
import type { Missing, Read } from '../../src/host/host.ts';
import type { AnyPane, Detail, Section } from '../../src/panes/pane.ts';
import { findings, ledger, panes } from '../../src/subsystems/index.ts';
import type { MomentOf } from '../../src/timeline/provider.ts';
import { sectionLines } from './plain-pane.ts';
import type { ReadHost } from './taken-away.ts';

/** Words that state that something is not there, or zero of it. */
const CLAIM =
  /\bnone\b|\bno [a-z][a-z-]*(?: [a-z-]+)?|\bnot on this host\b|\bnot present\b|\ball well\b|\bnothing\b|\bnot running\b|\bstopped\b|\bgone\b|(?<![\w.,:/=%·-])0(?:\.0)?(?:%| %)?(?![\w.,:/-])/gi;

/** Columns whose 0 is an id, or that take another reading where one is missing. */
const LEFT_OUT: ReadonlySet<string> = new Set(['user', 'uid', 'osd', 'pgs', 'now']);

/** Lines of text by where they stand. */
type Texts = ReadonlyMap<string, readonly string[]>;

/** All that panes, rules and the ledger state of a moment. */
export interface Statements {
  readonly texts: Texts;
  readonly findings: ReadonlyMap<string, string>;
  readonly ledger: ReturnType<typeof ledger.lines>;
}

/** What is stated of a host; only the panes that read a changed source, where these are given. */
export function statementsOf(momentOf: MomentOf, changed?: ReadonlySet<string>): Statements {
  const texts = new Map<string, readonly string[]>();
  for (const pane of panes)
    if (!changed || Object.values<{ readonly id: string }>(pane.needs).some(({ id }) => changed.has(id)))
      for (const [place, lines] of paneTexts(pane, momentOf)) texts.set(place, lines);
  const found = judge(findings, momentOf).map((one) => ({ ...one, key: findingKey(one) }));
  return {
    texts,
    findings: new Map(found.map(({ key, rule, sentence }) => [key, `${rule}: ${sentence}`])),
    ledger: ledger.lines(found, momentOf),
  };
}

function paneTexts(pane: AnyPane, momentOf: MomentOf): Texts {
  const model: unknown = pane.model(momentOf(pane.needs));
  const presence = pane.presence(model);
  if (typeof presence === 'object') return new Map([[`${pane.id} presence`, [Object.values(presence).join('')]]]);
  const texts = new Map([...textsOf(pane.sections(model))].map(([section, lines]) => [`${pane.id}/${section}`, lines]));
  if (presence === 'present')
    for (const { label, value } of pane.tile(model).figures) texts.set(`${pane.id} tile ${label}`, [value]);
  return texts;
}

const textsOf = (sections: readonly Section[]): Texts =>
  new Map(
    sections.map((section) => {
      const shown =
        section.kind === 'table'
          ? { ...section, columns: section.columns.filter(({ id }) => !LEFT_OUT.has(id)) }
          : section;
      return [section.id, [section.note ?? '', ...sectionLines(shown, 400, 400).map(unstyled)]];
    }),
  );

const claimsIn = (line: string): readonly string[] => [...line.matchAll(CLAIM)].map(([claim]) => claim.toLowerCase());

/** Claims of absence of a host with less read that the whole one does not make, as sentences. */
export function newClaims(whole: Statements, less: Statements, { changed }: ReadHost): readonly string[] {
  return [...textClaims(whole.texts, less.texts), ...findingClaims(whole, less), ...ledgerClaims(whole, less, changed)];
}

function* textClaims(whole: Texts, less: Texts): Generator<string> {
  for (const [place, lines] of less) {
    const before = whole.get(place) ?? [];
    const known = Map.groupBy(before.flatMap(claimsIn), (claim) => claim);
    for (const [claim, all] of Map.groupBy(lines.flatMap(claimsIn), (one) => one))
      if (all.length > (known.get(claim)?.length ?? 0))
        yield `${place} states "${claim}": ${lines
          .find((line) => !before.includes(line) && claimsIn(line).includes(claim))
          ?.replaceAll(/\s+/g, ' ')
          .trim()}`;
  }
}

/** A daemon that did not reply in time is unresponsive; nothing else may be found by what is missing. */
function* findingClaims(whole: Statements, less: Statements): Generator<string> {
  for (const [key, sentence] of less.findings)
    if (!whole.findings.has(key) && !/^[a-z-]+-unresponsive: /.test(sentence)) yield `finding ${key}: ${sentence}`;
}

/** Nothing is cleared by a missing reading, and what is not checked any more is in a line that was not read. */
function* ledgerClaims(whole: Statements, less: Statements, changed: ReadonlySet<string>): Generator<string> {
  const accused = new Set(whole.ledger.flatMap(({ verdict, check, whats }) => (verdict === 'accused' ? whats.map((what) => `${check.name} ${what}`) : []))); // prettier-ignore
  const known = new Set(whole.ledger.flatMap(({ whats }) => whats));
  for (const { verdict, check, whats } of less.ledger)
    if (verdict === 'cleared' || verdict === 'absent')
      for (const what of whats)
        if (accused.has(`${check.name} ${what}`) || !known.has(what))
          yield `ledger, ${verdict}: ${check.name} ${what} ${check.value ?? ''}`;
  const left = new Set(less.ledger.flatMap(({ whats }) => whats));
  const unread = new Set(less.ledger.flatMap(({ verdict, sourceIds }) => (verdict === 'unread' ? sourceIds : [])));
  for (const { verdict, check, whats } of whole.ledger)
    if (verdict !== 'unread' && !whats.some((what) => left.has(what)) && ![...changed].some((id) => unread.has(id)))
      yield `ledger, no line left: ${check.name} ${whats.join(', ')}`;
}

/** Details of the first row of each table of a pane. */
export function detailsOf(pane: AnyPane, momentOf: MomentOf): readonly Detail[] {
  return pane
    .sections(pane.model(momentOf(pane.needs)))
    .flatMap((section) =>
      section.kind === 'table' ? section.rows.slice(0, 1).flatMap((row) => section.detail?.(row) ?? []) : [],
    );
}

/** Claims of a detail of which no read has a value, beside those that it makes of its row alone. */
export function detailClaims(detail: Detail, gap: (read: Read) => Missing): readonly string[] {
  const reads = Object.entries(detail.sources).map(([name, { reads: all }]) => [name, Object.entries(all)] as const);
  const missing = Object.fromEntries(
    reads.map(([name, all]) => [name, Object.fromEntries(all.map(([read, what]) => [read, gap(what)]))]),
  );
  const samples = Object.fromEntries(Object.entries(detail.sources).map(([name, { parse }]) => [name, parse({})]));
  const before = textsOf(detail.sections({}, {}));
  return [...textClaims(before, textsOf(detail.sections(samples, missing)))];
}
