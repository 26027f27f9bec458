import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Mark } from '../../src/collect/session.ts';
import type { SegmentEvent } from '../../src/recording/events.ts';
import { NotesFile, notesBeside, recordingId } from '../../src/recording/notes-file.ts';

const T = Date.UTC(2026, 4, 1, 10, 0, 0);
const head = (host: string): SegmentEvent => ({ e: 'segment', t: T, version: 1, number: 0, crashcart: '0', host, kind: 'ssh', began: T, redacted: false }); // prettier-ignore
const HEAD = head('node-7');

let folder = '';
let recording = '';
let beside = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crashcart-notes-file-'));
  recording = join(folder, 'call.cc.zst');
  beside = `${recording}.notes.jsonl`;
  vi.stubEnv('XDG_STATE_HOME', join(folder, 'state'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const texts = (notes: NotesFile) => notes.marks.map(({ kind, text }) => (text === '' ? kind : text));
const own = () => join(folder, 'state', 'crashcart', 'notes', `${recordingId(HEAD)}.notes.jsonl`);

test('NotesFile keeps the notes of two sessions in order of their times', () => {
  expect(new NotesFile(HEAD, recording).add(T + 2000, 'disk sdb replaced', T)).toBe(beside);
  const second = new NotesFile(HEAD, recording);
  second.add(T + 1000, '', T);
  expect(texts(second)).toEqual(['marker', 'disk sdb replaced']);
  const third = new NotesFile(HEAD, recording);
  expect([texts(third), third.problems]).toEqual([['marker', 'disk sdb replaced'], []]);
  expect(statSync(beside).mode & 0o777).toBe(0o600);
});

test('NotesFile.among sorts notes among the marks of the recording, which may grow', () => {
  const notes = new NotesFile(HEAD, recording);
  const recorded: Mark[] = [{ wallMs: T + 1000, kind: 'finding', text: 'b' }];
  expect(notes.among(recorded)).toBe(recorded);
  notes.add(T, 'a', T);
  notes.add(T + 3000, 'd', T);
  const names = () => notes.among(recorded).map(({ text }) => text);
  expect(names()).toEqual(['a', 'b', 'd']);
  expect(notes.among(recorded)).toBe(notes.among(recorded));
  recorded.push({ wallMs: T + 2000, kind: 'finding', text: 'c' });
  expect(names()).toEqual(['a', 'b', 'c', 'd']);
});

test('NotesFile names lines that are damaged and shows the others', () => {
  new NotesFile(HEAD, recording).add(T, 'before', T);
  appendFileSync(beside, '{"notes":1,"recording":"\n{"notes":2}\n{"notes":1,"t":');
  // The last line was cut: the next one is not appended to it.
  new NotesFile(HEAD, recording).add(T, 'after', T);
  const notes = new NotesFile(HEAD, recording);
  expect(texts(notes)).toEqual(['before', 'after']);
  expect(notes.problems).toEqual([`${beside}: 3 unreadable lines`]);
});

test('NotesFile does not show notes of another recording', () => {
  new NotesFile(head('node-8'), recording).add(T, 'of node-8', T);
  const notes = new NotesFile(HEAD, recording);
  notes.add(T, 'of node-7', T);
  expect(texts(new NotesFile(HEAD, recording))).toEqual(['of node-7']);
  expect(notes.problems).toEqual([`${beside}: 1 note of another recording, not shown`]);
});

test('NotesFile takes the state folder when the folder of the recording cannot be written', () => {
  // Nothing can be created in /proc, as root neither.
  expect(new NotesFile(HEAD, '/proc/call.cc.zst').add(T, 'kept', T)).toBe(own());
  expect(texts(new NotesFile(HEAD, '/proc/call.cc.zst'))).toEqual(['kept']);
  // From a pipe the recording has no folder.
  expect(texts(new NotesFile(HEAD, undefined))).toEqual(['kept']);
});

test('NotesFile names both files when neither can be written', () => {
  const noFolder = join(folder, 'file');
  writeFileSync(noFolder, '');
  vi.stubEnv('XDG_STATE_HOME', noFolder);
  expect(() => new NotesFile(HEAD, '/proc/call.cc.zst').add(T, 'lost', T)).toThrow(
    /^note not saved: \/proc\/call\.cc\.zst\.notes\.jsonl: .*; \S+\/file\/crashcart\/notes\/\w+\.notes\.jsonl: ENOTDIR/,
  );
});

test.each(['link', 'folder'])('NotesFile neither reads nor writes a %s', (what) => {
  const target = join(folder, 'authorized_keys');
  new NotesFile(HEAD, target).add(T, 'elsewhere', T);
  const before = readFileSync(`${target}.notes.jsonl`, 'utf8');
  if (what === 'link') symlinkSync(`${target}.notes.jsonl`, beside);
  else mkdirSync(beside);
  const notes = new NotesFile(HEAD, recording);
  expect([texts(notes), notes.problems]).toEqual([[], [expect.stringContaining(`${beside}: `)]]);
  expect(notes.add(T, 'kept', T)).toBe(own());
  expect(readFileSync(`${target}.notes.jsonl`, 'utf8')).toBe(before);
});

test('NotesFile shows no control characters and no text without end', () => {
  const line = { notes: 1, recording: recordingId(HEAD), t: T, made: T };
  writeFileSync(beside, `${JSON.stringify({ ...line, text: 'a\u001B]0;owned\u0007b' })}\n${JSON.stringify({ ...line, text: 'x'.repeat(9000) })}\n`); // prettier-ignore
  const [first, second] = new NotesFile(HEAD, recording).marks;
  expect(first?.text).not.toMatch(/[\u0000-\u001F]/);
  expect(second?.text).toHaveLength(4001);
});

test('NotesFile reads and grows up to 1 MiB', () => {
  const line = `${JSON.stringify({ notes: 1, recording: recordingId(HEAD), t: T, made: T, text: 'x'.repeat(4000) })}\n`;
  writeFileSync(beside, line.repeat(Math.ceil((1 << 20) / line.length)));
  const notes = new NotesFile(HEAD, recording);
  expect(notes.marks.length).toBe(Math.floor((1 << 20) / line.length));
  expect(notes.problems).toEqual([
    `${beside}: 1 unreadable line`,
    `${beside}: larger than 1 MiB, the rest is not shown`,
  ]);
  expect(notes.add(T, 'kept', T)).toBe(own());
});

test('NotesFile masks secrets before they are written', () => {
  new NotesFile(HEAD, recording).add(T, 'password=hunter2', T);
  expect(readFileSync(beside, 'utf8')).not.toContain('hunter2');
});

test('notesBeside names the report of an archive', () => {
  expect(notesBeside('/a/collect.tar.xz', 'x/report-b.tar.xz')).toBe('/a/collect.tar.xz.x.report-b.tar.xz');
});
