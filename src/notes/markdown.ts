import type { CaseNotes, NotedFinding } from './case-notes.ts';
import { summaryOf } from './summary.ts';
import { chartSummary, clock, nounOf, WORD } from './words.ts';

/** Case notes to be pasted into a ticket: CommonMark with tables as GitHub and most trackers have them. */
export function markdownNotes(notes: CaseNotes): string {
  const { host, evidence } = notes;
  const out = [
    `# Case notes: ${text(host.name)}`,
    '',
    `${notes.from} to ${notes.until} (UTC). Made ${notes.made} by crashcart ${notes.crashcart}, read-only, ${text(host.transport)}, root: ${text(host.root)}${notes.redacted ? '; identifiers were taken out' : ''}.`,
    '',
    ...summaryOf(notes).map((said, place) => (place === 0 ? `**${text(said)}**` : text(said))),
    '',
    '## Host',
    '',
    ...host.facts.map(({ what, value }) => `- ${what}: ${code(value)}`),
    '',
    '## Findings',
    '',
    ...(notes.findings.length === 0 ? ['None.'] : notes.findings.flatMap(finding)),
    ...section('Timeline', table(['Time', 'What', ''], notes.timeline.map(({ at, kind, severity, text: said }) => [clock(at), severity ? WORD[severity] : nounOf(kind), text(said)]))), // prettier-ignore
    ...section('Figures', table(['', 'Least', 'Most', 'Last'], notes.charts.flatMap((chart) => chartSummary(chart).map(({ name, least, most, last }) => [text(name), least, most, last])))), // prettier-ignore
    ...section(
      'What changed',
      notes.tables.flatMap(({ pane, table: title, since, until, rows, more }) => [
        `### ${text(pane)}: ${text(title)}, ${clock(since)} to ${clock(until)}`,
        '',
        ...rows.map(({ what, row, changes }) => {
          const told = changes.map(({ column, before, after }) => `${text(column)} ${code(before)} → ${code(after)}`);
          return `- ${what}: ${code(row)}${told.length > 0 ? ` (${told.join(', ')})` : ''}`;
        }),
        ...(more > 0 ? [`- and ${more} more`] : []),
        '',
      ]),
    ),
    ...section(
      'Screens',
      notes.screens.flatMap(({ title, lines }) => [`### ${text(title)}`, '', ...fenced(lines), '']),
    ),
    ...section(
      'Terminals',
      notes.terminals
        .filter(({ text: said }) => said.length > 0)
        .flatMap(({ title, since, text: said }) => [`### ${text(title)}, ${clock(since)}`, '', ...fenced(said), '']),
    ),
    ...section('Commands that ran on the host', table(['Time', 'As', 'Command', 'Why', 'Exit', 'ms'], notes.commands.map(({ at, as, command, why, exit, tookMs }) => [clock(at), as, code(command), text(why), String(exit ?? ''), String(tookMs === undefined ? '' : Math.round(tookMs))]))), // prettier-ignore
    ...section(
      'Not read',
      notes.notRead.map(({ source, why, detail }) => `- ${text(source)}: ${why}: ${text(detail)}`),
    ),
    ...(evidence
      ? section('Evidence', [
          `- ${code(evidence.file)}, ${evidence.bytes} bytes`,
          `- SHA-256 \`${evidence.sha256}\``,
          ...evidence.problems.map((problem) => `- not all of it could be read: ${text(problem)}`),
        ])
      : []),
  ];
  return `${out.join('\n').trimEnd()}\n`;
}

function finding({ severity, sentence, since, until, past, evidence, next }: NotedFinding): string[] {
  return [
    `- **${WORD[severity]}** ${text(sentence)}  `,
    `  since ${clock(since)}${until === undefined ? (past ? ', past event' : ', stands') : ` until ${clock(until)}`}`,
    ...evidence.map(({ what, value, source }) => `  - ${text(what)}: ${code(value)} (${code(source)})`),
    ...(next === undefined ? [] : [`  - next: ${text(next)}`]),
  ];
}

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', `## ${title}`, '', ...lines];

const table = (head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] =>
  rows.length === 0
    ? []
    : [
        `| ${head.join(' | ')} |`,
        `|${head.map(() => ' --- ').join('|')}|`,
        ...rows.map((row) => `| ${row.join(' | ')} |`),
      ];

/** What a host said is no markup of ours. */
export const text = (said: string): string => said.replaceAll(/[\\`*_{}[\]<>#|~&!]/g, String.raw`\$&`);

/** In a table a bar ends a cell even within code. */
function code(said: string): string {
  if (said === '') return '';
  const longest = Math.max(0, ...[...said.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = longest > 0 ? ' ' : '';
  return `${fence}${pad}${said.replaceAll('|', String.raw`\|`)}${pad}${fence}`;
}

function fenced(lines: readonly string[]): readonly string[] {
  const longest = Math.max(2, ...lines.flatMap((line) => [...line.matchAll(/`+/g)].map(([run]) => run.length)));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}text`, ...lines, fence];
}
