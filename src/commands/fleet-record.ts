import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
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
import { startRecording, startRedacted } from './start-recording.ts';

const COST = 'Each gets one SSH login and all readings of a console, recorded here';
const ENDS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const FAILED = 1;

interface Recorded {
  readonly path: string;
  readonly bytes: number;
  readonly problem: string | undefined;
}

/**
 * Records several hosts without a screen until the time is over or a signal comes: a folder with one recording per host, that `replay DIR`
 * opens as a set, and from which one host is taken by its file. Redacted ones share their pseudonyms. Resolves with the exit code.
 */
export async function recordFleet(command: FleetRecordCommand, config: LoadedConfig): Promise<number> {
  const { out, forMs } = command;
  await newFolder(out);
  const veil = command.redact ? new ScreenRedaction() : undefined;
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
          veil,
          forMs === undefined ? over.promise : Promise.race([over.promise, sleep(forMs, undefined, { ref: false })]),
        ),
    );
    return await summary(results, out, (Date.now() - startMs) / 1000, veil);
  } finally {
    for (const signal of ENDS) process.off(signal, end);
  }
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

async function recorded({ name, live }: OpenMember, out: string, veil: ScreenRedaction | undefined, over: Promise<unknown>): Promise<Recorded> {
  if (!live) throw new TypeError('only live hosts are recorded');
  const path = join(out, `${fileName(shownName(name, veil))}.cc.zst`);
  const recording = veil ? await startRedacted(live, veil, path) : await startRecording(live, path);
  await over;
  await recording.stop();
  const { bytes: size, problem } = recording.state();
  return { path, bytes: size, problem };
} // prettier-ignore

/** Names are redacted before they are folded: a node set of them is not known as a name. */
const shownName = (name: string, veil: ScreenRedaction | undefined): string => veil?.redactor.cell(name) ?? name;

/** Name of a host as that of a file in the folder: `::1` and `../x` are none. */
const fileName = (name: string): string => name.replaceAll(/[^\w.@-]/g, '_').replace(/^\.+/, '_');

type Results = Awaited<ReturnType<typeof eachHost<Recorded>>>;

async function summary(results: Results, out: string, seconds: number, veil: ScreenRedaction | undefined): Promise<number> {
  const done = results.flatMap((one) => ('result' in one ? [one.result] : []));
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
