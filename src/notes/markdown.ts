import { isReading } from '../host/audit.ts';
import { countsText, VERDICTS } from '../ledger/ledger.ts';
import { plural } from '../lib/units.ts';
import { cutSection, type BriefSection } from './brief-section.ts';
import { ledgerValue, unreadReasons } from './noted-ledger.ts';
import { clock, chartSummary, nounOf, WORD } from './words.ts';
import type { NotedFinding, NotedIncident } from './case-notes.ts';
import { Markup, tagOf, type Piece } from './markup.ts';
import type { SafeNotes } from './safe-notes.ts';
import { foldedLines } from '../stacks/folded.ts';
import { profileAbout } from '../stacks/profile-text.ts';
import { notedProfile } from './noted-stacks.ts';
import { summaryOf } from './summary.ts';

type Markdown = Markup<'markdown'>;

/** Characters of markup, and those of GFM autolinks: addresses, mail, www. */
const LIVE = /[\\`*_{}[\]<>#|~&!@]|:(?=\/\/)|(?<=\bwww)\./gi;
/** Markdown template tag, which escapes texts. The formatter rewrites templates named `md`. */
const mdOf = tagOf('markdown', (text) => text.replaceAll(LIVE, String.raw`\$&`));

/** `brief`: up to 20 kB, for a ticket; `full`: everything. */
export type Extent = 'brief' | 'full';

/** Case notes for a ticket: CommonMark with GFM tables. Brief ones name what was left out, and how to get it. */
export function markdownNotes(notes: SafeNotes, extent: Extent): string {
  const sections = extent === 'full' ? fullSections(notes) : briefSections(notes);
  const cut = sections.map((section) => ({ title: section.title, ...cutSection(section) }));
  const out = [
    ...headOf(notes, extent),
    ...cut.flatMap(({ title, lines, leftOut }) => [
      ...section(title, lines),
      ...(leftOut > 0 ? [mdOf`- and ${leftOut} more lines, left out`] : []),
    ]),
    ...(extent === 'full' ? [] : section('Left out', leftOutOf(notes, cut))),
  ];
  return `${out
    .map(({ text }) => text)
    .join('\n')
    .trimEnd()}\n`;
}

/** Longest sentence of the summary in brief notes. */
const MAX_SUMMARY = 300;

function headOf(notes: SafeNotes, extent: Extent): readonly Markdown[] {
  const { host } = notes;
  const short = (text: string) => (extent === 'full' || text.length <= MAX_SUMMARY ? text : `${text.slice(0, MAX_SUMMARY)}…`); // prettier-ignore
  return [
    mdOf`# Case notes: ${short(host.name)}`,
    mdOf``,
    mdOf`${notes.from} to ${notes.until} (UTC). Generated ${notes.made} by crashcart ${notes.crashcart}, read-only, ${short(host.transport)}, root: ${host.root}${notes.redacted ? ', identifiers redacted' : ''}.`,
    mdOf``,
    ...summaryOf(notes).map((sentence, index) => (index === 0 ? mdOf`**${short(sentence)}**` : mdOf`${short(sentence)}`)), // prettier-ignore
  ];
}

type Section = BriefSection<'markdown'>;
const whole = (title: string, lines: readonly Markdown[]): Section => ({ title, lines, mostBytes: Infinity });

function fullSections(notes: SafeNotes): readonly Section[] {
  return [
    whole('Host', hostLines(notes)),
    whole('Incidents', incidentLines(notes)),
    whole('Ledger', [
      mdOf`${countsText(notes.ledger)}`,
      mdOf``,
      ...table(
        ['Verdict', 'Resource', 'Aspect', 'Value', 'Limit', 'Age, s', 'Why, finding'],
        notes.ledger.lines.map((line) => [VERDICTS[line.verdict], line.resource, line.aspect, ledgerValue(line), line.limit ?? '', line.ageSeconds ?? '', line.why ?? line.finding ?? '']), // prettier-ignore
      ),
    ]),
    whole('Findings', notes.findings.length === 0 ? [mdOf`None.`] : notes.findings.flatMap((one) => finding(one, Infinity))), // prettier-ignore
    whole('What changed', changeTable(notes.changes, Infinity)),
    whole('Moved with the first incident', moved(notes.correlation)),
    whole('Timeline', timelineTable(notes.timeline)),
    whole('Figures', figureTable(notes)),
    whole('Table changes', changeLines(notes)),
    whole(
      'Panes at the end',
      notes.screens.flatMap(({ title, lines }) => [mdOf`### ${title}`, mdOf``, fenced(lines), mdOf``]),
    ),
    whole('Stacks', stackLines(notes, Infinity)),
    whole('Terminals', terminalLines(notes, Infinity)),
    whole('Audit log', commandTable(notes.commands)),
    whole('Not readable', gapLines(notes)),
    whole('Evidence', evidenceLines(notes)),
  ];
}

/** Lines of a terminal, and figures of a finding, in brief notes. */
const MAX_TERMINAL = 12;
const MAX_EVIDENCE = 2;
/** Folded stacks of a sampling in brief notes, the most frequent ones. */
const MAX_FOLDED = 5;
/** Changes that are listed. */
const MAX_CHANGES = 15;

/** What a reader of the ticket needs first; together with head and end the sections stay below 20 kB. */
function briefSections(notes: SafeNotes): readonly Section[] {
  const roots = new Set(notes.incidents.map(({ key }) => key));
  const most = (title: string, mostBytes: number, lines: readonly Markdown[]): Section => ({ title, lines, mostBytes });
  return [
    most('Host', 1200, hostLines(notes)),
    most('Incidents', 4800, incidentLines(notes)),
    most('Ledger', 1400, [
      mdOf`${countsText(notes.ledger)}`,
      ...(notes.ledger.unread > 0 ? [mdOf``] : []),
      ...unreadReasons(notes.ledger).map((reason) => mdOf`- not read, ${reason}`),
    ]),
    most('Findings', 2800, notes.findings.length === 0 ? [mdOf`None.`] : notes.findings.flatMap((one) => finding(one, roots.has(one.key) ? MAX_EVIDENCE : 0))), // prettier-ignore
    most('What changed', 1300, changeTable(notes.changes, MAX_CHANGES)),
    most('Moved with the first incident', 900, moved(notes.correlation)),
    most('Notes', 1500, timelineTable(notes.timeline.filter(isWritten))),
    most('Timeline', 1200, timelineTable(notes.timeline.filter((entry) => !isWritten(entry)))),
    most('Figures', 700, figureTable(notes)),
    most('Stacks', 1500, stackLines(notes, MAX_FOLDED)),
    most('Terminals', 1200, terminalLines(notes, MAX_TERMINAL)),
    most('Audit log', 800, commandTable(notes.commands.filter((one) => !isReading(one)))),
    most('Not readable', 600, gapLines(notes)),
    most('Evidence', 400, evidenceLines(notes)),
  ];
}

function leftOutOf(
  { tables, screens, commands, charts }: SafeNotes,
  cut: readonly { readonly title: string; readonly leftOut: number }[],
): readonly Markdown[] {
  const changed = tables.reduce((sum, { rows, more }) => sum + rows.length + more, 0);
  const reads = commands.filter(isReading).length;
  const parts = [
    ...(changed > 0 ? [plural(changed, 'changed table row')] : []),
    ...(screens.length > 0 ? [plural(screens.length, 'pane')] : []),
    ...(charts.length > 0 ? [plural(charts.length, 'chart')] : []),
    ...(reads > 0 ? [`${plural(reads, 'routine read')} of the audit log`] : []),
    'cleared lines of the ledger, evidence of findings that an incident explains',
    ...cut.flatMap(({ title, leftOut }) => (leftOut > 0 ? [`${plural(leftOut, 'line')} of ${title}`] : [])),
  ];
  return [mdOf`${parts.join('; ')}.`, mdOf``, mdOf`All of it: ${code('crashcart report … --full')}, or ${code('--format html')} as one page.`]; // prettier-ignore
}

const hostLines = ({ host }: SafeNotes): readonly Markdown[] =>
  host.facts.map(({ what, value }) => mdOf`- ${what}: ${code(value)}`);

const incidentLines = ({ incidents }: SafeNotes): readonly Markdown[] =>
  incidents.length === 0 ? [mdOf`None at the end.`] : incidents.flatMap(incident);

/** Markers and notes of the engineer: a flood of other events must not crowd them out. */
const isWritten = ({ kind }: SafeNotes['timeline'][number]): boolean => kind === 'note' || kind === 'marker';

const timelineTable = (timeline: SafeNotes['timeline']): readonly Markdown[] =>
  table(
    ['Time', 'Event', 'Detail'],
    timeline.map(({ at, kind, severity, text }) => [clock(at), severity ? WORD[severity] : nounOf(kind), text]),
  );

const figureTable = ({ charts }: SafeNotes): readonly Markdown[] =>
  table(
    ['Figure', 'Min', 'Max', 'Last'],
    charts.flatMap((chart) => chartSummary(chart).map(({ name, min, max, last }) => [name, min, max, last])),
  );

const changeLines = ({ tables }: SafeNotes): readonly Markdown[] =>
  tables.flatMap(({ pane, table: title, since, until, rows, more }) => [
    mdOf`### ${pane}: ${title}, ${clock(since)} to ${clock(until)}`,
    mdOf``,
    ...rows.map(({ what, row, changes }) => {
      const cells = changes.map(({ column, before, after }, index) => mdOf`${index === 0 ? '' : ', '}${column} ${code(before)} → ${code(after)}`); // prettier-ignore
      return mdOf`- ${what}: ${code(row)}${cells.length > 0 ? mdOf` (${cells})` : ''}`;
    }),
    ...(more > 0 ? [mdOf`- and ${more} more`] : []),
    mdOf``,
  ]);

const terminalLines = ({ terminals }: SafeNotes, most: number): readonly Markdown[] =>
  terminals
    .filter(({ text }) => text.length > 0)
    .flatMap(({ title, since, text }) => [
      mdOf`### ${title}, ${clock(since)}`,
      mdOf``,
      fenced(text.length <= most ? text : [...text.slice(0, most), `… ${text.length - most} more lines`]),
      mdOf``,
    ]);

/** Samplings as folded stacks, the most frequent first. */
const stackLines = ({ stacks = [] }: SafeNotes, most: number): readonly Markdown[] =>
  stacks.flatMap((one) => {
    const profile = notedProfile(one);
    const lines = foldedLines(profile);
    const left = lines.length > most ? [`… ${lines.length - most} more stacks`] : [];
    return [
      mdOf`### ${one.process} (${one.pid}), ${clock(one.since)}`,
      mdOf``,
      mdOf`${profileAbout(profile)}`,
      mdOf``,
      fenced([...lines.slice(0, most), ...left]),
      mdOf``,
    ];
  });

const commandTable = (commands: SafeNotes['commands']): readonly Markdown[] =>
  table(
    ['Time', 'User', 'Command', 'Purpose', 'Exit code', 'ms'],
    commands.map(({ at, as, command, why, exit, tookMs }) => [clock(at), as, codeInCell(command), why, exit ?? '', tookMs === undefined ? '' : Math.round(tookMs)]), // prettier-ignore
  );

const gapLines = ({ notRead }: SafeNotes): readonly Markdown[] =>
  notRead.map(({ source, why, detail }) => mdOf`- ${source}: ${why}: ${detail}`);

const evidenceLines = ({ evidence }: SafeNotes): readonly Markdown[] =>
  evidence
    ? [
        mdOf`- ${code(evidence.file)}, ${evidence.bytes} bytes`,
        mdOf`- SHA-256 ${code(evidence.sha256)}`,
        ...(evidence.items ?? []).map(
          ({ at, offset, bytes, sha256 }) => mdOf`- segment of ${at}, ${bytes} bytes at ${offset}: ${code(sha256)}`,
        ),
        ...evidence.problems.map((problem) => mdOf`- problem: ${problem}`),
      ]
    : [];

function moved(correlation: SafeNotes['correlation']): readonly Markdown[] {
  if (!correlation || correlation.series.length === 0) return [];
  const { window, before, series } = correlation;
  return [
    mdOf`${clock(window.from)} to ${clock(window.until)} against the time since ${clock(before.from)}`,
    mdOf``,
    ...table(
      ['Object', 'Series', 'Before', 'During', 'Change', 'Strength'],
      series.map((one) => [
        `${one.object}${one.more ? ` +${one.more.length}` : ''}`,
        `${one.section} ${one.series}`,
        one.before ?? '',
        one.during,
        one.change,
        one.strength,
      ]),
    ),
  ];
}

const changeTable = (changes: SafeNotes['changes'], most: number): readonly Markdown[] => [
  ...table(
    ['Time', 'What', 'Subject', 'Change'],
    changes.slice(0, most).map(({ at, what, subject, sentence }) => [clock(at), what, subject, sentence]),
  ),
  ...(changes.length > most ? [mdOf``, mdOf`and ${changes.length - most} earlier`] : []),
];

function incident(noted: NotedIncident): Markdown[] {
  const { severity, sentence, since, atStart, explains, usedBy, changedBefore = [], next } = noted;
  return [
    mdOf`- **${WORD[severity]}** ${sentence}  `,
    mdOf`  since ${clock(since)}${atStart ? ' or earlier' : ''}`,
    ...explains.map(({ sentence: victim, because }) => mdOf`  - explains ${victim} (${because})`),
    ...(usedBy === undefined ? [] : [mdOf`  - used by: ${usedBy}`]),
    ...changedBefore.map((line) => mdOf`  - changed before: ${line}`),
    mdOf`  - next: ${next}`,
  ];
}

function finding(
  { severity, sentence, since, until, past, evidence, next }: NotedFinding,
  mostEvidence: number,
): Markdown[] {
  return [
    mdOf`- **${WORD[severity]}** ${sentence}  `,
    mdOf`  since ${clock(since)}${until === undefined ? (past ? ', past event' : ', active') : ` until ${clock(until)}`}`,
    ...evidence
      .slice(0, mostEvidence)
      .map(({ what, value, source }) => mdOf`  - ${what}: ${code(value)} (${code(source)})`),
    ...(next === undefined || mostEvidence < Infinity ? [] : [mdOf`  - next: ${next}`]),
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
