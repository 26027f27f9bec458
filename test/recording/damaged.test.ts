import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findings, panes, sources } from '../../src/subsystems/index.ts';
import { notesOfRecording } from '../../src/notes/gather.ts';
import { htmlNotes } from '../../src/notes/html.ts';
import { markdownNotes } from '../../src/notes/markdown.ts';
import { safeNotes } from '../../src/notes/safe-notes.ts';
import { asciicast } from '../../src/recording/asciicast.ts';
import { openRecording } from '../../src/recording/open-recording.ts';
import { RecordingError } from '../../src/recording/recording-error.ts';
import { ReplaySession } from '../../src/recording/replay-session.ts';
import { recordNoted } from '../helpers/noted-recording.ts';

/** `CRASHCART_FUZZ_RUNS=2000` for a night. */
const RUNS = Number(process.env['CRASHCART_FUZZ_RUNS'] ?? 12);

let folder = '';
let whole = Buffer.alloc(0);
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'crashcart-damaged-'));
  await recordNoted(join(folder, 'whole'));
  whole = readFileSync(join(folder, 'whole'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const place = fc.nat(1_000_000);
/** Flipped bits, a missing end, a repeated piece, a hole, the file twice. */
const damage = fc.oneof(
  fc.record({ what: fc.constant('flip' as const), at: place, size: fc.integer({ min: 1, max: 8 }) }),
  fc.record({ what: fc.constant('cut' as const), at: place, size: fc.constant(0) }),
  fc.record({ what: fc.constant('splice' as const), at: place, size: fc.integer({ min: 1, max: 4000 }) }),
  fc.record({ what: fc.constant('hole' as const), at: place, size: fc.integer({ min: 1, max: 4000 }) }),
  fc.record({ what: fc.constant('twice' as const), at: place, size: fc.constant(0) }),
);

function damaged(bytes: Buffer, { what, at, size }: { what: string; at: number; size: number }): Buffer {
  const from = at % bytes.length;
  switch (what) {
    case 'flip':
      return Buffer.from(bytes.map((byte, place) => (place === from ? byte ^ (1 << (size - 1)) : byte)));
    case 'cut':
      return bytes.subarray(0, from);
    case 'splice':
      return Buffer.concat([
        bytes.subarray(0, from),
        bytes.subarray(at % 997, (at % 997) + size),
        bytes.subarray(from),
      ]);
    case 'hole':
      return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + size)]);
    default:
      return Buffer.concat([bytes, bytes]);
  }
}

/** Everything made from a file: the screen at both ends, notes in every format, casts. */
async function use(path: string): Promise<void> {
  const session = await ReplaySession.open({
    recording: await openRecording(path, sources),
    sources,
    findings,
    clock: () => 0,
  });
  try {
    for (const at of [session.player.endMs, session.player.startMs]) {
      await session.seek(at);
      session.status();
      session.audit();
      for (const pane of panes) {
        const model: unknown = pane.model(session.timeline.moment(pane.needs, at));
        if (pane.presence(model) === 'present') pane.sections(model);
      }
    }
  } finally {
    await session.stop();
  }
  const notes = await notesOfRecording(await openRecording(path, sources), undefined, { sources, findings }, { madeMs: 0, crashcart: '0' }); // prettier-ignore
  markdownNotes(safeNotes(notes), 'full');
  htmlNotes(safeNotes(notes), { script: '', style: '', licence: '' });
  const recording = await openRecording(path, sources);
  try {
    for (const terminal of ['screen', '1'])
      for await (const line of asciicast(recording, 3, terminal)) JSON.parse(line);
  } finally {
    await recording.close();
  }
}

test(
  'openRecording opens a file in part or refuses it when it is damaged',
  { timeout: 30_000 + RUNS * 10_000 },
  async () => {
    const path = join(folder, 'damaged');
    const ends: unknown[] = [];
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), async (all) => {
        let bytes: Buffer = whole;
        for (const one of all) if (bytes.length > 0) bytes = damaged(bytes, one);
        writeFileSync(path, bytes);
        const end = await use(path).then(
          () => 'opened',
          (error: unknown) => (error instanceof RecordingError ? 'refused' : error),
        );
        ends.push(end);
        expect(['opened', 'refused']).toContain(end);
      }),
      { numRuns: RUNS },
    );
    expect(ends).toContain('opened');
  },
);
