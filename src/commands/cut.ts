import { randomBytes } from 'node:crypto';
import { link, rm } from 'node:fs/promises';
import type { Mark } from '../collect/session.ts';
import { span } from '../lib/units.ts';
import { cleanEvent, type Clean } from '../recording/clean-event.ts';
import { cutRecording, type Slice } from '../recording/cut.ts';
import { cutTime, type TimeScale } from '../recording/cut-time.ts';
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

/** Writes a slice of a recording into a new file and prints its path. Rejects with a UsageError or a RecordingError. */
export async function writeCut({ file, from, to, out, redact }: CutCommand): Promise<void> {
  const { slice, scale, names } = await cutFile({ file, out, redact }, (times) => {
    const [fromMs, toMs] = [timeOf('--from', from, times), timeOf('--to', to, times)];
    if (fromMs >= toMs) throw new UsageError(`--from ${from} is not before --to ${to}`);
    return { fromMs, toMs };
  });
  await print(`${out}\n`);
  if (names !== undefined) warn(`pseudonym table: ${names} (private, in no recording)`);
  warn(`${span((slice.toMs - slice.fromMs) / 1000)} of ${span((scale.endMs - scale.startMs) / 1000)} of ${file}`);
}

interface Cut {
  readonly slice: Slice;
  readonly scale: TimeScale;
  /** File of the pseudonym table. */
  readonly names: string | undefined;
}

/** Writes the slice of a recording that `sliceOf` takes into a new file. Rejects with its error or a RecordingError, and leaves no file then. */
export async function cutFile(
  { file, out, redact }: Pick<CutCommand, 'file' | 'out' | 'redact'>,
  sliceOf: (scale: TimeScale) => Slice,
): Promise<Cut> {
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
    const slice = sliceOf(scale);
    const redaction = redact ? new ScreenRedaction() : undefined;
    redaction?.learnTarget(recording.head.host);
    await cutRecording(recording, draft, slice, {
      withScreen: redaction === undefined || recording.head.redacted,
      redacted: redact,
      onRound: redaction && ((round) => learn(redaction, round)),
    }).catch((error: unknown) => {
      throw new RecordingError(`${out}: ${messageOf(error)}`, { cause: error });
    });
    const names = redaction && (await redacted(draft, redaction));
    await link(draft, out).catch((error: unknown) => {
      const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
      throw new RecordingError(`${out}: ${exists ? 'file exists, not overwritten' : messageOf(error)}`, {
        cause: error,
      });
    });
    return { slice, scale, names };
  } finally {
    await recording.close();
    await rm(draft, { force: true });
  }
}

function timeOf(option: string, text: string, scale: TimeScale): number {
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

/** Redacts a file with the names that are known, and searches it. Resolves with the pseudonym table; rejects where it cannot be. */
async function redacted(path: string, { redactor }: ScreenRedaction): Promise<string | undefined> {
  const clean = recordingRedaction(redactor, new Set(declaring.keys()));
  await learnFrom(path, clean);
  const problem = await verifyRedaction(path, clean, redactionSearch(redactor), redactor);
  const names = keepNames(redactor, Date.now());
  if (problem !== undefined) throw new RecordingError(`not written: ${problem}`);
  return names;
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
