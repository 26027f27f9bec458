import type { AttachmentEnd, LiveHost } from '../host/host.ts';
import { ms } from '../lib/units.ts';
import type { Detail, ProcessRef } from '../panes/pane.ts';
import type { TerminalSession } from '../ui/terminal/terminal-session.ts';
import { clipboardSize, MAX_COPY_BYTES } from '../ui/copy.ts';
import { choose } from './choose.ts';
import { openDetail } from './detail-page.ts';
import { askConfirm, askTyped, tellMessage } from './dialogs.ts';
import type { TerminalLayer } from './layer.ts';
import { recordTerminal } from './recording-flow.ts';
import { noRow } from './row-guard.ts';
import type { Screen } from './screen.ts';

/** A tool as the person meets it before choosing. */
export interface ToolChoice {
  readonly id: string;
  readonly title: string;
  /** What it costs the process, in words. */
  readonly cost: string;
  /** Why it cannot be used here: which package has it, which right is missing. */
  readonly unavailable?: string | undefined;
  /** ReadResult before it starts; with `word`, that must be typed. */
  readonly confirm?: { readonly lines: readonly string[]; readonly word?: string | undefined } | undefined;
}

/** What can be used on a process; written by src/debugger, shown here. */
export interface ToolBox {
  /** Rejects with a sentence when the process has gone or must not be touched. */
  readonly list: (live: LiveHost, process: ProcessRef) => Promise<readonly ToolChoice[]>;
  /** Something to look at without stopping the process, or a terminal with the tool in it. */
  readonly open: (
    live: LiveHost,
    process: ProcessRef,
    tool: string,
    size: { readonly columns: number; readonly rows: number },
  ) => Promise<{ readonly detail: Detail } | { readonly terminal: TerminalSession }>;
}

/** Choose, told the cost, asked, started, and afterwards told what it did cost. */
export async function openTools(screen: Screen): Promise<void> {
  const { tools, layers, theme } = screen;
  const live = screen.watch?.session.live;
  const { surface } = screen;
  const process = surface?.selectedProcess(theme);
  if (!live || !tools) return;
  if (!process) {
    screen.say(`tools: ${noRow(surface, theme)}`);
    return;
  }
  surface?.pin(theme);
  const name = `${process.name} (${process.pid})`;
  const isShown = () => {
    const now = screen.surface === surface ? surface?.selectedProcess(theme) : undefined;
    return now?.pid === process.pid && now.startTicks === process.startTicks;
  };
  const refused = `${name} is not the selected row any more`;
  screen.say(`looking which tools ${live.name} has`);
  const choices = await tools.list(live, process);
  if (!isShown()) {
    screen.say(`tools: ${refused}`);
    return;
  }
  const tool = await choose(
    layers,
    {
      title: `Tools on ${name}`,
      choices: choices.map((choice) => ({
        value: choice,
        title: choice.title,
        about: choice.unavailable ?? choice.cost,
      })),
    },
    screen.changed,
  );
  if (!tool) return;
  if (tool.unavailable !== undefined) {
    await tellMessage(layers, { title: tool.title, lines: [tool.unavailable] });
    return;
  }
  // Either dialog may be open for long: the process may end behind it.
  const agrees = isShown() && (await agreed(screen, tool, name));
  if (!isShown()) {
    await tellMessage(layers, { title: tool.title, lines: [`Not started: ${refused}.`] });
    return;
  }
  if (!agrees) return;
  const size = screen.terminalSize();
  const opened = await tools.open(live, process, tool.id, size);
  if ('detail' in opened) openDetail(screen, opened.detail);
  else await enterTerminal(screen, opened.terminal);
}

async function agreed(screen: Screen, tool: ToolChoice, name: string): Promise<boolean> {
  const { confirm } = tool;
  if (!confirm) return true;
  const title = `${tool.title} on ${name}`;
  const lines = [...confirm.lines, tool.cost];
  if (confirm.word === undefined) return askConfirm(screen.layers, { title, lines, yes: 'start it' });
  return askTyped(screen.layers, { title, lines, word: confirm.word }, screen.changed);
}

/**
 * The keyboard belongs to the tool until it ends or the leader key is pressed. A tool that ended by itself leaves its
 * output to be read; after leaving one it is told what it did to its target.
 */
async function enterTerminal(screen: Screen, session: TerminalSession): Promise<void> {
  const { emulator } = session;
  recordTerminal(screen, session);
  const closed = Promise.withResolvers<void>();
  let left = false;
  let over = false;
  const layer: TerminalLayer = {
    kind: 'terminal',
    session,
    isOver: () => over,
    key: (event) => {
      if (event.kind === 'wheel') emulator.scroll(event.rows * 3);
      if (event.kind !== 'key') return;
      if (LEAVING.has(event.name)) closed.resolve();
      else if (event.name === 'c') copyOutput(screen, emulator.text());
      else emulator.scroll(SCROLL[event.name]?.(emulator.rows) ?? 0);
    },
  };
  const quiet = [session.onChange(screen.changed), emulator.subscribe(screen.changed)];
  screen.layers.push(layer);
  screen.terminal.capture(session.input, () => {
    left = true;
    screen.terminal.release();
    void session.end();
  });
  try {
    const end = await session.ended;
    over = true;
    if (!left) {
      screen.terminal.release();
      screen.changed();
      await closed.promise;
    }
    screen.layers.remove(layer);
    if (left) await tellMessage(screen.layers, { title: session.title, lines: endLines(end, session.traces) });
  } finally {
    if (!left && !over) screen.terminal.release();
    for (const stop of quiet) stop();
    screen.layers.remove(layer);
    emulator.dispose();
  }
}

const LEAVING: ReadonlySet<string> = new Set(['esc', 'q', 'enter', 'ctrl-]', 'ctrl-c']);

const SCROLL: Readonly<Record<string, (rows: number) => number>> = {
  up: () => -1,
  down: () => 1,
  pgup: (rows) => -rows,
  pgdn: (rows) => rows,
  home: () => -1e9,
  end: () => 1e9,
};

function copyOutput(screen: Screen, text: string): void {
  if (clipboardSize(text) > MAX_COPY_BYTES) {
    screen.say(`too much for a terminal's clipboard (${text.length} characters)`);
    return;
  }
  screen.terminal.copy(text);
  screen.say(`copied ${text.split('\n').length} lines`);
}

/** What the tool did to its target, as measured on the host. */
function endLines(
  { detail, longestStopMs, resolutionMs, targetState, guard }: AttachmentEnd,
  traces: boolean,
): readonly string[] {
  if (!traces) return [detail, ...guard].filter((line) => line !== '');
  const within = resolutionMs === undefined ? '' : `, to within ${ms(resolutionMs)}`;
  return [
    detail,
    longestStopMs === undefined
      ? 'How long the process stood still could not be measured.'
      : `The process stood still for at most ${ms(longestStopMs)} at a time${within}.`,
    ...(targetState === undefined
      ? []
      : [targetState === 'gone' ? 'It no longer exists.' : `It is in state ${targetState} now.`]),
    ...guard,
  ].filter((line) => line !== '');
}
