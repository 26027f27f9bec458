import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordingControl } from '../app/recording-flow.ts';
import type { LoadedConfig } from '../config.ts';
import { foldNames } from '../lib/fold-names.ts';
import { reasonOf } from '../fleet/judgement.ts';
import { sanitizeLines } from '../lib/plain.ts';
import { bytes, duration, plural } from '../lib/units.ts';
import { RecordingError } from '../recording/recording-error.ts';
import { ScreenRedaction } from '../redact/screen-redaction.ts';
import { eachHost, type OpenMember } from './each-host.ts';
import type { FleetRecordCommand } from './fleet-arguments.ts';
import { linePrompter } from './line-prompter.ts';
import { findingsWith } from './own-settings.ts';
import { print, warn } from './print.ts';
import { startRecording, startRedacted, type RedactedRecording } from './start-recording.ts';

const COST = 'Each gets one SSH login and all readings of a console, recorded here';
const ENDS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const FAILED = 1;
/** Of a set whose names never end; each recording was searched with those of its last pass. */
const MAX_PASSES = 3;

/**
 * Records several hosts without a screen until the time is over or a signal comes: a folder with one recording per host, that `replay DIR`
 * opens as a set, and from which one host is taken by its file. Redacted ones share their pseudonyms. Resolves with the exit code.
 */
export async function recordFleet(command: FleetRecordCommand, config: LoadedConfig): Promise<number> {
  const { out, forMs } = command;
  await newFolder(out);
  const veil = command.redact ? new ScreenRedaction() : undefined;
  const redacted: RedactedRecording[] = [];
  const over = Promise.withResolvers<void>();
  const end = () => over.resolve();
  for (const signal of ENDS) process.on(signal, end);
  const startMs = Date.now();
  try {
    const results = await eachHost(
      { ...command, config, prompter: linePrompter(process.stdin, process.stderr), findings: findingsWith(config), cost: COST, isAuditApart: true, redaction: veil }, // prettier-ignore
      // Logins of hundreds take a while: each host has its whole time.
      async (member) =>
        recorded(
          member,
          out,
          veil && { veil, redacted },
          forMs === undefined ? over.promise : Promise.race([over.promise, sleep(forMs, undefined, { ref: false })]),
        ),
    );
    if (veil) await verifyAll(redacted, veil);
    return await summary(results, out, (Date.now() - startMs) / 1000, veil);
  } finally {
    for (const signal of ENDS) process.off(signal, end);
  }
}

/** Verifies with the names of all hosts: those of one may stand on another. Again where one taught a name. */
async function verifyAll(recordings: readonly RedactedRecording[], { redactor }: ScreenRedaction): Promise<void> {
  let version: number;
  let passes = 0;
  do {
    version = redactor.version;
    for (const one of recordings) if (one.state().removed !== true) await one.verify();
    passes++;
  } while (redactor.version !== version && passes < MAX_PASSES);
}

/** Makes the folder. Rejects for one that has files: a set is of one recording. */
async function newFolder(out: string): Promise<void> {
  try {
    await mkdir(out, { recursive: true, mode: 0o700 });
    const [first] = await readdir(out);
    if (first === undefined) return;
  } catch (error) {
    throw new RecordingError(`--out ${out}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  throw new RecordingError(`--out ${out}: the folder is not empty`);
} // prettier-ignore

/** A redacted recording is put into `redacted`, whatever becomes of its host: it is verified when the names of all hosts are known. */
async function recorded(
  { name, live }: OpenMember,
  out: string,
  redaction: { readonly veil: ScreenRedaction; readonly redacted: RedactedRecording[] } | undefined,
  over: Promise<unknown>,
): Promise<RecordingControl['state']> {
  if (!live) throw new TypeError('only live hosts are recorded');
  const path = join(out, `${fileName(shownName(name, redaction?.veil))}.cc.zst`);
  if (redaction) {
    const recording = await startRedacted(live, redaction.veil, path);
    redaction.redacted.push(recording);
    await over;
    await recording.end();
    return recording.state;
  }
  const recording = await startRecording(live, path);
  await over;
  await recording.stop();
  return recording.state.bind(recording);
}

/** Names are redacted before they are folded: a node set of them is not known as a name. */
const shownName = (name: string, veil: ScreenRedaction | undefined): string => veil?.redactor.cell(name) ?? name;

/** Name of a host as that of a file in the folder: `::1` and `../x` are none. */
const fileName = (name: string): string => name.replaceAll(/[^\w.@-]/g, '_').replace(/^\.+/, '_');

type Results = Awaited<ReturnType<typeof eachHost<RecordingControl['state']>>>;

async function summary(results: Results, out: string, seconds: number, veil: ScreenRedaction | undefined): Promise<number> {
  const done = results.flatMap((one) => ('result' in one ? [one.result()] : []));
  const failed = results.flatMap((one) => ('failure' in one ? [one] : []));
  if (done.length > 0) await print(`${out}\n`);
  const size = done.reduce((sum, one) => sum + one.bytes, 0);
  warn(`${plural(done.length, 'host')} recorded, ${duration(seconds)}, ${bytes(size)}${done.length > 0 ? `; open them with: crashcart replay ${out}` : ''}`);
  const line = (text: string) => warn(sanitizeLines(veil ? veil.redactor.shown(text) : text));
  for (const [reason, group] of Map.groupBy(failed, ({ failure }) => reasonOf(failure)))
    line(`${foldNames(group.map(({ name }) => shownName(name, veil)))}: not recorded: ${reason}`);
  for (const { path, problem } of done) if (problem !== undefined) line(`${path}: ended early: ${problem}`);
  return failed.length > 0 || done.some(({ problem }) => problem !== undefined) ? FAILED : 0;
} // prettier-ignore
