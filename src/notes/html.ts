import type { CaseNotes, NotedFinding, NotedTerminal } from './case-notes.ts';
import { chartSvg } from './chart-svg.ts';
import { escaped, scriptJson } from './escaped.ts';
import { STYLE } from './html-style.ts';
import { summaryOf } from './summary.ts';
import { clock, nounOf, WORD } from './words.ts';

/** A player of asciicasts: its published script and style, and the licence that must stay with it. */
export interface CastPlayer {
  readonly script: string;
  readonly style: string;
  readonly licence: string;
}

/** No address may be asked for anything; the player's emulator is WebAssembly that is in the page. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline' 'wasm-unsafe-eval'; font-src data:; img-src data:; base-uri 'none'; form-action 'none'";

/** Case notes as one page that needs nothing but itself. */
export function htmlNotes(notes: CaseNotes, player: CastPlayer): string {
  const { host, evidence } = notes;
  const [fromMs, untilMs] = [Date.parse(notes.from), Date.parse(notes.until)];
  const played = notes.terminals.filter(({ cast }) => cast.length > 0);
  const body = [
    `<header><h1>${escaped(host.name)}</h1>`,
    `<p>Case notes, made by crashcart.${notes.redacted ? ' Identifiers were taken out.' : ''}</p></header>`,
    section('Summary', summaryOf(notes).map((said, place) => (place === 0 ? `<p><strong>${escaped(said)}</strong></p>` : `<p>${escaped(said)}</p>`)).join('')), // prettier-ignore
    section('Findings', notes.findings.length === 0 ? '<p>None.</p>' : `<ul class="findings">${notes.findings.map(finding).join('')}</ul>`), // prettier-ignore
    section('Course', notes.charts.map((chart) => chartSvg(chart, fromMs, untilMs, notes.timeline)).join('')),
    section(
      'Timeline',
      table(
        ['Time', 'What', ''],
        notes.timeline.map(({ at, kind, severity, text }) => [clock(at), severity ? WORD[severity] : nounOf(kind), escaped(text)]), // prettier-ignore
      ),
    ),
    section('Host', `<dl>${host.facts.map(({ what, value }) => `<dt>${escaped(what)}</dt><dd>${escaped(value)}</dd>`).join('')}<dt>Connection</dt><dd>${escaped(host.transport)}, root: ${escaped(host.root)}</dd></dl>`), // prettier-ignore
    section('What changed', notes.tables.map(changes).join('')),
    section('Terminals', played.map(terminal).join('')),
    section(
      'Screens at the end',
      notes.screens
        .map(({ title, lines }) => `<details><summary>${escaped(title)}</summary><pre>${escaped(lines.join('\n'))}</pre></details>`)
        .join(''), // prettier-ignore
    ),
    section(
      'Commands that ran on the host',
      notes.commands.length === 0
        ? ''
        : `<details><summary>${notes.commands.length} commands and files</summary>${table(
            ['Time', 'As', 'Command', 'Why', 'Exit', 'ms'],
            notes.commands.map(({ at, as, command, why, exit, tookMs }) => [clock(at), escaped(as), `<code>${escaped(command)}</code>`, escaped(why), String(exit ?? ''), tookMs === undefined ? '' : String(Math.round(tookMs))]), // prettier-ignore
          )}</details>`,
    ),
    section('Not read', table(['Source', 'Why', ''], notes.notRead.map(({ source, why, detail }) => [escaped(source), escaped(why), escaped(detail)]))), // prettier-ignore
    evidence
      ? section(
          'Evidence',
          `<dl><dt>File</dt><dd>${escaped(evidence.file)}, ${evidence.bytes} bytes</dd><dt>SHA-256</dt><dd><code>${escaped(evidence.sha256)}</code></dd>${evidence.problems.map((problem) => `<dt>Not readable</dt><dd>${escaped(problem)}</dd>`).join('')}</dl>`,
        )
      : '',
    `<footer>Made ${escaped(notes.made)} by crashcart ${escaped(notes.crashcart)}. Read-only: nothing was changed on the host.</footer>`,
  ];
  const casts = Object.fromEntries(played.map((one) => [one.terminal, castText(one)]));
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    '<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,">',
    `<title>Case notes: ${escaped(host.name)}</title>`,
    `<style>${STYLE}</style>`,
    ...(played.length > 0 ? [`<style>${player.style}</style>`] : []),
    '</head><body><main>',
    ...body,
    '</main>',
    ...(played.length > 0
      ? [
          `<!-- asciinema-player, https://github.com/asciinema/asciinema-player\n${player.licence.replaceAll('--', '- -')}\n-->`,
          `<script>${player.script.replaceAll(/<(?=\/script|!--)/gi, String.raw`\x3c`)}</script>`,
          `<script type="application/json" id="casts">${scriptJson(casts)}</script>`,
          `<script>${START}</script>`,
        ]
      : []),
    '</body></html>',
    '',
  ].join('\n');
}

/** A player is made when somebody opens its terminal: each holds a whole emulator. */
const START = `
const casts = JSON.parse(document.getElementById('casts').textContent);
for (const place of document.querySelectorAll('details[data-terminal]')) {
  const box = place.querySelector('.player');
  const data = casts[place.dataset.terminal];
  const open = () => {
    if (!place.open || box.firstChild) return;
    AsciinemaPlayer.create({ data }, box, { fit: 'width', idleTimeLimit: 2, poster: 'npt:0:01' });
  };
  place.addEventListener('toggle', open);
  open();
}
`;

function castText({ columns, rows, title, since, cast }: NotedTerminal): string {
  const head = { version: 2, width: columns, height: rows, timestamp: Math.floor(Date.parse(since) / 1000), title };
  return [head, ...cast].map((line) => JSON.stringify(line)).join('\n');
}

function finding({ severity, sentence, since, until, past, evidence, next }: NotedFinding): string {
  const proofs = evidence.map(
    ({ what, value, source }) =>
      `<li>${escaped(what)}: <strong>${escaped(value)}</strong> <code>${escaped(source)}</code></li>`,
  );
  return (
    `<li class="${severity}${until === undefined && !past ? '' : ' over'}"><b>${WORD[severity]}</b> ${escaped(sentence)}` +
    `<div class="when">since ${clock(since)}${until === undefined ? (past ? ', past event' : ', stands') : ` until ${clock(until)}`}</div>` +
    `${proofs.length > 0 ? `<ul>${proofs.join('')}</ul>` : ''}${next === undefined ? '' : `<div>Next: ${escaped(next)}</div>`}</li>`
  );
}

function changes({ pane, table: title, since, until, rows, more }: CaseNotes['tables'][number]): string {
  const told = rows.map(({ what, row, changes: changed }) => [
    what,
    `<code>${escaped(row)}</code>`,
    changed.map(({ column, before, after }) => `${escaped(column)} <code>${escaped(before)}</code> → <code>${escaped(after)}</code>`).join(', '), // prettier-ignore
  ]);
  const count = rows.length + more;
  return (
    `<details><summary>${escaped(pane)}: ${escaped(title)} (${count})</summary>` +
    `<p>${clock(since)} to ${clock(until)}</p>${table(['', 'Row', 'Before and after'], told)}${more > 0 ? `<p>and ${more} more</p>` : ''}</details>`
  );
}

const terminal = ({ terminal: name, title, since, text, leftOutBytes }: NotedTerminal): string =>
  `<details data-terminal="${escaped(name)}"><summary>${escaped(title)}, from ${clock(since)}</summary><div class="player"></div>${leftOutBytes > 0 ? `<p>${leftOutBytes} bytes at its end are left out here; the recording has them.</p>` : ''}` +
  `${text.length > 0 ? `<pre>${escaped(text.join('\n'))}</pre>` : ''}</details>`;

const section = (title: string, html: string): string =>
  html === '' ? '' : `<section><h2>${title}</h2>${html}</section>`;

/** Cells are finished HTML. */
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  rows.length === 0
    ? ''
    : `<div class="wide"><table><thead><tr>${head.map((cell) => `<th>${cell}</th>`).join('')}</tr></thead><tbody>${rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('')}</tbody></table></div>`;
