import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LiveSession } from '../../src/collect/live-session.ts';
import { startRecording, startRedacted } from '../../src/commands/start-recording.ts';
import { keyOf, type Host, type ProcessTable } from '../../src/host/host.ts';
import { plain, setRedact } from '../../src/lib/plain.ts';
import { notesOfRecording } from '../../src/notes/gather.ts';
import { htmlNotes } from '../../src/notes/html.ts';
import { markdownNotes } from '../../src/notes/markdown.ts';
import { leftIn } from '../../src/notes/redact-notes.ts';
import { safeNotes } from '../../src/notes/safe-notes.ts';
import { asciicast } from '../../src/recording/asciicast.ts';
import { leftInCast } from '../../src/recording/cast-search.ts';
import { Recording } from '../../src/recording/recording.ts';
import { Redactor } from '../../src/redact/redactor.ts';
import { ScreenRedaction } from '../../src/redact/screen-redaction.ts';
import { recordsOfDmesg, RecordLog } from '../../src/host/protocols/kernel/record-log.ts';
import { kernelLog } from '../../src/sources/kernel/kernel-log.ts';
import { processes } from '../../src/sources/processes/processes.ts';
import { findings, panes, sources } from '../../src/subsystems/index.ts';
import { makeTheme } from '../../src/theme.ts';
import { drawPane } from '../../src/ui/draw-pane.ts';
import { plainPaneView } from '../../src/ui/pane-view.ts';
import { unstyled } from '../../src/lib/text-width.ts';
import { hostMoments } from '../helpers/hosts.ts';
import { watched } from '../helpers/moments.ts';
import { overlay } from '../helpers/overlay.ts';
import { planted, plantedIdentifiers, plantedIn, type Where } from './planted.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crashcart-corpus-'));
  vi.stubEnv('XDG_STATE_HOME', folder);
});
afterEach(() => {
  setRedact(undefined);
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

test(`Redactor leaves none of ${plantedIdentifiers.length} identifiers in ${planted.length} lines that it sees one by one`, () => {
  const left = planted.flatMap(({ text, identifiers }) => {
    expect(plantedIn(text, identifiers)).toEqual(identifiers);
    const redactor = new Redactor();
    const redacted = redactor.text(text);
    expect(redactor.left(redacted)).toEqual([]);
    return plantedIn(redacted, identifiers).map((identifier) => `${identifier} in ${redacted}`);
  });
  expect(left).toEqual([]);
});

const linesOf = (...wheres: readonly Where[]): readonly string[] =>
  planted.filter(({ where }) => wheres.includes(where)).map(({ text }) => text);

/** A recorded host with the planted lines in its kernel log and its command lines. */
function plantedHost(): Host {
  const { host } = hostMoments('container-host').at(-1)!;
  const log = linesOf('kernel log', 'journal')
    .map((line, i) => `[${100 + i}.000001] ${line}\n`)
    .join('');
  const commands = linesOf('command line', 'setting', 'reply');
  const table = (recorded: ProcessTable) => {
    const [, like] = [...recorded].find(([, { cmdline }]) => cmdline !== '')!;
    return new Map([
      ...recorded,
      ...commands.map((cmdline, i) => {
        const pid = 700_000 + i;
        return [pid, { ...like, pid, cmdline, stat: like.stat.replace(/^\d+/, String(pid)) }] as const;
      }),
    ]);
  };
  return overlay(
    { ...host, name: 'wilhelmina@payctl-07.dc1.kestrelbank.com' },
    {
      [keyOf(kernelLog.reads.records)]: new RecordLog().add(recordsOfDmesg(log)).text(),
      [keyOf(processes.reads.table)]: table,
    },
  );
}

/** Records the host with all planted lines on a terminal, cut at every width, and as markers. */
async function recorded(isRedacted: boolean): Promise<string> {
  const nowMs = () => Date.now();
  const session = new LiveSession({ host: plantedHost(), live: undefined, audit: undefined, sources, findings, budgetPct: 100, nowMs }); // prettier-ignore
  await sleep(3000);
  const path = join(folder, `${isRedacted ? 'redacted' : 'plain'}.cc.zst`);
  const redaction = new ScreenRedaction();
  const recording = await (isRedacted ? startRedacted(session, redaction, path) : startRecording(session, path));
  recording.terminal('1', 'sh', 120, 30);
  for (const { text } of planted)
    for (const piece of `${text.replaceAll('\0', ' ')}\r\n`.match(/.{1,17}|\r\n/gs) ?? []) recording.output('1', piece);
  for (const { text } of planted) session.mark(text);
  await sleep(1500);
  await recording.stop();
  await session.stop();
  expect(recording.state().problem).toBeUndefined();
  return path;
}

const eventsOf = async (recording: Recording): Promise<string> => {
  const parts: string[] = [];
  for (const [index] of recording.segments.entries())
    parts.push(JSON.stringify((await recording.segment(index)).events));
  return parts.join('\n');
};

const castOf = async (recording: Recording): Promise<string> => {
  let out = '';
  for await (const line of asciicast(recording, 3, '1')) {
    const event: unknown = JSON.parse(line);
    out += Array.isArray(event) ? String(event[2]) : line;
  }
  return out;
};

const NO_PLAYER = { script: '', style: '', licence: '' };

/** Each form of output of a recording. */
async function outputs(
  path: string,
  redaction: ScreenRedaction | undefined,
): Promise<Readonly<Record<string, string>>> {
  const recording = await Recording.open(path);
  const events = await eventsOf(recording);
  const cast = await castOf(recording);
  const notes = safeNotes(await notesOfRecording(recording, undefined, { sources, findings }, { madeMs: 0, crashcart: '0' }, redaction)); // prettier-ignore
  const md = markdownNotes(notes, 'full');
  const html = htmlNotes(notes, NO_PLAYER);
  const left = [md, html].flatMap((rendered) => (redaction ? leftIn(notes, rendered, redaction.redactor) : []));
  expect(left).toEqual([]);
  return { ...(redaction ? {} : { recording: events, cast }), md, html, json: JSON.stringify(notes) };
}

test(`record and report leave none of ${plantedIdentifiers.length} identifiers in recording, cast, md, html, json`, async () => {
  const [redacted, bare] = [await recorded(true), await recorded(false)];
  const counts = async (path: string, redaction?: ScreenRedaction) =>
    Object.entries(await outputs(path, redaction)).map(([form, text]) => [form, plantedIn(text).length] as const);
  const before = await counts(bare);
  // Otherwise the rest proves nothing.
  for (const [form, count] of before) expect([form, count > 300]).toEqual([form, true]);
  const recordedRedacted = await counts(redacted);
  const reportRedacted = await counts(bare, new ScreenRedaction());
  console.log(
    `planted ${plantedIdentifiers.length}; without redaction ${JSON.stringify(before)}; record --redact ${JSON.stringify(recordedRedacted)}; report --redact ${JSON.stringify(reportRedacted)}`,
  );
  for (const [form, count] of [...recordedRedacted, ...reportRedacted]) expect([form, count]).toEqual([form, 0]);
  const recording = await Recording.open(redacted);
  const redactor = new Redactor();
  expect([...(await leftInCast(asciicast(recording, 3, '1'), (line) => redactor.leftInLine(line)))]).toEqual([]);
}, 240_000);

test(`the screen and the clipboard show none of ${plantedIdentifiers.length} identifiers`, async () => {
  const { timeline, nowMs } = await watched(sources, [{ at: 0, host: plantedHost() }]);
  const theme = makeTheme({ colour: false, ascii: true });
  const drawn = () =>
    panes
      .flatMap((pane) => {
        const model: unknown = pane.model(timeline.moment(pane.needs, nowMs));
        return pane.sections(model).flatMap((section) => {
          const rows = section.kind === 'table' ? section.rows.length + 4 : 120;
          const view = { ...plainPaneView, focus: section.id, zoomed: true };
          return drawPane(pane, model, view, { columns: 250, rows }, theme).lines.map(unstyled);
        });
      })
      .join('\n');
  expect(plantedIn(drawn()).length).toBeGreaterThan(100);
  const redaction = new ScreenRedaction();
  redaction.learnTarget('wilhelmina@payctl-07.dc1.kestrelbank.com');
  redaction.learnFrom(timeline, sources);
  redaction.set(true);
  // Names that a frame shows first are hidden in the next one.
  drawn();
  expect(plantedIn(drawn())).toEqual([]);
  const shown = planted.map(({ text }) => plain(text)).join('\n');
  expect(plantedIn(shown)).toEqual([]);
  expect(plantedIn(redaction.redactor.text(planted.map(({ text }) => text).join('\n')))).toEqual([]);
}, 120_000);
