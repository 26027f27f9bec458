import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findings, sources } from '../../src/subsystems/index.ts';
import { notesOfRecording } from '../../src/notes/gather.ts';
import { FORMAT_VERSION } from '../../src/recording/events.ts';
import { migration } from '../../src/recording/migrate.ts';
import { openRecording } from '../../src/recording/open-recording.ts';
import { loadavg } from '../../src/sources/machine/loadavg.ts';
import { ReplaySession } from '../../src/recording/replay-session.ts';
import { NOTED_MS } from '../helpers/noted-recording.ts';

/** One file per version of the format, written by a crashcart of its time and never regenerated. */
const fileOf = (version: number): string =>
  join(import.meta.dirname, `../fixtures/recordings/version-${version}.cc.zst`);
const versions = Array.from({ length: FORMAT_VERSION }, (_, i) => i + 1);

test.each(versions)('openRecording reads samples, findings, notes and tool output of version %i', async (version) => {
  const recording = await openRecording(fileOf(version), sources);
  const session = await ReplaySession.open({ recording, sources, findings, clock: () => 0 });
  try {
    expect(session.problems()).toEqual([]);
    expect([session.player.startMs, session.player.endMs]).toEqual([NOTED_MS, NOTED_MS + 120_000]);
    await session.seek(NOTED_MS + 80_000);
    expect(session.timeline.momentAt({ loadavg }, NOTED_MS + 80_000).loadavg.now?.load1).toBe(40);
  } finally {
    await session.stop();
  }
  const notes = await notesOfRecording(
    await openRecording(fileOf(version), sources),
    undefined,
    { sources, findings },
    { madeMs: 0, crashcart: '0' },
  );
  expect(JSON.stringify(notes.findings)).toContain('the disk is slow');
  expect(notes.terminals.map(({ title }) => title)).toEqual(['crashcart', 'gdb · qemu (7)']);
  expect(JSON.stringify(notes.terminals)).toContain('in poll');
});

test('migration is undefined for a newer version, and present for every older one', () => {
  expect(migration(FORMAT_VERSION + 1)).toBeUndefined();
  expect(migration(0)).toBeUndefined();
  for (const version of versions)
    expect(migration(version)?.({ e: 'marker', t: 1, text: 'x' })).toMatchObject({ e: 'marker', text: 'x' });
});
