import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { saveCopy } from '../../src/app/save-copy.ts';
import { LiveSession } from '../../src/collect/live-session.ts';
import { startRecording, startRedacted } from '../../src/commands/start-recording.ts';
import { missing, type Host, type Read } from '../../src/host/host.ts';
import { plain, setRedact } from '../../src/lib/plain.ts';
import { notesOfRecording } from '../../src/notes/gather.ts';
import { htmlNotes } from '../../src/notes/html.ts';
import { markdownNotes } from '../../src/notes/markdown.ts';
import { safeNotes } from '../../src/notes/safe-notes.ts';
import { leftIn } from '../../src/notes/redact-notes.ts';
import { asciicast } from '../../src/recording/asciicast.ts';
import { Recording } from '../../src/recording/recording.ts';
import { ScreenRedaction } from '../../src/redact/screen-redaction.ts';
import { identity } from '../../src/sources/machine/identity.ts';
import { users } from '../../src/sources/processes/users.ts';
import { clipboardSequence } from '../../src/ui/copy.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crashcart-everywhere-'));
  vi.stubEnv('XDG_STATE_HOME', folder);
});
afterEach(() => {
  setRedact(undefined);
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const IDENTIFIERS = [
  'node-7.dc1.corp',
  'wilhelmina',
  '10.20.30.40',
  'fa:16:3e:77:c1:dc',
  'ff91d2dc-69a1-43ef-abde-c9e4e9a0305b',
];
const SENTENCE = `${IDENTIFIERS.join(' and ')} hang, --password hunter2secret`;
const LEFT = new RegExp(`${IDENTIFIERS.join('|')}|hunter2`);

const host: Host = {
  name: 'support@node-7.dc1.corp',
  kind: 'ssh',
  read: async (read: Read) => {
    const text =
      'path' in read && read.path === '/proc/sys/kernel/hostname'
        ? 'node-7.dc1.corp\n'
        : 'path' in read && read.path === '/etc/passwd'
          ? 'root:x:0:0::/root:/bin/sh\nwilhelmina:x:1000:1000::/home/wilhelmina:/bin/sh\n'
          : undefined;
    // The reply fits the reads of this test.
    return (text === undefined ? missing('absent', 'not there') : { ok: true, value: text, at: 1, tookMs: 1 }) as never;
  },
  close: async () => {},
};
const sources = [identity, users];

async function record(
  start: (
    session: LiveSession,
    path: string,
  ) => Promise<{
    readonly stop: () => Promise<unknown>;
    readonly output: (terminal: string, data: string) => void;
    readonly terminal: (terminal: string, title: string, columns: number, rows: number) => void;
    readonly state: () => { readonly problem: string | undefined };
  }>,
): Promise<string> {
  const nowMs = () => Date.now();
  const session = new LiveSession({
    host,
    live: undefined,
    audit: undefined,
    sources,
    findings: [],
    budgetPct: 100,
    nowMs,
  });
  await sleep(600);
  const path = join(folder, `${Math.random()}.cc.zst`);
  const recording = await start(session, path);
  session.mark(SENTENCE);
  recording.terminal('1', 'gdb', 60, 20);
  // Every name in two pieces, some with a colour between.
  for (const piece of `(gdb) ${SENTENCE}\r\n`.match(/.{1,7}|\r\n/gs) ?? []) recording.output('1', `${piece}\u001B[0m`);
  await sleep(1200);
  await recording.stop();
  await session.stop();
  expect(recording.state().problem).toBeUndefined();
  return path;
}

const castOf = async (path: string): Promise<string> => {
  const recording = await Recording.open(path);
  let output = '';
  for await (const line of asciicast(recording, 3, '1')) {
    const event = JSON.parse(line) as unknown;
    if (Array.isArray(event) && event[1] === 'o') output += String(event[2]);
  }
  await recording.close();
  return output.replaceAll('\u001B[0m', '');
};

const eventsOf = async (path: string): Promise<string> => {
  const recording = await Recording.open(path);
  const all: string[] = [];
  for (const [index] of recording.segments.entries())
    all.push(...(await recording.segment(index)).events.map((event) => JSON.stringify(event)));
  await recording.close();
  return all.join('\n');
};

test('redaction gives the same pseudonyms on the screen, in recording, cast, report and clipboard', async () => {
  const redaction = new ScreenRedaction();
  const path = await record((session, to) => startRedacted(session, redaction, to));
  redaction.set(true);
  const screen = plain(SENTENCE);
  const clipboard = clipboardSequence(redaction.redactor.text(SENTENCE));
  const copied = Buffer.from(clipboard.slice('\u001B]52;c;'.length, -1), 'base64').toString();
  const saved = saveCopy('node list', redaction.redactor.text(SENTENCE), 0, { folder });
  redaction.set(false);
  const events = await eventsOf(path);
  const cast = await castOf(path);
  const notes = await notesOfRecording(
    await Recording.open(path),
    undefined,
    { sources, findings: [] },
    { madeMs: 0, crashcart: '0' },
  );
  const report = markdownNotes(safeNotes(notes), 'full');
  for (const text of [screen, copied, events, cast, report, JSON.stringify(notes), readFileSync(saved, 'utf8')])
    expect(text).not.toMatch(LEFT);
  expect(screen).toMatch(
    /^host-\d and user-\d and 198\.18\.\d+\.\d+ and 02:00:00:00:00:\d\d and 00000000-0000-4000-8000-\d{12} hang, --password \*{8}$/,
  );
  expect(copied).toBe(screen);
  expect(readFileSync(saved, 'utf8')).toBe(screen);
  expect(statSync(saved).mode & 0o777).toBe(0o600);
  expect(events).toContain(JSON.stringify(screen).slice(1, -1));
  expect(cast).toContain(screen);
  expect(notes.timeline.map(({ text }) => text)).toContain(screen);
  expect(notes.terminals.flatMap(({ text }) => text).join('')).toContain(screen);
}, 60_000);

test('notesOfRecording redacts a recording with names alike in every format, and leftIn finds the rest', async () => {
  const path = await record((session, to) => startRecording(session, to));
  expect(await castOf(path)).toContain('wilhelmina');
  // Secrets are masked there too.
  expect(await castOf(path)).not.toContain('hunter2');
  const evidence = { file: 'node-7.dc1.corp.cc.zst', bytes: 1, sha256: 'ab'.repeat(32), problems: [] };
  const made = { madeMs: 0, crashcart: '0' };
  const redaction = new ScreenRedaction();
  const notes = await notesOfRecording(
    await Recording.open(path),
    evidence,
    { sources, findings: [] },
    made,
    redaction,
  );
  expect(notes.redacted).toBe(true);
  expect(notes.host.name).toMatch(/^user-\d@host-\d$/);
  expect(notes.evidence?.sha256).toBe(evidence.sha256);
  const html = htmlNotes(safeNotes(notes), { script: '', style: '', licence: '' });
  for (const text of [JSON.stringify(notes), markdownNotes(safeNotes(notes), 'full'), html]) {
    expect(text).not.toMatch(LEFT);
    expect(leftIn(notes, text, redaction.redactor)).toEqual([]);
  }
  const [note] = notes.timeline.flatMap(({ kind, text }) => (kind === 'note' ? [text] : []));
  expect(notes.terminals.flatMap(({ text }) => text).join('')).toContain(note);
  expect(JSON.stringify(notes.terminals.map(({ cast }) => cast.map(([, , data]) => data).join('')))).toContain('host-');
  expect(
    leftIn(
      { ...notes, crashcart: '0', host: { ...notes.host, name: 'wilhelmina' } },
      '10.20.30.40',
      redaction.redactor,
    ),
  ).toEqual(['host.name', 'the rendered text']);
}, 60_000);

test('notesOfRecording without redaction has names and no secrets', async () => {
  const path = await record((session, to) => startRecording(session, to));
  const notes = await notesOfRecording(
    await Recording.open(path),
    undefined,
    { sources, findings: [] },
    { madeMs: 0, crashcart: '0' },
  );
  expect(JSON.stringify(notes)).toContain('wilhelmina');
  expect(JSON.stringify(notes)).not.toContain('hunter2');
}, 60_000);
