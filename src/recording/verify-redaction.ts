import { open, rename, rm, truncate } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { cleanEvent, type Clean } from './clean-event.ts';
import { IndexWriter } from './index-frame.ts';
import { Packer } from './packer.ts';
import { Recording } from './recording.ts';
import { secretsOnly, type Covering } from '../redact/stream-cover.ts';
import { TerminalCovers } from '../redact/terminal-covers.ts';
import type { RecordingEvent } from './events.ts';
import { markFrame } from './segments.ts';

/**
 * A redacted recording once more, now that all names are known: what was learnt late is taken out of what was written early.
 * `left` then searches every text; when it finds one, the recording is removed, and the sentence says what was left.
 */
export async function lastLook(
  path: string,
  clean: Clean,
  left: (text: string, place: Parameters<Clean>[1]) => readonly string[],
  covering: Covering = secretsOnly,
): Promise<string | undefined> {
  const recording = await Recording.open(path);
  const beside = `${path}.redacting`;
  const nonce = randomBytes(16).toString('hex');
  const found = new Map<string, string>();
  const tools = new ToolOutput(covering, (line) => {
    for (const name of left(line, {})) found.set(name, 'output');
  });
  try {
    const file = await open(beside, 'wx', 0o600);
    const index = new IndexWriter(nonce);
    let size = 0;
    const write = async (bytes: Buffer) => {
      await file.writeFile(bytes);
      size += bytes.length;
    };
    try {
      for (const [place, { number, t }] of recording.segments.entries()) {
        const { events } = await recording.segment(place);
        const isLast = place === recording.segments.length - 1;
        const cleaned = tools.through(events, isLast).map((event) => cleanEvent(event, clean));
        for (const event of cleaned)
          cleanEvent(event, (text, place) => {
            for (const name of left(text, place)) found.set(name, event.e);
            return text;
          });
        const packer = new Packer();
        await write(markFrame(nonce, { number, t }));
        const from = size;
        const lines = cleaned.map((event) => {
          const line = `${JSON.stringify(event)}\n`;
          index.line(event, line);
          return line;
        });
        await write(await packer.packed(lines.join('')));
        await write(await packer.end());
        await index.segment({ number, t, from, to: size });
      }
      await write(await index.frame(size));
      await file.datasync();
    } finally {
      await file.close();
    }
    if (found.size === 0) {
      await rename(beside, path);
      return undefined;
    }
  } catch (error) {
    await away(beside);
    const why = error instanceof Error ? error.message : String(error);
    return `it could not be searched once more for names (${why}), so the recording was ${await away(path)}`;
  } finally {
    await recording.close();
  }
  await away(beside);
  const kinds = [...new Set(found.values())].join(', ');
  return `${found.size} names or addresses were still in it (in: ${kinds}), so the recording was ${await away(path)}`;
}

/** What may hold names does not stay, also in a folder that cannot be written any more; says what became of it. */
async function away(path: string): Promise<string> {
  try {
    await rm(path, { force: true });
    return 'removed';
  } catch {
    const why = await truncate(path).catch((error: unknown) =>
      error instanceof Error ? error.message : String(error),
    );
    return why === undefined ? 'emptied (it could not be removed)' : `NOT removed, do it yourself: ${why}`;
  }
}

/** Bytes of tools' terminals as streams: a name that lies over two events, or over two segments, is one all the same. */
class ToolOutput {
  readonly #covers: TerminalCovers;
  readonly #look: (line: string) => void;
  readonly #lines = new Map<string, string>();

  constructor(covering: Covering, look: (line: string) => void) {
    this.#covers = new TerminalCovers(covering);
    this.#look = look;
  }

  through(events: readonly RecordingEvent[], isLast: boolean): readonly RecordingEvent[] {
    const out: RecordingEvent[] = [];
    for (const event of events) {
      if (event.e === 'terminal') this.#covers.size(event.terminal, event.columns);
      if (event.e === 'output') {
        const data = this.#covers.push(event.terminal, event.data);
        this.#lookAt(event.terminal, data);
        if (data !== '') out.push({ ...event, data });
      } else out.push(event);
    }
    if (!isLast) return out;
    const t = events.at(-1)?.t ?? 0;
    const held = this.#covers.end().map(([terminal, data]) => ({ e: 'output', t, terminal, data }) as const);
    for (const { terminal, data } of held) this.#lookAt(terminal, `${data}\n`);
    const place = out.at(-1)?.e === 'recorder' ? out.length - 1 : out.length;
    return out.toSpliced(place, 0, ...held);
  }

  /** Line by line, without the sequences between the letters. */
  #lookAt(terminal: string, data: string): void {
    const all = (this.#lines.get(terminal) ?? '') + data;
    const end = all.lastIndexOf('\n') + 1;
    this.#lines.set(terminal, all.slice(Math.max(end, all.length - MOST_LINE)));
    for (const line of all.slice(0, end).split('\n')) this.#look(line.replaceAll(SEQUENCES, ''));
  }
}

const MOST_LINE = 64 << 10;
const SEQUENCES = /\u001B\[[0-?]*[ -/]*[@-~]|\u001B\][^\u0007\u001B]*(?:\u0007|\u001B\\)|\u001B[ -/]*[0-~]/g;
