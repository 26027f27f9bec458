import { rename, rm, truncate } from 'node:fs/promises';
import { asciicast } from './asciicast.ts';
import { leftInCast, type Search } from './cast-search.ts';
import { cleanEvent, type Clean, type Place } from './clean-event.ts';
import { Recording } from './recording.ts';
import { rewriteRecording } from './rewrite.ts';
import { secretsOnly, type Redaction } from '../redact/stream-redactor.ts';
import { TerminalRedactors } from '../redact/terminal-redactors.ts';
import { plural } from '../lib/units.ts';
import type { RecordingEvent } from './events.ts';

export interface RedactionSearch {
  /** Identifiers in a whole text. */
  readonly inText: (text: string, place: Place) => readonly string[];
  /** Identifiers in a line of a terminal, which may be cut off. */
  readonly inLine: Search;
  /** Number of known names, which grows with each new one. Absent where none is learned. */
  readonly version?: () => number;
}

/** Each pass finds the names of one more place; a host whose names never end is searched with those of the last pass. */
const MAX_PASSES = 4;

/**
 * Rewrites a redacted recording now that all names are known, so that a name learned late is redacted in earlier events too. The finished
 * file is then read again and every text, and every terminal as a cast, is searched; a recording with an identifier left is removed, and
 * the result is a sentence with the reason.
 */
export async function verifyRedaction(
  path: string,
  clean: Clean,
  search: RedactionSearch,
  redaction: Redaction = secretsOnly,
): Promise<string | undefined> {
  const rewritten = `${path}.redacting`;
  let found: ReadonlyMap<string, string>;
  try {
    let version: number | undefined;
    let passes = 0;
    do {
      version = search.version?.();
      if (passes > 0) await rm(rewritten);
      await rewrite(path, rewritten, clean, redaction);
      passes++;
      // A name of the last events may stand in the first ones.
    } while (search.version?.() !== version && passes < MAX_PASSES);
    found = await leftInRecording(rewritten, search);
    if (found.size === 0) {
      await rename(rewritten, path);
      return undefined;
    }
  } catch (error) {
    await removed(rewritten);
    const why = error instanceof Error ? error.message : String(error);
    return `redaction could not be verified (${why}): recording ${await removed(path)}`;
  }
  await removed(rewritten);
  const kinds = [...new Set(found.values())].join(', ');
  return `${plural(found.size, 'identifier')} left in ${kinds}: recording ${await removed(path)}`;
}

async function rewrite(path: string, to: string, clean: Clean, redaction: Redaction): Promise<void> {
  const recording = await Recording.open(path);
  try {
    const tools = new ToolOutput(redaction);
    await rewriteRecording(recording, to, (events, isLast) =>
      tools.through(events, isLast).map((event) => cleanEvent(event, clean)),
    );
  } finally {
    await recording.close();
  }
}

/** Identifiers left in a finished recording, with the kind of their event and its source. */
async function leftInRecording(
  path: string,
  { inText, inLine }: RedactionSearch,
): Promise<ReadonlyMap<string, string>> {
  const recording = await Recording.open(path);
  const found = new Map<string, string>();
  const terminals = new Set<string>();
  const searchIn = (event: RecordingEvent) => {
    if (event.e === 'terminal') terminals.add(event.terminal);
    // As casts, below.
    if (event.e === 'output') return;
    const kind = event.e === 'sample' ? `sample of ${event.source}` : event.e;
    cleanEvent(event, (text, place) => {
      for (const name of inText(text, place)) found.set(name, kind);
      return text;
    });
  };
  try {
    for (const [place] of recording.segments.entries()) {
      const { events, problems } = await recording.segment(place);
      if (problems.length > 0) throw new Error(problems[0]);
      events.forEach(searchIn);
    }
    // The index repeats some of them.
    recording.spread?.forEach(searchIn);
    for (const terminal of terminals)
      for (const name of await leftInCast(asciicast(recording, 3, terminal), inLine)) found.set(name, 'output');
  } finally {
    await recording.close();
  }
  return found;
}

/** Removes a file that may hold names, or empties it in a folder without write permission; the result is a word for the outcome. */
async function removed(path: string): Promise<string> {
  try {
    await rm(path, { force: true });
    return 'removed';
  } catch {
    const why = await truncate(path).catch((error: unknown) =>
      error instanceof Error ? error.message : String(error),
    );
    return why === undefined ? 'emptied (removal failed)' : `NOT removed, remove it by hand: ${why}`;
  }
}

/** Output of tools' terminals as streams, so that a name across two events or segments is found. */
class ToolOutput {
  readonly #redactors: TerminalRedactors;

  constructor(redaction: Redaction) {
    this.#redactors = new TerminalRedactors(redaction);
  }

  through(events: readonly RecordingEvent[], isLast: boolean): readonly RecordingEvent[] {
    const out: RecordingEvent[] = [];
    for (const event of events) {
      if (event.e === 'terminal') this.#redactors.size(event.terminal, event.columns);
      if (event.e === 'output') {
        const data = this.#redactors.push(event.terminal, event.data);
        if (data !== '') out.push({ ...event, data });
      } else out.push(event);
    }
    if (!isLast) return out;
    const t = events.at(-1)?.t ?? 0;
    const held = this.#redactors.end().map(([terminal, data]) => ({ e: 'output', t, terminal, data }) as const);
    const place = out.at(-1)?.e === 'recorder' ? out.length - 1 : out.length;
    return out.toSpliced(place, 0, ...held);
  }
}
