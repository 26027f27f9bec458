import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { SourceReader, type ReadResult } from '../collect/source-reader.ts';
import { keyOf, missing, type Host, type Missing, type Read } from '../host/host.ts';
import {
  LIMITS,
  parseArchive,
  readParts,
  recordedName,
  RecordedHostError,
  storeOf,
  type RecordedParts,
} from '../host/recorded/archive.ts';
import { notTaken } from '../host/not-taken.ts';
import { momentsOf } from '../host/recorded/host.ts';
import type { AnySource } from '../sources/source.ts';
import { Recorder } from './recorder.ts';
import { Recording } from './recording.ts';
import { RecordingError } from './recording-error.ts';

export interface HostRound {
  readonly takenMs: number;
  readonly read: (source: AnySource) => Promise<ReadResult>;
}

/** A host at some moments, oldest first. */
export interface HostRounds {
  readonly name: string;
  readonly rounds: readonly HostRound[];
  /** Sentences about its unreadable parts. */
  readonly problems: readonly string[];
  /** Program that made it, for the head of the recording. */
  readonly madeBy: string;
}

/** Recording in memory of one round of every source at each moment. */
export async function roundsRecording(
  { name, rounds, problems, madeBy }: HostRounds,
  sources: readonly AnySource[],
): Promise<Recording> {
  const parts: Buffer[] = [];
  const file = { writeFile: async (bytes: Buffer) => void parts.push(bytes), datasync: async () => {}, close: async () => {} }; // prettier-ignore
  const head = { host: name, kind: 'recorded', crashcart: madeBy, redacted: false } as const;
  let nowMs = rounds[0]?.takenMs ?? 0;
  const recorder = new Recorder({ path: name, ...head, nowMs: () => nowMs }, file);
  for (const problem of problems) recorder.add({ e: 'recorder', t: nowMs, what: 'left-out', detail: problem });
  for (const { takenMs, read } of rounds) {
    nowMs = takenMs;
    for (const source of sources) recorder.sample(source.id, await read(source), takenMs, 0, false);
  }
  const { problem } = await recorder.close('end of the readings');
  if (problem !== undefined) throw new RecordingError(`${name}: ${problem}`);
  return Recording.from(Readable.from(parts), name);
}

const MARKER = /^-- \S.* --$/m;

/** Whether a file is the text archive of a recorded host, by its name or its first bytes. */
export const isHostArchive = (head: Buffer, path = ''): boolean =>
  path.endsWith('.txtar') || (!head.includes(0) && MARKER.test(head.toString('latin1')));

/** Whether a folder is an unpacked one: each has moments or missing readings. */
export const isHostFolder = (folder: string): boolean =>
  ['at.json', 'missing.json'].some((file) => existsSync(join(folder, file)));

/** Recording of a recorded host, an archive or its folder; `fallbackMs` is its last moment where it has no clock. */
export async function hostRecording(
  path: string,
  fallbackMs: number,
  sources: readonly AnySource[],
): Promise<Recording> {
  return recordingOf(() => readParts(path), recordedName(path), fallbackMs, sources);
}

/** The same from a pipe. */
export async function hostRecordingFromPipe(
  pieces: AsyncIterable<Buffer>,
  name: string,
  fallbackMs: number,
  sources: readonly AnySource[],
): Promise<Recording> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    parts.push(piece);
    bytes += piece.length;
    if (bytes > LIMITS.archiveBytes) throw new RecordingError(`${name}: more than ${LIMITS.archiveBytes} bytes`);
  }
  return recordingOf(() => parseArchive(Buffer.concat(parts).toString('utf8'), name), name, fallbackMs, sources);
}

async function recordingOf(
  read: () => RecordedParts,
  name: string,
  fallbackMs: number,
  sources: readonly AnySource[],
): Promise<Recording> {
  let parts: RecordedParts;
  try {
    parts = read();
  } catch (error) {
    if (!(error instanceof RecordedHostError)) throw error;
    throw new RecordingError(error.message, { cause: error });
  }
  const gaps = new WeakSet<object>();
  const unrecorded = (what: Read): Missing => {
    const gap = missing('absent', `${keyOf(what)}: not present`);
    gaps.add(gap);
    return gap;
  };
  const moments = momentsOf(storeOf(parts), { name, unrecorded });
  const lastAt = moments.at(-1)?.at ?? 0;
  /** Ids of sources of which a read was recorded, at any moment: their other reads found nothing on the host. */
  const recorded = new Set<string>();
  const rounds: HostRound[] = [];
  for (const { at, host } of moments) {
    const bootMs = await bootMsOf(host);
    const reader = new SourceReader(host);
    const results = new Map<string, ReadResult>();
    for (const source of sources) {
      const result = await reader.read(source);
      results.set(source.id, result);
      if (result.readings.some(({ reading }) => !gaps.has(reading))) recorded.add(source.id);
    }
    rounds.push({
      takenMs: Math.round(bootMs === undefined ? fallbackMs - (lastAt - at) * 1000 : bootMs + at * 1000),
      read: async (source) => {
        const result = results.get(source.id) ?? (await reader.read(source));
        return recorded.has(source.id) ? result : withoutSource(result);
      },
    });
  }
  return roundsRecording({ name, rounds, problems: [], madeBy: 'recorded host' }, sources);
}

const withoutSource = (result: ReadResult): ReadResult => ({
  ...result,
  readings: result.readings.map(({ name, read }) => ({ name, read, reading: notTaken(read, 'recording') })),
});

/** `btime` of /proc/stat: https://www.kernel.org/doc/html/latest/filesystems/proc.html. */
async function bootMsOf(host: Host): Promise<number | undefined> {
  const stat = await host.read({ kind: 'file', path: '/proc/stat' });
  const seconds = stat.ok ? /^btime (\d{1,10})$/m.exec(stat.value)?.[1] : undefined;
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
