import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Asker } from '../collect/ask.ts';
import { openSosreport, type Sosreport } from '../host/sosreport.ts';
import type { AnySource } from '../sources/source.ts';
import { Recorder } from './recorder.ts';
import { Recording } from './recording.ts';
import { RecordingError } from './recording-error.ts';

/** A recording, or an unpacked sosreport as a recording of one moment. Rejects with a RecordingError. */
export async function openRecording(path: string, sources: readonly AnySource[]): Promise<Recording> {
  const seen = await stat(path).catch(() => undefined);
  if (seen?.isDirectory()) {
    const report = await openSosreport(path);
    if (report) return recordingOf(report, sources);
    throw new RecordingError(`${path}: this folder is no sosreport (no sos_commands in it)`);
  }
  if (/\.tar(?:\.\w+)?$|\.tgz$/.test(path))
    throw new RecordingError(`${path}: unpack it first (tar xf ${path}), then name the folder`);
  return Recording.open(path);
}

/** Every source is asked once; its answers go the way that those of any host go. */
async function recordingOf({ host, takenMs }: Sosreport, sources: readonly AnySource[]): Promise<Recording> {
  const folder = await mkdtemp(join(tmpdir(), 'crashcart-sos-'));
  try {
    const path = join(folder, 'sosreport.cc.zst');
    const head = { host: host.name, kind: 'recorded', crashcart: 'sosreport', redacted: false } as const;
    const recorder = await Recorder.start({ path, ...head, nowMs: () => takenMs });
    const asker = new Asker(host);
    for (const source of sources) recorder.sample(source.id, await asker.ask(source), takenMs, 0, false);
    const { problem } = await recorder.close();
    if (problem !== undefined) throw new RecordingError(`${host.name}: ${problem}`);
    return await Recording.open(path);
  } finally {
    // What is open stays readable.
    await rm(folder, { recursive: true, force: true });
  }
}
