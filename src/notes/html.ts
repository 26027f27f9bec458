import { countsText, VERDICTS } from '../ledger/ledger.ts';
import { flameSvg } from '../stacks/flame-svg.ts';
import { profileAbout } from '../stacks/profile-text.ts';
import { stackTree } from '../stacks/stack-tree.ts';
import { notedProfile } from './noted-stacks.ts';
import type { CaseNotes, NotedFinding, NotedIncident, NotedStacks, NotedTerminal } from './case-notes.ts';
import { chartSvg } from './chart-svg.ts';
import { htmlOf, ownHtml, scriptJson, type Html, type HtmlPiece } from './html-markup.ts';
import { STYLE } from './html-style.ts';
import type { SafeNotes } from './safe-notes.ts';
import { summaryOf } from './summary.ts';
import { ledgerValue } from './noted-ledger.ts';
import { clock, nounOf, WORD } from './words.ts';

/** Asciicast player: its published script and style, and its licence, which must stay with it. */
export interface CastPlayer {
  readonly script: string;
  readonly style: string;
  readonly licence: string;
}

/** Content policy without any network access; the player's emulator is WebAssembly within the page. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline' 'wasm-unsafe-eval'; font-src data:; img-src data:; base-uri 'none'; form-action 'none'";

/** Case notes as one self-contained page. */
export function htmlNotes(notes: SafeNotes, player: CastPlayer): string {
  const { host, evidence } = notes;
  const [fromMs, untilMs] = [Date.parse(notes.from), Date.parse(notes.until)];
  const played = notes.terminals.filter(({ cast }) => cast.length > 0);
  const body = [
    htmlOf`<header><h1>${host.name}</h1><p>Case notes by crashcart${notes.redacted ? ', identifiers redacted' : ''}</p></header>`,
    section('Summary', summaryOf(notes).map((sentence, index) => (index === 0 ? htmlOf`<p><strong>${sentence}</strong></p>` : htmlOf`<p>${sentence}</p>`))), // prettier-ignore
    section('Incidents', notes.incidents.length === 0 ? htmlOf`<p>None at the end.</p>` : htmlOf`<ul class="findings incidents">${notes.incidents.map(incident)}</ul>`), // prettier-ignore
    section('Ledger', ledgerTable(notes.ledger)),
    section('Findings', notes.findings.length === 0 ? htmlOf`<p>None.</p>` : htmlOf`<ul class="findings">${notes.findings.map(finding)}</ul>`), // prettier-ignore
    section('What changed', table(['Time', 'What', 'Subject', 'Change'], notes.changes.map(({ at, what, subject, sentence }) => [clock(at), what, subject, sentence]))), // prettier-ignore
    section('Charts', notes.charts.map((chart) => chartSvg(chart, fromMs, untilMs, notes.timeline))), // prettier-ignore
    section(
      'Timeline',
      table(
        ['Time', 'Event', 'Detail'],
        notes.timeline.map(({ at, kind, severity, text }) => [clock(at), severity ? WORD[severity] : nounOf(kind), text]), // prettier-ignore
      ),
    ),
    section('Host', htmlOf`<dl>${host.facts.map(({ what, value }) => htmlOf`<dt>${what}</dt><dd>${value}</dd>`)}<dt>Connection</dt><dd>${host.transport}, root: ${host.root}</dd></dl>`), // prettier-ignore
    section('Table changes', notes.tables.map(changes)),
    section('Terminals', played.map(terminal)),
    section('Stacks', (notes.stacks ?? []).map(flameGraph)),
    section(
      'Panes at the end',
      notes.screens.map(({ title, lines }) => htmlOf`<details><summary>${title}</summary><pre>${lines.join('\n')}</pre></details>`), // prettier-ignore
    ),
    section(
      'Audit log',
      notes.commands.length === 0
        ? ''
        : htmlOf`<details><summary>${notes.commands.length} commands and reads</summary>${table(
            ['Time', 'User', 'Command', 'Purpose', 'Exit code', 'ms'],
            notes.commands.map(({ at, as, command, why, exit, tookMs }) => [clock(at), as, htmlOf`<code>${command}</code>`, why, exit ?? '', tookMs === undefined ? '' : Math.round(tookMs)]), // prettier-ignore
          )}</details>`,
    ),
    section('Not readable', table(['Source', 'Reason', 'Detail'], notes.notRead.map(({ source, why, detail }) => [source, why, detail]))), // prettier-ignore
    evidence
      ? section(
          'Evidence',
          htmlOf`<dl><dt>File</dt><dd>${evidence.file}, ${evidence.bytes} bytes</dd><dt>SHA-256</dt><dd><code>${evidence.sha256}</code></dd>${(evidence.items ?? []).map(({ at, offset, bytes, sha256 }) => htmlOf`<dt>Segment of ${at}</dt><dd>${bytes} bytes at ${offset}: <code>${sha256}</code></dd>`)}${evidence.problems.map((problem) => htmlOf`<dt>Problem</dt><dd>${problem}</dd>`)}</dl>`,
        )
      : '',
    htmlOf`<footer>Generated ${notes.made} by crashcart ${notes.crashcart}, read-only: no change on the host.</footer>`,
  ];
  const casts = Object.fromEntries(played.map((one) => [one.terminal, castText(one)]));
  const page: readonly HtmlPiece[] = [
    htmlOf`<!doctype html>`,
    htmlOf`<html lang="en"><head><meta charset="utf-8">`,
    htmlOf`<meta http-equiv="Content-Security-Policy" content="${ownHtml(POLICY)}">`,
    htmlOf`<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,">`,
    htmlOf`<title>Case notes: ${host.name}</title>`,
    htmlOf`<style>${ownHtml(STYLE)}</style>`,
    ...(played.length > 0 ? [htmlOf`<style>${ownHtml(player.style)}</style>`] : []),
    htmlOf`</head><body><main>`,
    ...body,
    htmlOf`</main>`,
    ...(played.length > 0
      ? [
          htmlOf`<!-- asciinema-player, https://github.com/asciinema/asciinema-player\n${ownHtml(player.licence.replaceAll('--', '- -'))}\n-->`,
          htmlOf`<script>${ownHtml(ownScript(player.script))}</script>`,
          htmlOf`<script type="application/json" id="casts">${scriptJson(casts)}</script>`,
          htmlOf`<script>${ownHtml(START)}</script>`,
        ]
      : []),
    htmlOf`</body></html>`,
  ];
  return htmlOf`${page.map((part) => htmlOf`${part}\n`)}`.text;
}

/** Published script with escapes for text that would close its element or act on a terminal that prints the page. */
const ownScript = (script: string): string =>
  script
    .replaceAll(/<(?=\/script|!--)/gi, String.raw`\x3c`)
    .replaceAll(/\\?(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, unicodeEscape);

const unicodeEscape = (found: string): string =>
  `\\u${found.charCodeAt(found.length - 1).toString(16).padStart(4, '0')}`; // prettier-ignore

/** Script that creates a player when its terminal is opened: each holds a whole emulator. */
const START = `
const casts = JSON.parse(document.getElementById('casts').textContent);
for (const terminal of document.querySelectorAll('details[data-terminal]')) {
  const box = terminal.querySelector('.player');
  const data = casts[terminal.dataset.terminal];
  const open = () => {
    if (!terminal.open || box.firstChild) return;
    AsciinemaPlayer.create({ data }, box, { fit: 'width', idleTimeLimit: 2, poster: 'npt:0:01' });
  };
  terminal.addEventListener('toggle', open);
  open();
}
`;

/** Flame graph of a sampling, which escapes its texts itself. */
function flameGraph(stacks: NotedStacks): Html {
  const profile = notedProfile(stacks);
  const title = `${stacks.process} (${stacks.pid}), ${clock(stacks.since)}`;
  return htmlOf`<figure class="flame">${ownHtml(flameSvg(stackTree(profile), title, profileAbout(profile)))}</figure>`;
}

function castText({ columns, rows, title, since, cast }: NotedTerminal): string {
  const head = { version: 2, width: columns, height: rows, timestamp: Math.floor(Date.parse(since) / 1000), title };
  return [head, ...cast].map((line) => JSON.stringify(line)).join('\n');
}

function incident(noted: NotedIncident): Html {
  const { severity, sentence, since, atStart, explains, usedBy, changedBefore = [], next } = noted;
  const items = [
    ...explains.map(({ sentence: victim, because }) => htmlOf`<li>explains ${victim} <em>${because}</em></li>`),
    ...(usedBy === undefined ? [] : [htmlOf`<li>used by: ${usedBy}</li>`]),
    ...changedBefore.map((line) => htmlOf`<li>changed before: ${line}</li>`),
  ];
  return htmlOf`<li class="${severity}"><b>${WORD[severity]}</b> ${sentence}<div class="when">since ${clock(since)}${atStart ? ' or earlier' : ''}</div>${items.length > 0 ? htmlOf`<ul>${items}</ul>` : ''}<div>Next: ${next}</div></li>`;
}

/** Counts and all lines: accused, not read, cleared. */
const ledgerTable = (ledger: CaseNotes['ledger']): Html =>
  htmlOf`<p>${countsText(ledger)}</p><details><summary>${ledger.lines.length} lines</summary>${table(
    ['Verdict', 'Resource', 'Aspect', 'Value', 'Limit', 'Age, s', 'Why, finding'],
    ledger.lines.map((line) => [VERDICTS[line.verdict], line.resource, line.aspect, ledgerValue(line), line.limit ?? '', line.ageSeconds ?? '', line.why ?? line.finding ?? '']), // prettier-ignore
  )}</details>`;

function finding({ severity, sentence, since, until, past, evidence, next }: NotedFinding): Html {
  const items = evidence.map(
    ({ what, value, source }) => htmlOf`<li>${what}: <strong>${value}</strong> <code>${source}</code></li>`,
  );
  const when = until === undefined ? (past ? ', past event' : ', active') : ` until ${clock(until)}`;
  return htmlOf`<li class="${severity}${until === undefined && !past ? '' : ' over'}"><b>${WORD[severity]}</b> ${sentence}<div class="when">since ${clock(since)}${when}</div>${items.length > 0 ? htmlOf`<ul>${items}</ul>` : ''}${next === undefined ? '' : htmlOf`<div>Next: ${next}</div>`}</li>`;
}

function changes({ pane, table: title, since, until, rows, more }: CaseNotes['tables'][number]): Html {
  const cells = rows.map(({ what, row, changes: changed }) => [
    what,
    htmlOf`<code>${row}</code>`,
    changed.map(({ column, before, after }, index) => htmlOf`${index === 0 ? '' : ', '}${column} <code>${before}</code> → <code>${after}</code>`), // prettier-ignore
  ]);
  const rest = more > 0 ? htmlOf`<p>and ${more} more</p>` : '';
  return htmlOf`<details><summary>${pane}: ${title} (${rows.length + more})</summary><p>${clock(since)} to ${clock(until)}</p>${table(['Change', 'Row', 'Before → after'], cells)}${rest}</details>`;
}

function terminal({ terminal: name, title, since, text, leftOutBytes }: NotedTerminal): Html {
  const leftOut = leftOutBytes > 0 ? htmlOf`<p>last ${leftOutBytes} bytes left out, see the recording</p>` : ''; // prettier-ignore
  const lines = text.length > 0 ? htmlOf`<pre>${text.join('\n')}</pre>` : '';
  return htmlOf`<details data-terminal="${name}"><summary>${title}, since ${clock(since)}</summary><div class="player"></div>${leftOut}${lines}</details>`;
}

function section(title: string, body: HtmlPiece): Html {
  const inner = htmlOf`${body}`;
  return inner.text === '' ? inner : htmlOf`<section><h2>${title}</h2>${inner}</section>`;
}

const table = (head: readonly string[], rows: readonly (readonly HtmlPiece[])[]): Html =>
  rows.length === 0
    ? htmlOf``
    : htmlOf`<div class="wide"><table><thead><tr>${head.map((cell) => htmlOf`<th>${cell}</th>`)}</tr></thead><tbody>${rows.map((row) => htmlOf`<tr>${row.map((cell) => htmlOf`<td>${cell}</td>`)}</tr>`)}</tbody></table></div>`;
