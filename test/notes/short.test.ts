import { expect, test } from 'vitest';
import type { CaseNotes, NotedIncident } from '../../src/notes/case-notes.ts';
import { safeNotes } from '../../src/notes/safe-notes.ts';
import { shortNotes } from '../../src/notes/short.ts';

const incident = (index: number, more: Partial<NotedIncident> = {}): NotedIncident => ({
  key: `r disk:sd${index}`,
  root: { kind: 'disk', id: `sd${index}` },
  layer: 'storage',
  severity: 'crit',
  sentence: `sd${index}: no completions for 16 s`,
  since: '2026-11-23T23:41:02.000Z',
  confidence: 'measured',
  explains: [],
  next: 'read the kernel log',
  ...more,
});

const notes = (incidents: readonly NotedIncident[]): CaseNotes => ({
  caseNotes: 1,
  made: '2026-11-23T23:42:00.000Z',
  crashcart: '0.1.0',
  redacted: false,
  host: { name: 'node-7', transport: 'ssh2', root: 'root', facts: [{ what: 'Kernel', value: '6.1.0' }] },
  from: '2026-11-23T23:41:00.000Z',
  until: '2026-11-23T23:41:30.000Z',
  incidents,
  ledger: { accused: 1, cleared: 41, unread: 9, absent: 0, lines: [] },
  findings: [],
  changes: [],
  timeline: [],
  charts: [],
  tables: [],
  screens: [],
  commands: [],
  terminals: [],
  notRead: [{ source: 'dmi', why: 'denied', detail: 'needs root' }],
});

const lines = (incidents: readonly NotedIncident[]) =>
  shortNotes(safeNotes(notes(incidents)))
    .trimEnd()
    .split('\n');

test('shortNotes fits 15 lines of 160 cells when there are many incidents', () => {
  const many = Array.from({ length: 300 }, (_, index) =>
    incident(index, { next: 'x'.repeat(500), changedBefore: ['y'.repeat(500)] }),
  );
  const text = lines(many);
  expect(text.length).toBeLessThanOrEqual(15);
  expect(Math.max(...text.map((line) => line.length))).toBeLessThanOrEqual(160);
  expect(text).toContainEqual(expect.stringMatching(/^and 295 more: sd5, sd6, /));
});

test('shortNotes names the culprit, its start, what it explains and the next step', () => {
  const explains = [{ key: 'k', sentence: 'OSD_DOWN: 1 osds down', because: 'PGs lack a copy' }];
  expect(lines([incident(1, { atStart: true, explains })])).toEqual([
    'node-7, 6.1.0',
    '2026-11-23 23:41:00 to 2026-11-23 23:41:30 UTC, crashcart 0.1.0, read-only, root: root',
    '1 incident (0 findings), culprit first:',
    '1. CRITICAL sd1: no completions for 16 s, since 2026-11-23 23:41:02 or earlier; explains OSD_DOWN',
    '   next: read the kernel log',
    'accused 1 · cleared 41 · not read 9',
    'Not readable: 1 reading of dmi',
  ]);
});

test('shortNotes has the likeliest change before the first incident only', () => {
  const changedBefore = ['openssl: upgraded 3.0.11 → 3.0.13 at 23:12 (29m00s before)', 'host: booted at 20:00'];
  const text = lines([incident(1, { changedBefore }), incident(2, { changedBefore })]);
  expect(text.filter((line) => line.includes('changed before'))).toEqual([`   changed before: ${changedBefore[0]}`]);
  expect(text[4]).toContain('openssl');
});

test('shortNotes states what was not readable when nothing is wrong', () => {
  expect(lines([]).slice(2)).toEqual([
    'No incident at the end.',
    'accused 1 · cleared 41 · not read 9',
    'Not readable: 1 reading of dmi',
  ]);
});

test('shortNotes writes no control character of a host', () => {
  const text = shortNotes(safeNotes(notes([incident(1, { sentence: 'a\u001B[2Jb\nc', next: '\u202E' })])));
  // oxlint-disable-next-line no-control-regex -- the very characters
  expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001F\u007F-\u009F\u202E]/);
  expect(text.split('\n').length).toBeLessThanOrEqual(8);
});
