import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { parseCommand } from '../../src/commands/arguments.ts';
import { writeNotes } from '../../src/commands/report-notes.ts';
import { loadConfig } from '../../src/config.ts';
import { setRedact } from '../../src/lib/plain.ts';
import { openRecording } from '../../src/recording/open-recording.ts';
import { Recorder } from '../../src/recording/recorder.ts';
import { ReplaySession } from '../../src/recording/replay-session.ts';
import { findings, panes, sources } from '../../src/subsystems/index.ts';
import { FakeSession } from '../helpers/fake-session.ts';
import { open } from '../helpers/screen.tsx';

const START_MS = Date.UTC(2026, 4, 1, 10, 0, 0);
const NOTE = 'wilhelmina restarted it';

let folder = '';
let file = '';
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'crashcart-replay-notes-'));
  file = join(folder, 'call.cc.zst');
  vi.stubEnv('XDG_STATE_HOME', folder);
  vi.stubEnv('XDG_CONFIG_HOME', folder);
  const clock = { nowMs: START_MS };
  const recorder = await Recorder.start({ path: file, host: 'node-7', kind: 'ssh', crashcart: '0', redacted: false, nowMs: () => clock.nowMs }); // prettier-ignore
  const passwd = { kind: 'file', path: '/etc/passwd' } as const;
  const value = 'root:x:0:0::/root:/bin/sh\nwilhelmina:x:1000:1000::/home/wilhelmina:/bin/sh\n';
  for (; clock.nowMs <= START_MS + 60_000; clock.nowMs += 10_000)
    recorder.sample('users', { sample: undefined, missing: {}, at: 1, readings: [{ name: 'passwd', read: passwd, reading: { ok: true, value, at: 1, tookMs: 1 } }] }, clock.nowMs, 1, false); // prettier-ignore
  await recorder.close();
});
afterEach(() => {
  setRedact(undefined);
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

async function replay(seconds: number) {
  const recording = await openRecording(file, sources);
  const fromMs = START_MS + seconds * 1000;
  const session = await ReplaySession.open({ recording, sources, findings, clock: () => 0, fromMs });
  const lines: string[] = [];
  const clock = Object.assign(new FakeSession(), { nowMs: fromMs });
  const screen = await open({ session: clock, connect: async () => session, panes, onWritten: (all) => lines.push(...all) }); // prettier-ignore
  return { screen, lines };
}

async function report(...options: string[]): Promise<string> {
  const out = join(folder, `notes-${options.join('')}`);
  const command = parseCommand(['report', file, '--out', out, ...options]);
  if (command.kind !== 'report') throw new Error(command.kind);
  await writeNotes(command, await loadConfig(undefined));
  return readFileSync(out, 'utf8');
}

test('notes of two replays are on the time bar and in the case notes', async () => {
  const first = await replay(20);
  await first.screen.press('w', ...Array.from(NOTE), 'enter');
  expect(first.screen.text()).toContain('call.cc.zst.notes.jsonl');
  await first.screen.press('q');
  expect(await first.screen.ended).toEqual({ how: 'quit' });
  expect(first.lines).toEqual([`notes: ${file}.notes.jsonl`]);

  const second = await replay(40);
  expect(second.screen.line(-2)).toMatch(/10:00:00 .*n.*10:01:10/);
  await second.screen.press('m', '{');
  expect(second.screen.line(-1)).toContain(`note: ${NOTE}`);
  // The clock of a replay is its position, which the jump moved.
  await second.screen.press('}');
  expect(second.screen.line(-1)).toMatch(/^ marker/);
  // The mark at the cursor is below it.
  await second.screen.press('.');
  expect(second.screen.line(-2)).toMatch(/10:00:00 .*n.*m.*10:01:10/);
  await second.screen.quit();

  expect(await report()).toContain(`10:00:20 | note | ${NOTE}`);
  expect(await report('--format', 'html')).toContain(NOTE);
  const { timeline } = JSON.parse(await report('--format', 'json')) as { readonly timeline: unknown };
  expect(timeline).toEqual([
    { at: '2026-05-01T10:00:20.000Z', kind: 'note', text: NOTE },
    { at: '2026-05-01T10:00:40.000Z', kind: 'marker', text: '' },
    { at: '2026-05-01T10:01:10.000Z', kind: 'recorder', text: expect.any(String) },
  ]);
  const redacted = await report('--format', 'json', '--redact');
  expect(redacted).toMatch(/"text": "user-\w+ restarted it"/);
  expect(redacted).not.toContain('wilhelmina');
});
