import type { AttachmentEnd, LiveHost } from '../host/host.ts';
import { ms } from '../lib/units.ts';
import type { Detail, ProcessRef } from '../panes/pane.ts';
import type { TerminalSession } from '../ui/terminal/terminal-session.ts';
import { choose } from './choose.ts';
import { openDetail } from './detail-page.ts';
import { askConfirm, askTyped, tellMessage } from './dialogs.ts';
import type { TerminalLayer } from './layer.ts';
import type { Screen } from './screen.ts';

/** A tool as the person meets it before choosing. */
export interface ToolChoice {
  readonly id: string;
  readonly title: string;
  /** What it costs the process, in words. */
  readonly cost: string;
  /** Why it cannot be used here: which package has it, which right is missing. */
  readonly unavailable?: string | undefined;
  /** Asked before it starts; with `word`, that must be typed. */
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
  const process = screen.surface?.selectedProcess(theme);
  if (!live || !process || !tools) return;
  const name = `${process.name} (${process.pid})`;
  screen.say(`looking which tools ${live.name} has`);
  const choices = await tools.list(live, process);
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
  if (!(await agreed(screen, tool, name))) return;
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

/** The keyboard belongs to the tool until it ends or the leader key is pressed; then it is told what it did. */
async function enterTerminal(screen: Screen, session: TerminalSession): Promise<void> {
  const layer: TerminalLayer = { kind: 'terminal', session };
  const quiet = session.onChange(screen.changed);
  const still = session.emulator.subscribe(screen.changed);
  screen.layers.push(layer);
  screen.terminal.capture(session.input, () => {
    screen.terminal.release();
    void session.end();
  });
  let end: AttachmentEnd;
  try {
    end = await session.ended;
  } finally {
    screen.terminal.release();
    quiet();
    still();
    screen.layers.remove(layer);
  }
  await tellMessage(screen.layers, { title: session.title, lines: endLines(end) });
}

/** What the tool did to its target, as measured on the host. */
function endLines({ detail, longestStopMs, resolutionMs, targetState, guard }: AttachmentEnd): readonly string[] {
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
