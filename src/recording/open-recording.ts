import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { Asker } from '../collect/ask.ts';
import { openPackedSosreport, openSosreport, type Sosreport } from '../host/sosreport.ts';
import { packingOf, type Packing } from '../host/sosreport/unpacked.ts';
import type { AnySource } from '../sources/source.ts';
import { Recorder } from './recorder.ts';
import { Recording } from './recording.ts';
import { RecordingError } from './recording-error.ts';

/** Opens a recording, or a sosreport (packed or not) as a recording of one moment. Rejects with a RecordingError. */
export async function openRecording(path: string, sources: readonly AnySource[]): Promise<Recording> {
  const seen = await stat(path).catch(() => undefined);
  if (seen?.isDirectory()) {
    const report = await openSosreport(path);
    if (report) return recordingOf(report, sources);
    throw new RecordingError(`${path}: folder without sos_commands, not a sosreport`);
  }
  if (!seen?.isFile()) return Recording.open(path);
  const head = await headOf(path);
  const packing = packingOf(head);
  if (packing !== undefined) return packedRecording(createReadStream(path), packing, path, seen.mtimeMs, sources);
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
  return packing === undefined
    ? Recording.from(whole(), name)
    : packedRecording(Readable.from(whole()), packing, name, Date.now(), sources);
}

/** Length of the beginning that identifies an archive. */
const HEAD_BYTES = 512;

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

/** Recording in memory of one round of every source. */
async function recordingOf({ host, takenMs, problems }: Sosreport, sources: readonly AnySource[]): Promise<Recording> {
  const parts: Buffer[] = [];
  const file = { writeFile: async (bytes: Buffer) => void parts.push(bytes), datasync: async () => {}, close: async () => {} }; // prettier-ignore
  const head = { host: host.name, kind: 'recorded', crashcart: 'sosreport', redacted: false } as const;
  const recorder = new Recorder({ path: host.name, ...head, nowMs: () => takenMs }, file);
  const asker = new Asker(host);
  for (const problem of problems) recorder.add({ e: 'recorder', t: takenMs, what: 'left-out', detail: problem });
  for (const source of sources) recorder.sample(source.id, await asker.ask(source), takenMs, 0, false);
  const { problem } = await recorder.close();
  if (problem !== undefined) throw new RecordingError(`${host.name}: ${problem}`);
  return Recording.from(Readable.from(parts), host.name);
}
