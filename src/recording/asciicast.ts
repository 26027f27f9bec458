import { sanitize } from '../lib/plain.ts';
import { TerminalFilter } from '../lib/terminal-filter.ts';
import type { GapEvent, MarkerEvent, OutputEvent, TerminalEvent } from './events.ts';
import { gapText } from '../lib/recording-gap.ts';
import { gapOutput } from './gap-output.ts';
import type { Recording } from './recording.ts';
import { RecordingError } from './recording-error.ts';

export type CastVersion = 2 | 3;

/** Name of crashcart's own screen among the terminals of a recording. */
export const SCREEN = 'screen';

/** Terminals that are named where the wanted one is missing. */
const MAX_NAMED = 100;

type CastEvent = OutputEvent | TerminalEvent | MarkerEvent | GapEvent;

/**
 * Lines of an asciicast of one terminal: https://docs.asciinema.org/manual/asciicast/v3/ (and v2), with sizes, markers and notes, and
 * without unsafe escape sequences. Rejects with a RecordingError when the recording has no such terminal.
 */
export async function* asciicast(
  recording: Recording,
  version: CastVersion,
  terminal: string = SCREEN,
): AsyncGenerator<string> {
  let begin: TerminalEvent | undefined;
  let beforeMs = 0;
  const others = new Set<string>();
  const filter = new TerminalFilter();
  for await (const event of castEvents(recording)) {
    if (event.e === 'terminal' && others.size < MAX_NAMED) others.add(event.terminal);
    if ('terminal' in event && event.terminal !== terminal) continue;
    if (!begin) {
      if (event.e !== 'terminal') continue;
      begin = event;
      beforeMs = event.t;
      yield `${JSON.stringify(headerOf(event, version))}\n`;
      continue;
    }
    for (const [code, data] of codesAndData(event, filter, terminal === SCREEN)) {
      // The filter dropped everything.
      if (code === 'o' && data === '') continue;
      // The engineer's clock may go back, the time of a cast may not.
      const atMs = Math.max(beforeMs, event.t);
      const seconds = (atMs - (version === 2 ? begin.t : beforeMs)) / 1000;
      beforeMs = atMs;
      yield `${JSON.stringify([seconds, code, data])}\n`;
    }
  }
  if (!begin) {
    const available = others.size === 0 ? 'none recorded' : `recorded: ${[...others].join(', ')}`;
    throw new RecordingError(`${recording.name}: no terminal "${terminal}", ${available}`);
  }
}

async function* castEvents(recording: Recording): AsyncGenerator<CastEvent> {
  for (const [index] of recording.segments.entries()) {
    const reader = await recording.reader(index);
    if (typeof reader === 'string') continue;
    for (const event of reader.events(false))
      if (event.e === 'output' || event.e === 'terminal' || event.e === 'marker' || event.e === 'gap') yield event;
  }
}

function headerOf({ t, columns, rows, title }: TerminalEvent, version: CastVersion) {
  const rest = { timestamp: Math.floor(t / 1000), title: sanitize(title) };
  return version === 2
    ? { version, width: columns, height: rows, ...rest }
    : { version, term: { cols: columns, rows, type: 'xterm-256color' }, ...rest };
}

function codesAndData(
  event: CastEvent,
  filter: TerminalFilter,
  isScreen: boolean,
): readonly (readonly [string, string])[] {
  switch (event.e) {
    case 'output':
      return [['o', filter.push(event.data)]];
    case 'terminal':
      return [['r', `${event.columns}x${event.rows}`]];
    case 'marker':
      return [['m', sanitize(event.text)]];
    case 'gap': {
      const { state, sinceMs, t } = event;
      const text = state === 'paused' ? 'recording paused' : gapText({ fromMs: sinceMs, untilMs: t });
      return [
        ['o', gapOutput(event, isScreen)],
        ['m', text],
      ];
    }
  }
}
