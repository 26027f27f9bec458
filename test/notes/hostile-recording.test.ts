import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Script } from 'node:vm';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { reportText } from '../../src/commands/report.ts';
import { findings, sources } from '../../src/subsystems/index.ts';
import { sanitize, sanitizeLines } from '../../src/lib/plain.ts';
import { castPlayer } from '../../src/notes/cast-player.ts';
import { notesOfRecording } from '../../src/notes/gather.ts';
import { htmlNotes } from '../../src/notes/html.ts';
import { markdownNotes } from '../../src/notes/markdown.ts';
import { safeNotes, type SafeNotes } from '../../src/notes/safe-notes.ts';
import { asciicast } from '../../src/recording/asciicast.ts';
import { Recorder } from '../../src/recording/recorder.ts';
import { Recording } from '../../src/recording/recording.ts';
import { ReplaySession } from '../../src/recording/replay-session.ts';

const START_MS = Date.UTC(2026, 4, 1, 10, 0, 0);
const PLAYER = { script: '', style: '', licence: '' };
const made = { madeMs: START_MS + 3_600_000, crashcart: '0' };

/** Texts that act on a terminal, in Markdown or in HTML without escapes. */
const ATTACKS = [
  '\u001B]52;c;cm0gLXJm\u0007', '\u001B]0;title\u001B\\', '\u001B]8;;http://192.0.2.1\u001B\\a\u001B]8;;\u001B\\', '\u009D0;t\u009C', '\u001BP+q\u001B\\',
  '\u009B31m', '\u001B[31m', '\u001B[2J', '\u202Etxt.exe', '\u2066', '\u200B', '\u2028', '\u{E0041}', '\r\n# title', '\n', '\t', '\0', '\u007F',
  '</script><img src=x onerror=alert(1)>', '"><svg onload=alert(1)>', '![x](http://192.0.2.1/a.png)', '[x](javascript:alert(1))', '|', '\\|', '`', '``', '`|`', '\\',
  'https://192.0.2.1', 'www.example.org', 'a@example.org', '<!--', '&lt;', '**', '~~~',
] as const; // prettier-ignore
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...ATTACKS), fc.string({ unit: 'binary', maxLength: 6 })), { maxLength: 4 })
  .map((parts) => parts.join(''));

let folder = '';
let number = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crashcart-hostile-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Recording with the texts in turn in all its fields. */
async function recorded(texts: readonly string[]): Promise<{ readonly path: string; readonly terminal: string }> {
  let used = 0;
  const next = () => texts[used++ % texts.length] ?? '';
  const path = join(folder, `${number++}.cc.zst`);
  const recorder = await Recorder.start({ path, host: next(), kind: 'ssh', crashcart: next(), redacted: false, nowMs: () => START_MS + 10_000 }); // prettier-ignore
  // A forged file may hold texts in number fields.
  const add = (seconds: number, event: object) =>
    recorder.add({ t: START_MS + seconds * 1000, ...event } as unknown as Parameters<Recorder['add']>[0]);
  const read = (name: string) => ({ kind: 'file', path: `/proc/sys/kernel/${name}` }) as const;
  const readings = [
    { name: 'hostname', read: read('hostname'), reading: { ok: true, value: next(), at: 1, tookMs: 1 } },
    { name: 'kernel', read: read('osrelease'), reading: { ok: true, value: next(), at: 1, tookMs: 1 } },
    { name: 'uptime', read: read('uptime'), reading: { ok: false, why: 'failed', detail: next() } },
  ] as const;
  recorder.sample('identity', { sample: undefined, missing: {}, at: 1, readings }, START_MS, 1, false);
  const cmdline = next();
  const table = new Map([[7, { pid: 7, stat: `7 (${next()}) S 1 7 7 0 -1 0 0 0 0 0 5 6 0 0 20 0 1 0 99 0 10`, cmdline, cgroup: next(), status: next() }]]); // prettier-ignore
  recorder.sample('processes', { sample: undefined, missing: {}, at: 1, readings: [{ name: 'table', read: { kind: 'processes', as: 'root' }, reading: { ok: true, value: table, at: 1, tookMs: 1 } }] }, START_MS, 1, false); // prettier-ignore
  add(1, { e: 'status', link: { state: 'closed', detail: next() }, transport: next(), root: { state: 'none', detail: next() } }); // prettier-ignore
  add(2, { e: 'status', link: { state: next() }, transport: next() });
  add(2, { e: 'finding', key: next(), state: 'stands', severity: 'warn', sentence: next() });
  add(3, { e: 'marker', text: next() });
  add(4, { e: 'audit', host: next(), as: 'root', command: next(), why: next(), exit: next(), tookMs: 1 });
  add(4, { e: 'audit', host: next(), as: next(), command: next(), why: next(), exit: [next()], tookMs: next() });
  add(5, { e: 'terminal', terminal: 'screen', title: next(), columns: 80, rows: 24 });
  add(5, { e: 'output', terminal: 'screen', data: `a${next()}b` });
  const terminal = `1${next()}`;
  add(6, { e: 'terminal', terminal, title: next(), columns: 80, rows: 24 });
  add(6, { e: 'output', terminal, data: next() });
  add(7, { e: 'output', terminal, data: next() });
  add(8, { e: 'recorder', what: 'left-out', detail: next() });
  await recorder.close();
  // As the decoder has it.
  return { path, terminal: sanitize(terminal) };
}

async function notesOf(path: string, file: string): Promise<SafeNotes> {
  const evidence = { file, bytes: 7, sha256: 'ab', problems: [] };
  return safeNotes(await notesOfRecording(await Recording.open(path), evidence, { sources, findings }, made));
}

async function castsOf(path: string, terminals: readonly string[]): Promise<string> {
  await using stack = new AsyncDisposableStack();
  const recording = await Recording.open(path);
  stack.defer(() => recording.close());
  let out = '';
  for (const terminal of terminals)
    for (const version of [2, 3] as const)
      for await (const line of asciicast(recording, version, terminal)) out += line;
  return out;
}

async function shown(path: string): Promise<string> {
  const recording = await Recording.open(path);
  const session = await ReplaySession.open({
    recording,
    sources,
    findings,
    clock: () => made.madeMs,
    fromMs: Infinity,
  });
  try {
    return reportText(session, { ascii: false, nowMs: session.player.positionMs() });
  } finally {
    await session.stop();
  }
}

const CONTROL = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
/** Sequences and controls that must not be in an asciicast. */
const DANGEROUS =
  /\u001B(?![78DEM]|[()][0AB]|\[[?\d;:]*[A-Za-z@`])|[\0-\u0007\u0010-\u001A\u007F-\u009F\u202A-\u202E\u2066-\u2069]/;

/** Lines with markup outside of code and escapes. */
const live = (markdown: string): string =>
  markdown
    .replaceAll(/^(`{3,})text\n[\s\S]*?\n\1$/gm, '')
    // Escapes first: in CommonMark a backtick behind a backslash begins no code.
    .replaceAll(/\\[!-/:-@[-`{-~]|(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, '_')
    .split('\n')
    .filter((line) => /[<>[\]!&@`~]|:\/\/|\bwww\./i.test(line))
    .join('\n');

describe('a recording with hostile texts in every field', () => {
  test('has no control character and no live markup in any output', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hostile, { minLength: 31, maxLength: 31 }), hostile, async (texts, file) => {
        const { path, terminal } = await recorded(texts);
        const notes = await notesOf(path, file);
        const markdown = markdownNotes(notes, 'full');
        const page = htmlNotes(notes, PLAYER);
        const casts = await castsOf(path, ['screen', terminal]);
        for (const text of [markdown, page, JSON.stringify(notes, null, 1), casts, await shown(path)])
          expect(CONTROL.exec(text)?.[0]).toBeUndefined();
        for (const line of casts.split('\n')) expect(DANGEROUS.exec(String(JSON.parse(line || '""')?.[2]))).toBeNull();
        expect(live(markdown)).toBe('');
        expect(
          page.replace(/<!-- asciinema-player.*\n\n-->/, '').replaceAll(/<script[^>]*>[\s\S]*?<\/script>/g, ''),
        ).not.toMatch(/<(?:img|svg onload|!--)/);
        const rows = markdown.split('\n').filter((line) => line.startsWith('| 2026'));
        for (const row of rows) expect([4, 7]).toContain(row.replaceAll(/\\./g, '').split('|').length - 1);
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});

test('htmlNotes has no control character with the player in it, and the player still parses', async () => {
  const page = htmlNotes(await notesOf((await recorded(['a'])).path, 'a'), castPlayer);
  expect(CONTROL.test(page.replaceAll('\t', ''))).toBe(false);
  expect(sanitizeLines(page) === page).toBe(true);
  const [script] = /(?<=<script>)[\s\S]*?(?=<\/script>)/.exec(page) ?? [''];
  expect(script.length).toBeGreaterThan(100_000);
  expect(() => new Script(script)).not.toThrow();
  expect(script).toContain(String.raw`"ALiS\u0001"`);
});
