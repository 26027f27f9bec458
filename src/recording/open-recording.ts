import { createReadStream, existsSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { SourceReader } from '../collect/source-reader.ts';
import { openPackedSosreport, openSosreport, SeveralReports, type Sosreport } from '../host/sosreport.ts';
import { reportsIn, withMember } from '../host/sosreport/several.ts';
import { packingOf, type Packing } from '../host/archives/unpacked.ts';
import { shellQuote } from '../lib/shell-quote.ts';
import type { AnySource } from '../sources/source.ts';
import { notesBeside, NotesFile } from './notes-file.ts';
import { Recording } from './recording.ts';
import { RecordingError } from './recording-error.ts';
import {
  hostRecording,
  hostRecordingFromPipe,
  isHostArchive,
  isHostFolder,
  roundsRecording,
} from './rounds-recording.ts';

/**
 * Opens a recording with its notes; a sosreport or a recorded host (packed or not) as a recording of its moments. `notes`: whether new
 * notes may go beside the file. Rejects with a RecordingError.
 */
export async function openRecording(
  path: string,
  sources: readonly AnySource[],
  notes: 'beside' | 'elsewhere' = 'beside',
): Promise<Recording> {
  const recording = await openWithoutNotes(path, sources);
  const { file, member } = await placeOf(resolve(path));
  recording.notes = new NotesFile(recording.head, notes === 'beside' ? notesBeside(file, member) : undefined);
  return recording;
}

async function openWithoutNotes(path: string, sources: readonly AnySource[]): Promise<Recording> {
  const { file, member } = await placeOf(path);
  const seen = await stat(file).catch(() => undefined);
  if (seen?.isDirectory()) {
    const report = await openSosreport(path);
    if (report) return recordingOf(report, sources);
    if (isHostFolder(path)) return hostRecording(path, seen.mtimeMs, sources);
    const [only, ...others] = await reportsIn(path);
    if (only !== undefined && others.length === 0) return openWithoutNotes(join(path, only), sources);
    if (only !== undefined) throw choice(path, [only, ...others]);
    throw new RecordingError(
      `${path}: folder without sos_commands, not a sosreport, and without at.json, not a recorded host`,
    );
  }
  if (!seen?.isFile()) return Recording.open(path);
  const head = await headOf(file);
  const packing = packingOf(head);
  if (packing !== undefined) return packedRecording({ open: () => createReadStream(file), packing, file, member, fallbackMs: seen.mtimeMs }, sources); // prettier-ignore
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
  const recording = await pipedWithoutNotes(stream, sources);
  recording.notes = new NotesFile(recording.head, undefined);
  return recording;
}

async function pipedWithoutNotes(stream: AsyncIterable<Buffer>, sources: readonly AnySource[]): Promise<Recording> {
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
  let isOpened = false;
  const once = (): Readable => {
    if (isOpened)
      throw new RecordingError(`${name}: packed sosreports within an archive; unpack it (tar xf) and open one`);
    isOpened = true;
    return Readable.from(whole());
  };
  const packing = packingOf(head);
  if (packing !== undefined) return packedRecording({ open: () => once(), packing, file: name, member: undefined, fallbackMs: Date.now() }, sources); // prettier-ignore
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

interface PackedFile {
  readonly open: () => Readable;
  readonly packing: Packing;
  readonly file: string;
  /** Report of several in it. */
  readonly member: string | undefined;
  readonly fallbackMs: number;
}

async function packedRecording(packed: PackedFile, sources: readonly AnySource[]): Promise<Recording> {
  let report: Sosreport | undefined;
  try {
    report = await packedReport(packed);
  } catch (error) {
    if (error instanceof SeveralReports) throw choice(packed.file, error.reports);
    if (error instanceof RecordingError) throw error;
    throw new RecordingError(`${packed.file}: unpacking failed: ${messageOf(error)}`, { cause: error });
  }
  if (!report) throw new RecordingError(`${packed.file}: archive without sos_commands, not a sosreport`);
  return recordingOf(report, sources);
}

async function packedReport({ open, packing, file, member, fallbackMs }: PackedFile): Promise<Sosreport | undefined> {
  try {
    return await openPackedSosreport(open(), packing, basename(file), fallbackMs, member);
  } catch (error) {
    if (!(error instanceof SeveralReports) || !error.arePacked) throw error;
    const [only, ...others] = error.reports;
    const chosen =
      others.length === 0 ? only : error.reports.find((name) => name === member || name.endsWith(`/${member}`));
    if (chosen === undefined) throw error;
    const report = await withMember(open(), packing, chosen, (inner, innerPacking) =>
      openPackedSosreport(inner, innerPacking, basename(chosen), fallbackMs),
    );
    if (!report) throw new RangeError(`${chosen} cannot be unpacked`);
    return report;
  }
}

/**
 * Reports in a folder, or in an archive of `sos collect`, by their paths within it; empty for a report itself and anything else. The name
 * of an archive decides: to look into each one would unpack it twice.
 */
export async function reportsOf(path: string): Promise<readonly string[]> {
  const seen = await stat(path).catch(() => undefined);
  if (seen?.isDirectory()) return existsSync(join(path, 'sos_commands')) ? [] : reportsIn(path);
  if (!seen?.isFile() || !COLLECTED.test(basename(path))) return [];
  const packing = packingOf(await headOf(path));
  if (packing === undefined) return [];
  try {
    await openPackedSosreport(createReadStream(path), packing, basename(path), seen.mtimeMs);
    return [];
  } catch (error) {
    if (error instanceof SeveralReports) return error.reports;
    throw new RecordingError(`${path}: unpacking failed: ${messageOf(error)}`, { cause: error });
  }
}

/** `sos-collector-case-2026-11-30-abcde.tar.xz`: sos/collector/__init__.py, get_archive_name. */
const COLLECTED = /^sos-?collect/;

/** Reports to choose from, each with the path that opens it. */
const choice = (path: string, reports: readonly string[]): RecordingError =>
  new RecordingError(
    [
      `${path}: ${reports.length} sosreports; open one of them:`,
      ...reports.map((report) => `  crashcart replay ${shellQuote(join(path, report))}`),
    ].join('\n'),
  );

/** File of a path, and the report in it that the rest of the path names: `collect.tar.xz/sosreport-a.tar.xz`. */
export async function placeOf(path: string): Promise<{ readonly file: string; readonly member: string | undefined }> {
  for (let file = path; dirname(file) !== file; file = dirname(file)) {
    const seen = await stat(file).catch(() => undefined);
    if (seen?.isFile() && file !== path) return { file, member: path.slice(file.length + 1) };
    if (seen) break;
  }
  return { file: path, member: undefined };
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
