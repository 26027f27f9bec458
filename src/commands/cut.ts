import { randomBytes } from 'node:crypto';
import { link, rm } from 'node:fs/promises';
import type { Mark } from '../collect/session.ts';
import { span } from '../lib/units.ts';
import { cleanEvent, type Clean } from '../recording/clean-event.ts';
import { cutRecording } from '../recording/cut.ts';
import { cutTime } from '../recording/cut-time.ts';
import { notesBeside, NotesFile } from '../recording/notes-file.ts';
import { Recording } from '../recording/recording.ts';
import { RecordingError } from '../recording/recording-error.ts';
import { replayEntry, type Round } from '../recording/replay-entries.ts';
import { verifyRedaction } from '../recording/verify-redaction.ts';
import { recordingRedaction } from '../redact/recording-redaction.ts';
import { ScreenRedaction } from '../redact/screen-redaction.ts';
import { sources } from '../subsystems/index.ts';
import type { DataCommand } from './data-arguments.ts';
import { keepNames } from './keep-names.ts';
import { print, warn } from './print.ts';
import { redactionSearch } from './start-recording.ts';
import { UsageError } from './usage-error.ts';

type CutCommand = Extract<DataCommand, { kind: 'cut' }>;

const declaring = new Map(sources.filter(({ identifiers }) => identifiers).map((source) => [source.id, source]));

/** Writes a slice of a recording into a new file. Rejects with a UsageError or a RecordingError, and leaves no file then. */
export async function writeCut({ file, from, to, out, redact }: CutCommand): Promise<void> {
  const recording = await Recording.open(file);
  // Under its name once it is whole, and searched where it is redacted.
  const draft = `${out}.${randomBytes(4).toString('hex')}.cutting`;
  try {
    recording.notes = new NotesFile(recording.head, notesBeside(file, undefined));
    const scale = {
      startMs: recording.segments[0]?.t ?? 0,
      endMs: await recording.endMs(),
      marks: await marksOf(recording),
    };
    const [fromMs, toMs] = [timeOf('--from', from, scale), timeOf('--to', to, scale)];
    if (fromMs >= toMs) throw new UsageError(`--from ${from} is not before --to ${to}`);
    const redaction = redact ? new ScreenRedaction() : undefined;
    redaction?.learnTarget(recording.head.host);
    await cutRecording(
      recording,
      draft,
      { fromMs, toMs },
      {
        withScreen: redaction === undefined || recording.head.redacted,
        redacted: redact,
        onRound: redaction && ((round) => learn(redaction, round)),
      },
    ).catch((error: unknown) => {
      throw new RecordingError(`${out}: ${messageOf(error)}`, { cause: error });
    });
    if (redaction) await redacted(draft, redaction);
    await link(draft, out).catch((error: unknown) => {
      const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
      throw new RecordingError(`${out}: ${exists ? 'file exists, not overwritten' : messageOf(error)}`, {
        cause: error,
      });
    });
    await print(`${out}\n`);
    warn(`${span((toMs - fromMs) / 1000)} of ${span((scale.endMs - scale.startMs) / 1000)} of ${file}`);
  } finally {
    await recording.close();
    await rm(draft, { force: true });
  }
}

function timeOf(option: string, text: string, scale: Parameters<typeof cutTime>[1]): number {
  const time = cutTime(text, scale);
  if (typeof time === 'object') throw new UsageError(`${option}: ${time.problem}`);
  return time;
}

/** Markers and notes of a recording and of its replays, by time. */
async function marksOf(recording: Recording): Promise<readonly Pick<Mark, 'wallMs' | 'text'>[]> {
  const own: Pick<Mark, 'wallMs' | 'text'>[] = [];
  const places = recording.spread ? [] : [...recording.segments.keys()];
  const lists = [recording.spread ?? [], ...(await Promise.all(places.map(async (place) => (await recording.segment(place, { samples: false })).events)))]; // prettier-ignore
  for (const event of lists.flat()) if (event.e === 'marker') own.push({ wallMs: event.t, text: event.text });
  return [...own, ...(recording.notes?.marks ?? [])].toSorted((a, b) => a.wallMs - b.wallMs);
}

function learn(redaction: ScreenRedaction, round: Round): void {
  const source = declaring.get(round.source);
  if (source) redaction.learn(source.identifiers?.(replayEntry(source, round).sample) ?? []);
}

/** Redacts a file with the names that are known, and searches it. Rejects where it cannot be. */
async function redacted(path: string, { redactor }: ScreenRedaction): Promise<void> {
  const clean = recordingRedaction(redactor, new Set(declaring.keys()));
  await learnFrom(path, clean);
  const problem = await verifyRedaction(path, clean, redactionSearch(redactor), redactor);
  const names = keepNames(redactor, Date.now());
  if (problem !== undefined) throw new RecordingError(`not written: ${problem}`);
  if (names !== undefined) warn(`pseudonym table: ${names} (private, in no recording)`);
}

/** Learns the names in places of names of all texts first: one may stand in a reading before the one that it is learned from. */
async function learnFrom(path: string, clean: Clean): Promise<void> {
  const recording = await Recording.open(path);
  try {
    for (const place of recording.segments.keys())
      for (const event of (await recording.segment(place)).events) cleanEvent(event, clean);
  } finally {
    await recording.close();
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
