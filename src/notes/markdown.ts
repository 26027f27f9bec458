import { clock, chartSummary, nounOf, WORD } from './words.ts';
import type { NotedFinding, NotedIncident } from './case-notes.ts';
import { Markup, tagOf, type Piece } from './markup.ts';
import type { SafeNotes } from './safe-notes.ts';
import { summaryOf } from './summary.ts';

type Markdown = Markup<'markdown'>;

/** Characters of markup, and those of GFM autolinks: addresses, mail, www. */
const LIVE = /[\\`*_{}[\]<>#|~&!@]|:(?=\/\/)|(?<=\bwww)\./gi;
/** Markdown template tag, which escapes texts. The formatter rewrites templates named `md`. */
const mdOf = tagOf('markdown', (text) => text.replaceAll(LIVE, String.raw`\$&`));

/** Case notes for a ticket: CommonMark with GFM tables. */
export function markdownNotes(notes: SafeNotes): string {
  const { host, evidence } = notes;
  const out: Markdown[] = [
    mdOf`# Case notes: ${host.name}`,
    mdOf``,
    mdOf`${notes.from} to ${notes.until} (UTC). Generated ${notes.made} by crashcart ${notes.crashcart}, read-only, ${host.transport}, root: ${host.root}${notes.redacted ? ', identifiers redacted' : ''}.`,
    mdOf``,
    ...summaryOf(notes).map((sentence, index) => (index === 0 ? mdOf`**${sentence}**` : mdOf`${sentence}`)),
    mdOf``,
    mdOf`## Host`,
    mdOf``,
    ...host.facts.map(({ what, value }) => mdOf`- ${what}: ${code(value)}`),
    mdOf``,
    mdOf`## Incidents`,
    mdOf``,
    ...(notes.incidents.length === 0 ? [mdOf`None at the end.`] : notes.incidents.flatMap(incident)),
    mdOf``,
    mdOf`## Findings`,
    mdOf``,
    ...(notes.findings.length === 0 ? [mdOf`None.`] : notes.findings.flatMap(finding)),
    ...section('Timeline', table(['Time', 'Event', 'Detail'], notes.timeline.map(({ at, kind, severity, text }) => [clock(at), severity ? WORD[severity] : nounOf(kind), text]))), // prettier-ignore
    ...section('Figures', table(['Figure', 'Min', 'Max', 'Last'], notes.charts.flatMap((chart) => chartSummary(chart).map(({ name, min, max, last }) => [name, min, max, last])))), // prettier-ignore
    ...section(
      'Table changes',
      notes.tables.flatMap(({ pane, table: title, since, until, rows, more }) => [
        mdOf`### ${pane}: ${title}, ${clock(since)} to ${clock(until)}`,
        mdOf``,
        ...rows.map(({ what, row, changes }) => {
          const cells = changes.map(({ column, before, after }, index) => mdOf`${index === 0 ? '' : ', '}${column} ${code(before)} → ${code(after)}`); // prettier-ignore
          return mdOf`- ${what}: ${code(row)}${cells.length > 0 ? mdOf` (${cells})` : ''}`;
        }),
        ...(more > 0 ? [mdOf`- and ${more} more`] : []),
        mdOf``,
      ]),
    ),
    ...section(
      'Panes at the end',
      notes.screens.flatMap(({ title, lines }) => [mdOf`### ${title}`, mdOf``, fenced(lines), mdOf``]),
    ),
    ...section(
      'Terminals',
      notes.terminals
        .filter(({ text }) => text.length > 0)
        .flatMap(({ title, since, text }) => [mdOf`### ${title}, ${clock(since)}`, mdOf``, fenced(text), mdOf``]),
    ),
    ...section('Audit log', table(['Time', 'User', 'Command', 'Purpose', 'Exit code', 'ms'], notes.commands.map(({ at, as, command, why, exit, tookMs }) => [clock(at), as, codeInCell(command), why, exit ?? '', tookMs === undefined ? '' : Math.round(tookMs)]))), // prettier-ignore
    ...section(
      'Not readable',
      notes.notRead.map(({ source, why, detail }) => mdOf`- ${source}: ${why}: ${detail}`),
    ),
    ...(evidence
      ? section('Evidence', [
          mdOf`- ${code(evidence.file)}, ${evidence.bytes} bytes`,
          mdOf`- SHA-256 ${code(evidence.sha256)}`,
          ...evidence.problems.map((problem) => mdOf`- problem: ${problem}`),
        ])
      : []),
  ];
  return `${out
    .map(({ text }) => text)
    .join('\n')
    .trimEnd()}\n`;
}

function incident({ severity, sentence, since, atStart, explains, usedBy, next }: NotedIncident): Markdown[] {
  return [
    mdOf`- **${WORD[severity]}** ${sentence}  `,
    mdOf`  since ${clock(since)}${atStart ? ' or earlier' : ''}`,
    ...explains.map(({ sentence: victim, because }) => mdOf`  - explains ${victim} (${because})`),
    ...(usedBy === undefined ? [] : [mdOf`  - used by: ${usedBy}`]),
    mdOf`  - next: ${next}`,
  ];
}

function finding({ severity, sentence, since, until, past, evidence, next }: NotedFinding): Markdown[] {
  return [
    mdOf`- **${WORD[severity]}** ${sentence}  `,
    mdOf`  since ${clock(since)}${until === undefined ? (past ? ', past event' : ', active') : ` until ${clock(until)}`}`,
    ...evidence.map(({ what, value, source }) => mdOf`  - ${what}: ${code(value)} (${code(source)})`),
    ...(next === undefined ? [] : [mdOf`  - next: ${next}`]),
  ];
}

const section = (title: string, lines: readonly Markdown[]): readonly Markdown[] =>
  lines.length === 0 ? [] : [mdOf``, mdOf`## ${title}`, mdOf``, ...lines];

const table = (head: readonly string[], rows: readonly (readonly Piece<'markdown'>[])[]): readonly Markdown[] =>
  rows.length === 0 ? [] : [rowOf(head), mdOf`|${head.map(() => mdOf` --- |`)}`, ...rows.map(rowOf)];

const rowOf = (cells: readonly Piece<'markdown'>[]): Markdown => mdOf`|${cells.map((cell) => mdOf` ${cell} |`)}`;

function code(text: string): Markdown {
  if (text === '') return mdOf``;
  const longest = longestRun(text, 0);
  const fence = '`'.repeat(longest + 1);
  const pad = longest > 0 ? ' ' : '';
  return new Markup('markdown', `${fence}${pad}${text}${pad}${fence}`);
}

/** Code in a table cell, where a bar needs a backslash; a text with a bar behind a backslash has no code form. */
const codeInCell = (text: string): Markdown =>
  text.includes(String.raw`\|`) ? mdOf`${text}` : code(text.replaceAll('|', String.raw`\|`));

function fenced(lines: readonly string[]): Markdown {
  const fence = '`'.repeat(Math.max(...lines.map((line) => longestRun(line, 2)), 2) + 1);
  return new Markup('markdown', [`${fence}text`, ...lines, fence].join('\n'));
}

/** Length of the longest run of backticks, `least` or more. */
const longestRun = (text: string, least: number): number =>
  [...text.matchAll(/`+/g)].reduce((longest, [run]) => Math.max(longest, run.length), least);
