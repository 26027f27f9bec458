import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import pkg from '../../package.json' with { type: 'json' };
import type { Config } from '../config.ts';
import { sources } from '../subsystems/index.ts';
import type { AnyFinding } from '../findings/finding.ts';
import type { CaseNotes } from '../notes/case-notes.ts';
import { safeNotes, type SafeNotes } from '../notes/safe-notes.ts';
import { notesOfRecording, notesOfSession } from '../notes/gather.ts';
import { leftIn } from '../notes/redact-notes.ts';
import { htmlNotes } from '../notes/html.ts';
import { markdownNotes } from '../notes/markdown.ts';
import { shortNotes } from '../notes/short.ts';
import { tablesAt } from '../notes/pane-pages.ts';
import { openRecording, placeOf } from '../recording/open-recording.ts';
import { RecordingError } from '../recording/recording-error.ts';
import type { Command } from './arguments.ts';
import { linePrompter } from './line-prompter.ts';
import { ScreenRedaction } from '../redact/screen-redaction.ts';
import { failOnCode } from './fail-on.ts';
import { keepNames } from './keep-names.ts';
import { evidenceOf } from './evidence.ts';
import { findingsWith } from './own-settings.ts';
import { print, warn } from './print.ts';
import { reachHost, watch } from './reach.ts';
import { settle } from './report.ts';
import { writeNew } from './write-new.ts';
import { targetFile } from './target-file.ts';

type ReportCommand = Extract<Command, { kind: 'report' }>;

/** Writes case notes of a recording or of a live host. Resolves with the exit code; rejects when they cannot be written. */
export async function writeNotes(command: ReportCommand, config: Config): Promise<number> {
  const file = await targetFile(command.reach.target);
  const redaction = command.redact ? new ScreenRedaction() : undefined;
  const notes = safeNotes(
    file === undefined
      ? await notesOfHost(command, config, redaction)
      : await notesOfFile(file, findingsWith(config), redaction),
  );
  for (const problem of notes.evidence?.problems ?? []) warn(problem);
  const text = await rendered(notes, command);
  if (redaction) await verifyRedaction(notes, command, redaction);
  if (command.out === undefined) await print(text);
  else await writeNew(command.out, text);
  return failOnCode(command.failOn, notes.incidents);
}

async function notesOfFile(
  path: string,
  findings: readonly AnyFinding[],
  redaction: ScreenRedaction | undefined,
): Promise<CaseNotes> {
  const made = { madeMs: Date.now(), crashcart: pkg.version };
  const recording = await openRecording(path, sources);
  for (const problem of recording.notes?.problems ?? []) warn(problem);
  const { file } = await placeOf(path);
  const { size, isFile } = await fileStat(file);
  if (!isFile) return notesOfRecording(recording, undefined, { sources, findings }, made, redaction);
  const evidence = await evidenceOf(file, size, recording);
  return notesOfRecording(recording, evidence, { sources, findings }, made, redaction);
}

const fileStat = async (path: string) => {
  const stats = await stat(path);
  return { size: stats.size, isFile: stats.isFile() };
};

async function notesOfHost(
  { reach, forMs }: ReportCommand,
  config: Config,
  redaction: ScreenRedaction | undefined,
): Promise<CaseNotes> {
  const backend = reach.backend ?? config.defaults.transport;
  const reached = await reachHost({ ...reach, backend }, linePrompter(process.stdin, process.stderr));
  const fromMs = Date.now();
  const session = watch(reached, reach.budgetPct ?? config.budgetPct, findingsWith(config));
  const declaring = sources.filter(({ identifiers }) => identifiers !== undefined);
  const learn = () => redaction?.learnFrom(session.timeline, declaring);
  redaction?.learnTarget(session.host.name);
  session.subscribe(learn);
  try {
    await settle(session);
    learn();
    const first = forMs === undefined ? undefined : tablesAt(session, Date.now());
    if (forMs !== undefined) await sleep(forMs);
    learn();
    return notesOfSession(session, first, fromMs, { madeMs: Date.now(), crashcart: pkg.version }, redaction);
  } finally {
    await session.stop();
  }
}

async function rendered(notes: SafeNotes, { format, full }: Pick<ReportCommand, 'format' | 'full'>): Promise<string> {
  switch (format) {
    case 'json':
      return `${JSON.stringify(notes, null, 1)}\n`;
    case 'short':
      return shortNotes(notes);
    case 'md':
      return markdownNotes(notes, full ? 'full' : 'brief');
    case 'html':
      return htmlNotes(notes, (await import('../notes/cast-player.ts')).castPlayer);
  }
}

/** Rejects when a known identifier is left in redacted notes; the pseudonym table stays on this machine. */
async function verifyRedaction(notes: SafeNotes, command: ReportCommand, { redactor }: ScreenRedaction): Promise<void> {
  // The player's licence names its authors, so it is searched without.
  const text =
    command.format === 'html'
      ? htmlNotes(notes, { script: '', style: '', licence: '' })
      : await rendered(notes, command);
  const left = leftIn(notes, text, redactor);
  const names = keepNames(redactor, Date.now());
  if (left.length > 0) throw new RecordingError(`case notes not written: identifiers left in ${left.join(', ')}`);
  if (names !== undefined) warn(`pseudonym table: ${names} (private, in no report)`);
}
