import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { notedNova } from '../helpers/noted-nova.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CaseNotes } from '../../src/notes/case-notes.ts';
import { notesOfRecording } from '../../src/notes/gather.ts';
import { markdownNotes } from '../../src/notes/markdown.ts';
import { safeNotes } from '../../src/notes/safe-notes.ts';
import { openRecording } from '../../src/recording/open-recording.ts';
import { findings, sources } from '../../src/subsystems/index.ts';
import { hostArchive, hostNames } from '../helpers/hosts.ts';
import { schemaProblems, type JsonSchema } from '../helpers/json-schema.ts';
import { NOTED_MS, recordNoted } from '../helpers/noted-recording.ts';

const schema = JSON.parse(readFileSync(new URL('../../docs/report.schema.json', import.meta.url), 'utf8')) as JsonSchema; // prettier-ignore

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'crashcart-schema-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function notesOf(path: string): Promise<CaseNotes> {
  const recording = await openRecording(path, sources);
  const evidence = { file: 'a', bytes: 7, sha256: 'ab', problems: [] };
  return notesOfRecording(recording, evidence, { sources, findings }, { madeMs: NOTED_MS, crashcart: '0' });
}

/** As written to the file. */
const written = (notes: CaseNotes): unknown => JSON.parse(JSON.stringify(safeNotes(notes)));

test.each(hostNames)('JSON report of %s fits docs/report.schema.json, and its Markdown 20 kB', async (host) => {
  const notes = await notesOf(hostArchive(host));
  expect(schemaProblems(written(notes), schema)).toEqual([]);
  expect(Buffer.byteLength(markdownNotes(safeNotes(notes), 'brief'))).toBeLessThanOrEqual(20_000);
});

test('JSON report of a recording with terminals fits the schema, and no other does', async () => {
  const path = join(folder, 'a.cc.zst');
  await recordNoted(path);
  const notes = await notesOf(path);
  expect(notes.terminals.length).toBeGreaterThan(0);
  expect(schemaProblems(written(notes), schema)).toEqual([]);
  expect(schemaProblems(written({ ...notes, from: 'today' }), schema)).toEqual(['/from: today']);
  const { ledger: _, ...rest } = notes;
  expect(schemaProblems({ ...rest, extra: 1 }, schema)).toEqual(['/ledger: missing', '/extra: not in the schema']);
});

test('brief Markdown keeps the note of the engineer when thousands of other events come before it', async () => {
  const path = join(folder, 'noted.cc.zst');
  await recordNoted(path);
  const notes = await notesOf(path);
  const events = Array.from({ length: 2000 }, (_, i) => ({ at: notes.from, kind: 'command' as const, text: `command ${i}` })); // prettier-ignore
  const timeline = [...events, { at: notes.until, kind: 'note' as const, text: 'the worker sleeps in select' }];
  expect(markdownNotes(safeNotes({ ...notes, timeline }), 'brief')).toContain('the worker sleeps in select');
});

test('Markdown of huge notes fits 20 kB, names what was left out, and full notes have it', async () => {
  const path = join(folder, 'huge.cc.zst');
  await recordNoted(path);
  const notes = await notesOf(path);
  const many = <Value>(value: Value) => Array.from({ length: 400 }, () => value);
  const text = '¿x`|*'.repeat(60);
  const huge = safeNotes({
    ...notes,
    incidents: many({ key: 'k', root: { kind: 'disk', id: 'sda' }, layer: 'storage', severity: 'crit', sentence: text, since: notes.from, confidence: 'measured', explains: [{ key: 'v', sentence: text, because: text }], next: text }), // prettier-ignore
    findings: many({ key: 'k', severity: 'crit', sentence: text, since: notes.from, evidence: [] }),
    timeline: many({ at: notes.from, kind: 'note', text }),
    notRead: many({ source: 'a', why: 'denied', detail: text }),
    ledger: { accused: 0, cleared: 0, unread: 400, absent: 0, lines: Array.from({ length: 400 }, (_, index) => ({ verdict: 'unread', resource: text, entity: { kind: 'disk', id: 'sda' }, aspect: 'errors', what: text, why: `${index}` })) }, // prettier-ignore
    terminals: many({ terminal: 't', title: text, since: notes.from, columns: 80, rows: 24, text: many(text), cast: [], leftOutBytes: 0 }).slice(0, 5), // prettier-ignore
    stacks: many(notedNova()).slice(0, 20),
  });
  const brief = markdownNotes(huge, 'brief');
  expect(Buffer.byteLength(brief)).toBeLessThanOrEqual(20_000);
  expect(brief).toMatch(
    /## Left out\n\n.*\d+\.?\d*k? lines of Incidents; .*\n\nAll of it: `crashcart report … --full`/,
  );
  expect(Buffer.byteLength(markdownNotes(huge, 'full'))).toBeGreaterThan(200_000);
});
