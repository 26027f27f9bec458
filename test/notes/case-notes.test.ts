import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { thisHost } from '../../src/findings/entity-ref.ts';
import { defineFinding } from '../../src/findings/finding.ts';
import { findings, sources } from '../../src/subsystems/index.ts';
import { loadavg } from '../../src/sources/machine/loadavg.ts';
import type { CaseNotes } from '../../src/notes/case-notes.ts';
import { castPlayer } from '../../src/notes/cast-player.ts';
import { notesOfRecording, notesOfSession } from '../../src/notes/gather.ts';
import { htmlNotes } from '../../src/notes/html.ts';
import { markdownNotes } from '../../src/notes/markdown.ts';
import { leftIn, redactedNotes } from '../../src/notes/redact-notes.ts';
import { safeNotes } from '../../src/notes/safe-notes.ts';
import { changesBetween, tablesAt } from '../../src/notes/pane-pages.ts';
import { Recorder } from '../../src/recording/recorder.ts';
import { Recording } from '../../src/recording/recording.ts';
import { Redactor } from '../../src/redact/redactor.ts';
import { notedNova } from '../helpers/noted-nova.ts';
import { FakeSession, START_MS } from '../helpers/fake-session.ts';
import { HOSTILE, NOTED_MS, recordNoted } from '../helpers/noted-recording.ts';

const made = { madeMs: NOTED_MS + 3_600_000, crashcart: '0.1.0' };
const evidence = { file: 'a.cc.zst', bytes: 7, sha256: 'ab', problems: [] };
let folder = '';
let path = '';
let notes: CaseNotes;
const read = async (file: string) =>
  notesOfRecording(await Recording.open(file), evidence, { sources, findings }, made);
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'crashcart-notes-'));
  path = join(folder, 'a.cc.zst');
  await recordNoted(path);
  notes = await read(path);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const time = (second: number) => new Date(NOTED_MS + second * 1000).toISOString();

describe('notesOfRecording', () => {
  test('gives host, time and file', () => {
    expect(notes).toMatchObject({
      caseNotes: 1,
      crashcart: '0.1.0',
      redacted: false,
      from: time(0),
      until: time(120),
      evidence: { ...evidence, problems: [] },
      host: { name: 'node-7' },
    });
    expect(notes.host.facts).toContainEqual({ what: 'Host name', value: 'node-7' });
  });

  test('gives start, end and last sentence of a finding', () => {
    expect(notes.findings.find(({ key }) => key === 'x a')).toMatchObject({
      severity: 'crit',
      sentence: 'a: the disk is slow: 90 ms',
      since: time(20),
      until: time(40),
    });
  });

  test('includes findings of rules newer than the recording', async () => {
    const rule = defineFinding({
      id: 'load-now',
      title: 'load',
      needs: { loadavg },
      authority: 'this test',
      judge: ({ loadavg: { now } }) => [
        {
          entity: thisHost,
          severity: 'warn',
          subject: 'host',
          sentence: `load ${now?.load1}`,
          evidence: [],
          next: 'look',
        },
      ],
    });
    const { findings: found } = await notesOfRecording(
      await Recording.open(path),
      evidence,
      { sources, findings: [rule] },
      made,
    );
    expect(found.map(({ sentence, until }) => [sentence, until])).toEqual([
      ['host: load 60', undefined],
      ['a: the disk is slow: 90 ms', time(40)],
    ]);
    expect(found.map(({ entity }) => entity)).toEqual([thisHost, undefined]);
  });

  test('findings of an older recording are those that their rules make now, once', async () => {
    const rule = defineFinding({
      id: 'x',
      title: 'x',
      needs: { loadavg },
      authority: 'this test',
      judge: () => [
        {
          entity: { kind: 'disk', id: 'sda' },
          severity: 'warn',
          subject: 'a',
          sentence: 'slow',
          evidence: [],
          next: 'look',
        },
      ],
    });
    const { findings: found, timeline } = await notesOfRecording(
      await Recording.open(path),
      evidence,
      { sources, findings: [rule] },
      made,
    );
    expect(found.map(({ key, sentence, next, entity }) => ({ key, sentence, next, entity }))).toEqual([
      { key: 'x disk:sda', sentence: 'a: slow', next: 'look', entity: { kind: 'disk', id: 'sda' } },
    ]);
    expect(timeline.filter(({ kind }) => kind === 'finding').map(({ text }) => text)).toEqual(['a: slow']);
  });

  test('a finding has its object as it was shown and its entity when the recording has both', async () => {
    const file = join(folder, 'entity.cc.zst');
    const recorder = await Recorder.start({ path: file, host: 'node-7', kind: 'ssh', crashcart: '0', redacted: false, nowMs: () => NOTED_MS }); // prettier-ignore
    const event = {
      e: 'finding',
      t: NOTED_MS,
      key: 'guest-down guest:ff91',
      state: 'stands',
      severity: 'crit',
    } as const;
    recorder.add({ ...event, subject: 'web', sentence: 'crashed' });
    await recorder.close();
    const { findings: found, timeline } = await read(file);
    expect(found.map(({ entity, sentence }) => ({ entity, sentence }))).toEqual([
      { entity: { kind: 'guest', id: 'ff91' }, sentence: 'web: crashed' },
    ]);
    expect(timeline.map(({ text }) => text)).toContain('web: crashed');
  });

  test('gives findings, notes, commands and tools by time, without reads', () => {
    expect(notes.timeline.map(({ at, kind }) => [at, kind])).toEqual([
      [time(20), 'finding'],
      [time(40), 'ended'],
      [time(50), 'note'],
      [time(60), 'command'],
      [time(60), 'terminal'],
      [time(120), 'recorder'],
    ]);
    expect(notes.commands).toContainEqual({
      at: time(60),
      as: 'root',
      command: 'gdb -p 7',
      why: 'asked for',
      exit: 0,
      tookMs: 812.4,
    });
    expect(notes.commands).toHaveLength(2);
  });

  test('charts every reading, and keeps peaks', () => {
    const load = notes.charts.find(({ id }) => id === 'load');
    expect(load?.lines[0]?.points).toHaveLength(61);
    expect(Math.max(...(load?.lines[0]?.points ?? []).map(([, value]) => value ?? 0))).toBe(99);
    expect(notes.charts.map(({ id }) => id)).toEqual(['load']);
  });

  test('gives tool output as text without escape sequences and secrets', () => {
    const tool = notes.terminals.find(({ terminal }) => terminal === '1');
    expect(tool).toMatchObject({ title: 'gdb · qemu (7)', columns: 40, rows: 5, leftOutBytes: 0 });
    expect(tool?.text.slice(0, 3)).toEqual(['(gdb) bt', '#0  0x1 in poll ()', 'API_TOKEN=********']);
    expect(notes.terminals.find(({ terminal }) => terminal === 'screen')?.cast).toHaveLength(1);
    expect(JSON.stringify(notes)).not.toContain('hunter2');
  });

  test('reads a truncated file in part and reports the problem', async () => {
    const cut = join(folder, 'cut.cc.zst');
    const whole = readFileSync(path);
    // Without the index and a part of the last segment.
    writeFileSync(cut, whole.subarray(0, whole.lastIndexOf(Buffer.from([0x50, 0x2a, 0x4d, 0x18])) - 40));
    const { evidence: truncated, findings: found } = await read(cut);
    expect(truncated?.problems.join(' ')).toContain('truncated');
    expect(found.some(({ key }) => key === 'x a')).toBe(true);
  });
});

describe('markdownNotes', () => {
  test('escapes markup of a host', () => {
    const text = markdownNotes(safeNotes(notes), 'full');
    expect(text).toContain('**CRITICAL** a: the disk is slow: 90 ms');
    expect(text).toContain(String.raw`\<img src=http`);
    expect(text).toContain(String.raw`\[x\](http`);
    expect(text).toContain('SHA-256 `ab`');
    expect(text).not.toContain('\u001B');
    // Every table row has the bars of its head.
    const rows = text.split('\n').filter((line) => line.startsWith('| 2026'));
    for (const row of rows) expect([4, 7]).toContain(row.replaceAll(String.raw`\|`, '').split('|').length - 1);
  });
});

describe('htmlNotes', () => {
  test('is one page with player and licence, without external resources and markup of a host', () => {
    const page = htmlNotes(safeNotes(notes), castPlayer);
    expect(page).toContain('Apache License');
    expect(page).toContain("default-src 'none'");
    expect(page).not.toContain('<img');
    expect(page).not.toMatch(/<(?:script|link|iframe|img)[^>]+(?:src|href)="?http/);
    expect(page.match(/<script/g)?.length).toBe(3);
    expect(page).toContain(HOSTILE.slice(0, 9).replaceAll('<', '&lt;').replaceAll('>', '&gt;'));
    expect(page).toMatch(/<path class="line l0"[^>]+d="M\d/);
  });

  test('has a flame graph of sampled stacks, and folded ones in Markdown', () => {
    const hostile = { ...notedNova(), process: HOSTILE };
    const sampled = safeNotes({ ...notes, terminals: [], stacks: [notedNova(), hostile] });
    const page = htmlNotes(sampled, castPlayer);
    expect(page.match(/<figure class="flame"><svg /g)).toHaveLength(2);
    expect(page).toContain('<title>virMutexLock (libvirt.so.0): 14.3 %, 40 samples</title>');
    expect(page).not.toContain(HOSTILE);
    const markdown = markdownNotes(sampled, 'brief');
    expect(markdown).toMatch(/### nova-compute .*\n\n40 readings in 9\.8 s, 4\.0\/s; 4\.0 ms of CPU per reading/);
    expect(markdown).toMatch(/^nova-compute;lock, off CPU;virMutexLock;.* 40$/m);
  });

  test('has no script without terminals', () => {
    expect(htmlNotes(safeNotes({ ...notes, terminals: [] }), castPlayer)).not.toContain('<script');
  });
});

test('notesOfSession gives active findings and marks', () => {
  const session = new FakeSession();
  session.standing = [
    { rule: 'r', key: 'r guest:s', entity: { kind: 'guest', id: 's' }, subject: 's', severity: 'warn', sentence: 'a\u001Bb', evidence: [{ what: 'w', value: '1', source: 'f' }], next: 'n', sinceMs: START_MS, seenMs: START_MS }, // prettier-ignore
  ];
  session.marked.push({ wallMs: START_MS, kind: 'note', text: 'here' });
  const live = notesOfSession(session, undefined, START_MS, { madeMs: START_MS + 1000, crashcart: '0' });
  expect(live.findings).toEqual([
    { key: 'r guest:s', entity: { kind: 'guest', id: 's' }, severity: 'warn', sentence: 's: a␛b', since: new Date(START_MS).toISOString(), evidence: [{ what: 'w', value: '1', source: 'f' }], next: 'n' }, // prettier-ignore
  ]);
  expect(live.timeline.map(({ text }) => text)).toContain('here');
  expect(live.evidence).toBeUndefined();
});

test('redacted notes have the object of a finding under its stand-in', () => {
  const session = new FakeSession();
  session.standing = [
    { rule: 'r', key: 'r guest:billing-3', entity: { kind: 'guest', id: 'billing-3' }, subject: 'billing-3', severity: 'warn', sentence: 'down', evidence: [], next: 'n', sinceMs: START_MS, seenMs: START_MS }, // prettier-ignore
  ];
  const redactor = new Redactor();
  redactor.learn({ kind: 'guest', value: 'billing-3' });
  const live = notesOfSession(session, undefined, START_MS, { madeMs: START_MS + 1000, crashcart: '0' });
  const redacted = redactedNotes(live, redactor);
  expect(redacted.findings[0]).toMatchObject({ key: 'r guest:vm-1', entity: { kind: 'guest', id: 'vm-1' } });
  expect(leftIn(live, '', redactor)).toContain('findings.entity.id');
  expect(leftIn(redacted, '', redactor)).toEqual([]);
});

test('changesBetween skips a table when its sources were not read yet', () => {
  const session = new FakeSession();
  expect(changesBetween(tablesAt(session, START_MS), tablesAt(session, START_MS))).toEqual([]);
});
