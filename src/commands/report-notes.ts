import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import pkg from '../../package.json' with { type: 'json' };
import type { Config } from '../config.ts';
import { findings } from '../findings/index.ts';
import type { CaseNotes } from '../notes/case-notes.ts';
import { notesOfRecording, notesOfSession } from '../notes/gather.ts';
import { htmlNotes } from '../notes/html.ts';
import { markdownNotes } from '../notes/markdown.ts';
import { tablesAt } from '../notes/pane-pages.ts';
import { openRecording } from '../recording/open-recording.ts';
import { RecordingError } from '../recording/recording-error.ts';
import { sources } from '../sources/index.ts';
import type { Command } from './arguments.ts';
import { linePrompter } from './line-prompter.ts';
import { print } from './print.ts';
import { reachHost, watch } from './reach.ts';
import { settle } from './report.ts';

type ReportCommand = Extract<Command, { kind: 'report' }>;

/** Case notes of a recording, or of a host as it is now. Rejects with what kept them from being written. */
export async function writeNotes(command: ReportCommand, config: Config): Promise<void> {
  const file = await fileOf(command);
  const notes = file === undefined ? await notesOfHost(command, config) : await notesOfFile(file);
  for (const problem of notes.evidence?.problems ?? []) process.stderr.write(`crashcart: ${problem}\n`);
  const text = await rendered(notes, command.format);
  if (command.out === undefined) await print(text);
  else await writeNew(command.out, text);
}

/** What is a file here is a recording, a folder with sos_commands in it a sosreport; anything else names a host. */
async function fileOf({ reach: { target } }: ReportCommand): Promise<string | undefined> {
  if (target === undefined) return undefined;
  const found = await stat(target).catch(() => undefined);
  if (found?.isFile()) return target;
  // A folder that happens to be named as a host is does not hide the host.
  if (found?.isDirectory() && (target.includes('/') || existsSync(join(target, 'sos_commands')))) return target;
  if (/[/\\]|\.zst$/.test(target)) throw new RecordingError(`${target}: there is no such file`);
  return undefined;
}

async function notesOfFile(path: string): Promise<CaseNotes> {
  const made = { madeMs: Date.now(), crashcart: pkg.version };
  const recording = await openRecording(path, sources);
  const { size, isFile } = await about(path);
  if (!isFile) return notesOfRecording(recording, undefined, { sources, findings }, made);
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  const evidence = { file: basename(path), bytes: size, sha256: hash.digest('hex') };
  return notesOfRecording(recording, evidence, { sources, findings }, made);
}

const about = async (path: string) => {
  const seen = await stat(path);
  return { size: seen.size, isFile: seen.isFile() };
};

async function notesOfHost({ reach, forMs }: ReportCommand, config: Config): Promise<CaseNotes> {
  const backend = reach.backend ?? config.defaults.transport;
  const reached = await reachHost({ ...reach, backend }, linePrompter(process.stdin, process.stderr));
  const fromMs = Date.now();
  const session = watch(reached, reach.budgetPct ?? config.budgetPct);
  try {
    await settle(session);
    const first = forMs === undefined ? undefined : tablesAt(session, Date.now());
    if (forMs !== undefined) await sleep(forMs);
    return notesOfSession(session, first, fromMs, { madeMs: Date.now(), crashcart: pkg.version });
  } finally {
    await session.stop();
  }
}

async function rendered(notes: CaseNotes, format: ReportCommand['format']): Promise<string> {
  switch (format) {
    case 'json':
      return `${JSON.stringify(notes, null, 1)}\n`;
    case 'md':
      return markdownNotes(notes);
    case 'html':
      return htmlNotes(notes, (await import('../notes/cast-player.ts')).castPlayer);
  }
}

/** Never over a file that is there; for the engineer's eyes. */
async function writeNew(path: string, text: string): Promise<void> {
  try {
    await using file = await open(path, 'wx', 0o600);
    await file.writeFile(text);
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    const said = exists
      ? 'there already, and never overwritten'
      : error instanceof Error
        ? error.message
        : String(error);
    throw new RecordingError(`${path}: ${said}`, { cause: error });
  }
}
