import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fleetJson, fleetText, redactedFleet } from '../../src/commands/fleet-report.ts';
import { memberFiles, notesOfSet } from '../../src/commands/member-files.ts';
import { FleetSession } from '../../src/fleet/live/fleet-session.ts';
import { openRecording } from '../../src/recording/open-recording.ts';
import { ReplaySession } from '../../src/recording/replay-session.ts';
import { explainer, findings, sources } from '../../src/subsystems/index.ts';
import { FakeSession } from '../helpers/fake-session.ts';

const NAMES = ['ceph-calm', 'cloud-vm'] as const;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crashcart-set-notes-'));
  vi.stubEnv('XDG_STATE_HOME', join(folder, 'state'));
  for (const name of NAMES)
    copyFileSync(join(import.meta.dirname, `../hosts/${name}.txtar`), join(folder, `${name}.txtar`));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** The recorded hosts of these paths as a set; with `isRowEnough` their sessions have ended. */
async function openSet(paths: readonly string[], isRowEnough = false): Promise<FleetSession> {
  const files = new Map((await memberFiles(paths)).map(({ name, target }) => [name, target]));
  const fleet = new FleetSession({
    names: [...files.keys()],
    depth: 'record',
    isRowEnough,
    open: async (name) => {
      const recording = await openRecording(files.get(name) ?? name, sources);
      return ReplaySession.open({ recording, sources, findings, clock: () => 0, fromMs: Infinity });
    },
    explainer,
    notes: await notesOfSet(paths),
    nowMs: () => Date.now(),
  });
  await fleet.start();
  fleet.judgeNow();
  return fleet;
}

const notesOf = (fleet: FleetSession): readonly string[] =>
  (fleet.sample()?.notes ?? []).map(({ host = 'all', text }) => `${host}: ${text === '' ? 'marker' : text}`);

test.each([false, true])(
  'notes of a set, of one of its hosts and of a recording are kept and in the report (sessions end: %s)',
  async (isRowEnough) => {
    await using stack = new AsyncDisposableStack();
    const first = await openSet([folder]);
    stack.defer(first.stop);
    expect(first.mark('switch 7 rebooted')).toBe(join(folder, 'set.notes.jsonl'));
    first.mark('disk replaced', 'cloud-vm');
    first.mark('');
    const console = await first.open('ceph-calm');
    expect(console.mark?.('mon slow')).toBe(join(folder, 'ceph-calm.txtar.notes.jsonl'));
    expect(first.keepsMarks).toBe(true);

    const second = await openSet([folder], isRowEnough);
    stack.defer(second.stop);
    expect(notesOf(second).toSorted()).toEqual(['all: marker', 'all: switch 7 rebooted', 'ceph-calm: mon slow', 'cloud-vm: disk replaced']); // prettier-ignore
    const text = fleetText(second, { nowMs: Date.now(), ascii: true });
    expect(text).toMatch(/cloud-vm +disk replaced/);
    expect(text).toMatch(/ceph-calm +mon slow/);
    const { notes } = JSON.parse(fleetJson(second, Date.now())) as { readonly notes: readonly { readonly text: string; readonly host?: string }[] }; // prettier-ignore
    expect(notes.find(({ host }) => host === 'cloud-vm')?.text).toBe('disk replaced');
  },
);

test('the note of a host has the time of the end of its recording', async () => {
  const fleet = await openSet([folder]);
  fleet.mark('disk replaced', 'cloud-vm');
  const positionMs = (await fleet.open('cloud-vm')).replay?.positionMs();
  expect(positionMs).toBeGreaterThan(0);
  expect(fleet.sample()?.notes?.map(({ atMs }) => atMs)).toEqual([positionMs]);
  await fleet.stop();
});

test('notes of files that are named one by one are in the state folder, for these files in any order', async () => {
  const [one, other] = NAMES.map((name) => join(folder, `${name}.txtar`)) as [string, string];
  (await notesOfSet([one, other])).add(0, 'both', 0);
  expect((await notesOfSet([other, one])).marks.map(({ text }) => text)).toEqual(['both']);
  expect((await notesOfSet([folder])).marks).toEqual([]);
  expect((await notesOfSet([one, `${one}.2`])).marks).toEqual([]);
});

test('redacted notes of a set have no name of a host, also of one that is not in it', async () => {
  const fleet = await openSet([folder]);
  fleet.mark('cloud-vm rebooted by hand', 'cloud-vm');
  fleet.mark('spare of stg7-cluster', 'stg7-cluster');
  const text = redactedFleet(fleet, () => fleetText(fleet, { nowMs: Date.now(), ascii: true }));
  expect(text).toContain('rebooted by hand');
  expect(text).not.toMatch(/cloud-vm|stg7/);
  await fleet.stop();
});

test('hostile lines in the file of a set are drawn without their escapes, and damaged ones are named', async () => {
  writeFileSync(join(folder, 'set.notes.jsonl'), [
    JSON.stringify({ notes: 1, recording: 'set', t: 1000, made: 1, text: 'a\u001B[31mb\u202Ec', host: 'n\u001B]0;x\u0007' }),
    JSON.stringify({ notes: 1, recording: 'set', t: 2000, made: 1, text: 'whole', host: { toString: 1 } }),
    '{"notes":1,"recording":"set"',
  ].join('\n')); // prettier-ignore
  expect((await notesOfSet([folder])).problems).toEqual([`${join(folder, 'set.notes.jsonl')}: 1 unreadable line`]);
  const fleet = await openSet([folder]);
  const text = fleetText(fleet, { nowMs: Date.now(), ascii: true });
  expect(text).toContain('whole');
  // eslint-disable-next-line no-control-regex
  expect(text).not.toMatch(/[\u001B\u0007\u202E]/);
  await fleet.stop();
});

test('notes of a live fleet are in its matrix, with those of the console of a host, and in no file', async () => {
  const consoles = new Map<string, FakeSession>();
  const fleet = new FleetSession({
    names: ['a', 'b'],
    depth: 'glance',
    open: async () => new FakeSession(),
    openConsole: async (name) => {
      const session = new FakeSession();
      consoles.set(name, session);
      return session;
    },
    explainer,
    nowMs: () => Date.now(),
  });
  await fleet.start();
  expect(fleet.mark('all down', undefined)).toBeUndefined();
  fleet.mark('cable', 'b');
  await fleet.open('a');
  consoles.get('a')?.mark('fan dead');
  fleet.judgeNow();
  expect(notesOf(fleet).toSorted()).toEqual(['a: fan dead', 'all: all down', 'b: cable']);
  expect(fleet.keepsMarks).toBe(false);
  await fleet.stop();
});

test('a secret in a note of a set is masked in its file', async () => {
  const notes = await notesOfSet([folder]);
  notes.add(0, 'logged in with password=hunter2secret', 0);
  expect(readFileSync(join(folder, 'set.notes.jsonl'), 'utf8')).not.toContain('hunter2secret');
});
