import { rename, rm, truncate } from 'node:fs/promises';
import { cleanEvent, type Clean } from './clean-event.ts';
import { Recording } from './recording.ts';
import { rewriteRecording } from './rewrite.ts';
import { secretsOnly, type Redaction } from '../redact/stream-redactor.ts';
import { TerminalRedactors } from '../redact/terminal-redactors.ts';
import type { RecordingEvent } from './events.ts';

/**
 * Rewrites a redacted recording now that all names are known, so that a name learned late is redacted in earlier events too. `left`
 * then searches every text; a recording with an identifier left is removed, and the result is a sentence with the reason.
 */
export async function verifyRedaction(
  path: string,
  clean: Clean,
  left: (text: string, place: Parameters<Clean>[1]) => readonly string[],
  redaction: Redaction = secretsOnly,
): Promise<string | undefined> {
  const recording = await Recording.open(path);
  const rewritten = `${path}.redacting`;
  const found = new Map<string, string>();
  const tools = new ToolOutput(redaction, (line) => {
    for (const name of left(line, {})) found.set(name, 'output');
  });
  try {
    await rewriteRecording(recording, rewritten, (events, isLast) => {
      const cleaned = tools.through(events, isLast).map((event) => cleanEvent(event, clean));
      for (const event of cleaned)
        cleanEvent(event, (text, place) => {
          for (const name of left(text, place)) found.set(name, event.e);
          return text;
        });
      return cleaned;
    });
    if (found.size === 0) {
      await rename(rewritten, path);
      return undefined;
    }
  } catch (error) {
    await removed(rewritten);
    const why = error instanceof Error ? error.message : String(error);
    return `redaction could not be verified (${why}): recording ${await removed(path)}`;
  } finally {
    await recording.close();
  }
  await removed(rewritten);
  const kinds = [...new Set(found.values())].join(', ');
  return `${found.size} identifiers left in ${kinds}: recording ${await removed(path)}`;
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
  readonly #check: (line: string) => void;
  readonly #lines = new Map<string, string>();

  constructor(redaction: Redaction, check: (line: string) => void) {
    this.#redactors = new TerminalRedactors(redaction);
    this.#check = check;
  }

  through(events: readonly RecordingEvent[], isLast: boolean): readonly RecordingEvent[] {
    const out: RecordingEvent[] = [];
    for (const event of events) {
      if (event.e === 'terminal') this.#redactors.size(event.terminal, event.columns);
      if (event.e === 'output') {
        const data = this.#redactors.push(event.terminal, event.data);
        this.#checkLines(event.terminal, data);
        if (data !== '') out.push({ ...event, data });
      } else out.push(event);
    }
    if (!isLast) return out;
    const t = events.at(-1)?.t ?? 0;
    const held = this.#redactors.end().map(([terminal, data]) => ({ e: 'output', t, terminal, data }) as const);
    for (const { terminal, data } of held) this.#checkLines(terminal, `${data}\n`);
    const place = out.at(-1)?.e === 'recorder' ? out.length - 1 : out.length;
    return out.toSpliced(place, 0, ...held);
  }

  /** Checks complete lines without escape sequences. */
  #checkLines(terminal: string, data: string): void {
    const all = (this.#lines.get(terminal) ?? '') + data;
    const end = all.lastIndexOf('\n') + 1;
    this.#lines.set(terminal, all.slice(Math.max(end, all.length - MAX_LINE)));
    for (const line of all.slice(0, end).split('\n')) this.#check(line.replaceAll(SEQUENCES, ''));
  }
}

const MAX_LINE = 64 << 10;
const SEQUENCES = /\u001B\[[0-?]*[ -/]*[@-~]|\u001B\][^\u0007\u001B]*(?:\u0007|\u001B\\)|\u001B[ -/]*[0-~]/g;
