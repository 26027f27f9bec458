import { realpath, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { keyOf, missing, type AnswerOf, type Host, type Read, type Reading, type DaemonReply } from './host.ts';
import type { SarReport } from '../sources/machine/sar-text.ts';
import { notTaken } from './not-taken.ts';
import { recordedCgroups } from './recorded/cgroups.ts';
import { recordedGlob } from './recorded/glob.ts';
import { recordedThreads } from './recorded/threads.ts';
import { openArchive } from './sosreport/archive.ts';
import { ReportCommands } from './sosreport/commands.ts';
import { daemonOutput } from './sosreport/daemons.ts';
import { commandOutput } from './sosreport/derived-commands.ts';
import { withDerived } from './sosreport/derived.ts';
import { folderFiles, type ReportFiles } from './sosreport/files.ts';
import { reportMounts } from './sosreport/mounted.ts';
import { reportProcesses } from './sosreport/processes.ts';
import type { Report } from './sosreport/report.ts';
import { reportSar } from './sosreport/sar.ts';
import { reportTimes } from './sosreport/times.ts';
import type { Packing } from './archives/unpacked.ts';

/** Sosreport: files of the host at their paths, output of commands in sos_commands/<plugin>/. */
export interface Sosreport {
  readonly host: Host;
  /** Time of the report, epoch ms. */
  readonly takenMs: number;
  /** Parts that could not be read. */
  readonly problems: readonly string[];
  /** Figures of sar before the report; undefined where the report has none. */
  readonly sar: SarReport | undefined;
}

/** Opens a folder; undefined when it is not a sosreport. */
export async function openSosreport(folder: string): Promise<Sosreport | undefined> {
  const root = await realpath(folder);
  const seen = await stat(`${root}/sos_commands`).catch(() => undefined);
  return seen?.isDirectory() ? sosreport(folderFiles(root), basename(root), seen.mtimeMs, []) : undefined;
}

/** Archive of several reports, of which none was chosen. */
export class SeveralReports extends Error {
  override readonly name = 'SeveralReports';
  /** Names in the archive. */
  readonly reports: readonly string[];
  /** Whether they are packed themselves: to be opened by `withMember`. */
  readonly arePacked: boolean;

  constructor(reports: readonly string[], arePacked: boolean) {
    super(`${reports.length} sosreports`);
    this.reports = reports;
    this.arePacked = arePacked;
  }
}

/**
 * Opens a packed report; undefined for another archive. Rejects when it cannot be unpacked, and with SeveralReports where there
 * are several and `member` is none of their folders.
 */
export async function openPackedSosreport(
  packed: Readable,
  packing: Packing,
  name: string,
  nowMs: number,
  member?: string,
): Promise<Sosreport | undefined> {
  const { files, problems, roots, packedReports } = await openArchive(packed, packing);
  const root = roots.length === 1 ? roots[0] : roots.find((folder) => basename(folder) === member);
  if (root !== undefined) {
    files.choose(root);
    return sosreport(files, name, nowMs, problems);
  }
  if (roots.length > 1) throw new SeveralReports(roots.map((folder) => basename(folder)), false); // prettier-ignore
  if (packedReports.length > 0) throw new SeveralReports(packedReports, true);
  return undefined;
}

async function sosreport(
  files: ReportFiles,
  name: string,
  fallbackTakenMs: number,
  problems: readonly string[],
): Promise<Sosreport> {
  const commands = await ReportCommands.in(files);
  const times = await reportTimes(files, commands);
  const report: Report = { files: await withDerived(files, commands, times), commands, times };
  const hostname = (await report.files.text('/proc/sys/kernel/hostname'))?.trim();
  return {
    host: {
      name: hostname || name,
      kind: 'recorded',
      read: (what) => read(what, report),
      close: async () => {},
    },
    takenMs: Math.round(times.takenMs ?? fallbackTakenMs),
    problems,
    sar: await reportSar(files, times),
  };
}

async function read<R extends Read>(what: R, report: Report): Promise<Reading<AnswerOf<R>>> {
  const value = await answer(what, report);
  if (value === ELSEWHERE) return missing('absent', `${keyOf(what)}: not present`);
  // The value has the kind of the read.
  if (value !== undefined) return { ok: true, value: value as AnswerOf<R>, at: report.times.uptimeSeconds ?? 0, tookMs: 0 }; // prettier-ignore
  return notTaken(what, 'sosreport');
}

/** The daemon is read by another read of its source. */
const ELSEWHERE = Symbol('elsewhere');

async function answer(what: Read, report: Report): Promise<unknown> {
  const { files, commands, times } = report;
  switch (what.kind) {
    case 'file':
      return ending(await files.text(what.path), what.tailBytes);
    case 'glob':
      return recordedGlob(what.pattern, {
        names: files.names,
        text: what.links ? files.link : async (path) => ending(await files.text(path), what.tailBytes),
      });
    case 'run':
      return commandOutput(what.argv, report);
    case 'talk':
    case 'talks': {
      const output = await daemonOutput(what, report);
      if (output === undefined) return undefined;
      if (!output.isHere) return ELSEWHERE;
      if (what.kind === 'talk') return output.replies.get(what.to);
      return new Map([...output.replies].map(([socket, text]): [string, DaemonReply] => [socket, { ok: true, text, tookMs: 0 }])); // prettier-ignore
    }
    case 'processes':
      return reportProcesses(commands, times);
    case 'cgroups': {
      const table = await recordedCgroups(files);
      return table?.groups.size === 0 ? undefined : table;
    }
    case 'threads': {
      const table = await recordedThreads(what, files);
      return table?.processes.size === 0 ? undefined : table;
    }
    case 'mounts':
      return what.usersOf === undefined ? reportMounts(files, commands) : undefined;
    case 'limits':
    case 'statfs':
    case 'inventory':
      return undefined;
  }
}

/** End of a text, as much as a live host gives of a log. */
const ending = (text: string | undefined, bytes: number | undefined): string | undefined =>
  bytes === undefined ? text : text?.slice(-bytes);
