import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { SourceReader } from '../collect/source-reader.ts';
import { openPackedSosreport, openSosreport, type Sosreport } from '../host/sosreport.ts';
import { packingOf, type Packing } from '../host/sosreport/unpacked.ts';
import type { AnySource } from '../sources/source.ts';
import { Recording } from './recording.ts';
import { RecordingError } from './recording-error.ts';
import {
  hostRecording,
  hostRecordingFromPipe,
  isHostArchive,
  isHostFolder,
  roundsRecording,
} from './rounds-recording.ts';

/** Opens a recording; a sosreport or a recorded host (packed or not) as a recording of its moments. Rejects with a RecordingError. */
export async function openRecording(path: string, sources: readonly AnySource[]): Promise<Recording> {
  const seen = await stat(path).catch(() => undefined);
  if (seen?.isDirectory()) {
    const report = await openSosreport(path);
    if (report) return recordingOf(report, sources);
    if (isHostFolder(path)) return hostRecording(path, seen.mtimeMs, sources);
    throw new RecordingError(
      `${path}: folder without sos_commands, not a sosreport, and without at.json, not a recorded host`,
    );
  }
  if (!seen?.isFile()) return Recording.open(path);
  const head = await headOf(path);
  const packing = packingOf(head);
  if (packing !== undefined) return packedRecording(createReadStream(path), packing, path, seen.mtimeMs, sources);
  if (isHostArchive(head, path)) return hostRecording(path, seen.mtimeMs, sources);
  if (head.subarray(0, 3).toString('latin1') === 'BZh')
    throw new RecordingError(`${path}: packed with bzip2 (not supported); unpack it (tar xf) and open the folder`);
  if (/\.(?:gpg|asc)$/.test(path))
    throw new RecordingError(`${path}: encrypted; decrypt it first (gpg --output FILE --decrypt ${path})`);
  return Recording.open(path);
}

/** Opens a recording or a sosreport from a pipe. */
export async function recordingFromPipe(
  stream: AsyncIterable<Buffer>,
  sources: readonly AnySource[],
): Promise<Recording> {
  const name = 'standard input';
  const pieces = stream[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < HEAD_BYTES) {
    const { value, done } = await pieces.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  async function* whole() {
    yield head;
    yield* { [Symbol.asyncIterator]: () => pieces };
  }
  const packing = packingOf(head);
  if (packing !== undefined) return packedRecording(Readable.from(whole()), packing, name, Date.now(), sources);
  return isHostArchive(head)
    ? hostRecordingFromPipe(whole(), name, Date.now(), sources)
    : Recording.from(whole(), name);
}

/** Length of the beginning that identifies an archive, with the comment of a recorded host. */
const HEAD_BYTES = 4096;

async function headOf(path: string): Promise<Buffer> {
  await using file = await open(path, 'r').catch((error: unknown) => {
    throw new RecordingError(`${path}: ${messageOf(error)}`, { cause: error });
  });
  const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
  return buffer.subarray(0, bytesRead);
}

async function packedRecording(
  packed: Readable,
  packing: Packing,
  path: string,
  fallbackMs: number,
  sources: readonly AnySource[],
): Promise<Recording> {
  let report: Sosreport | undefined;
  try {
    report = await openPackedSosreport(packed, packing, basename(path), fallbackMs);
  } catch (error) {
    throw new RecordingError(`${path}: unpacking failed: ${messageOf(error)}`, { cause: error });
  }
  if (!report) throw new RecordingError(`${path}: archive without sos_commands, not a sosreport`);
  return recordingOf(report, sources);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function recordingOf(
  { host, takenMs, problems, sar }: Sosreport,
  sources: readonly AnySource[],
): Promise<Recording> {
  const reader = new SourceReader(host);
  const rounds = [{ takenMs, read: (source: AnySource) => reader.read(source) }];
  const recording = await roundsRecording({ name: host.name, rounds, problems, madeBy: 'sosreport' }, sources);
  recording.sar = sar;
  return recording;
}
