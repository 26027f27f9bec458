import type { AttachmentEnd, LiveHost } from '../host/host.ts';
import { ms } from '../lib/units.ts';
import type { Detail, ProcessRef } from '../panes/pane.ts';
import type { TerminalSession } from '../ui/terminal/terminal-session.ts';
import { clipboardSize, MAX_COPY_BYTES } from '../ui/copy.ts';
import { choose } from './choose.ts';
import { openDetail } from './detail-page.ts';
import { askConfirm, askTyped, showMessage } from './dialogs.ts';
import type { TerminalLayer } from './layer.ts';
import { recordTerminal } from './recording-flow.ts';
import { noRow } from './row-guard.ts';
import type { Screen } from './screen.ts';

/** Tool as an entry of the list. */
export interface ToolChoice {
  readonly id: string;
  readonly title: string;
  /** Cost for the process, in words. */
  readonly cost: string;
  /** Reason why it cannot be used: package or permission that is missing. */
  readonly unavailable?: string | undefined;
  /** Confirmation before the start; with `word`, by typing it. */
  readonly confirm?: { readonly lines: readonly string[]; readonly word?: string | undefined } | undefined;
}

/** Tools for a process, implemented by src/debugger. */
export interface ToolBox {
  /** Rejects with a sentence when the process is gone or protected. */
  readonly list: (live: LiveHost, process: ProcessRef) => Promise<readonly ToolChoice[]>;
  /** Opens a detail that does not stop the process, or a terminal with the tool. */
  readonly open: (
    live: LiveHost,
    process: ProcessRef,
    tool: string,
    size: { readonly columns: number; readonly rows: number },
  ) => Promise<{ readonly detail: Detail } | { readonly terminal: TerminalSession }>;
}

/** Choice with the cost of each tool, confirmation, run, and afterwards the measured cost. */
export async function openTools(screen: Screen): Promise<void> {
  const { tools, layers, theme } = screen;
  const live = screen.watch?.session.live;
  const { surface } = screen;
  const process = surface?.selectedProcess(theme);
  if (!live || !tools) return;
  if (!process) {
    screen.notify(`run tool: ${noRow(surface, theme)}`);
    return;
  }
  surface?.pin(theme);
  const name = nameOf(process);
  const isShown = () => {
    const now = screen.surface === surface ? surface?.selectedProcess(theme) : undefined;
    return now?.pid === process.pid && now.startTicks === process.startTicks;
  };
  const refused = () => (isShown() ? undefined : `selection changed from ${name}`);
  const choices = await toolsOf(screen, { process, refused });
  if (!choices) return;
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
  if (tool) await start(screen, tool, { process, refused });
}

/** Process that a tool runs on, and why it must not any more: its row is not the selected one. */
interface ToolTarget {
  readonly process: ProcessRef;
  readonly refused: () => string | undefined;
}

/** Runs one tool on a process, after its confirmation. */
export async function runTool(
  screen: Screen,
  { tool: id, ...target }: ToolTarget & { readonly tool: string },
): Promise<void> {
  const choices = await toolsOf(screen, target);
  const tool = choices?.find((choice) => choice.id === id);
  if (tool) await start(screen, tool, target);
}

const nameOf = ({ name, pid }: ProcessRef): string => `${name} (${pid})`;

/** Tools for a process; undefined, with a notice, where its row changed meanwhile. */
async function toolsOf(screen: Screen, { process, refused }: ToolTarget): Promise<readonly ToolChoice[] | undefined> {
  const live = screen.watch?.session.live;
  if (!live || !screen.tools) return undefined;
  screen.notify(`checking the tools of ${live.name}`);
  const choices = await screen.tools.list(live, process);
  const reason = refused();
  if (reason === undefined) return choices;
  screen.notify(`run tool: ${reason}`);
  return undefined;
}

async function start(screen: Screen, tool: ToolChoice, { process, refused }: ToolTarget): Promise<void> {
  const { tools, layers } = screen;
  const live = screen.watch?.session.live;
  if (!live || !tools) return;
  if (tool.unavailable !== undefined) {
    await showMessage(layers, { title: tool.title, lines: [tool.unavailable] });
    return;
  }
  // The process may end while a dialog is open.
  const agrees = refused() === undefined && (await agreed(screen, tool, nameOf(process)));
  const reason = refused();
  if (reason !== undefined) {
    await showMessage(layers, { title: tool.title, lines: [`Not started: ${reason}.`] });
    return;
  }
  if (!agrees) return;
  const opened = await tools.open(live, process, tool.id, screen.terminalSize());
  if ('detail' in opened) openDetail(screen, opened.detail);
  else await enterTerminal(screen, opened.terminal);
}

async function agreed(screen: Screen, tool: ToolChoice, name: string): Promise<boolean> {
  const { confirm } = tool;
  if (!confirm) return true;
  const title = `${tool.title} on ${name}`;
  const lines = [...confirm.lines, tool.cost];
  if (confirm.word === undefined) return askConfirm(screen.layers, { title, lines, yes: 'start' });
  return askTyped(screen.layers, { title, lines, word: confirm.word }, screen.changed);
}

/**
 * Runs a tool's terminal, with the keyboard, until the tool ends or the leader key is pressed. The output of a tool that
 * ended by itself stays on the screen; after a detach a message shows the effect on the target.
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
    if (left) await showMessage(screen.layers, { title: session.title, lines: endLines(end, session.traces) });
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
    screen.notify(`too large for the clipboard (${text.length} characters)`);
    return;
  }
  screen.terminal.copy(text);
  screen.notify(`copied ${text.split('\n').length} lines`);
}

/** Effect of the tool on its target, as measured on the host. */
function endLines(
  { detail, longestStopMs, resolutionMs, targetState, guard }: AttachmentEnd,
  traces: boolean,
): readonly string[] {
  if (!traces) return [detail, ...guard].filter((line) => line !== '');
  const within = resolutionMs === undefined ? '' : ` (±${ms(resolutionMs)})`;
  return [
    detail,
    longestStopMs === undefined
      ? 'Stop time of the process: not measured.'
      : `Longest stop of the process: ${ms(longestStopMs)}${within}.`,
    ...(targetState === undefined
      ? []
      : [targetState === 'gone' ? 'Process gone.' : `Process state now: ${targetState}.`]),
    ...guard,
  ].filter((line) => line !== '');
}
