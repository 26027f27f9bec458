import type { AttachmentEnd, LiveHost } from '../host/host.ts';
import { ms } from '../lib/units.ts';
import type { Detail, ProcessRef } from '../panes/pane.ts';
import type { TerminalSession } from '../ui/terminal/terminal-session.ts';
import { plainPaneView, tableViewOf } from '../ui/pane-view.ts';
import type { Theme } from '../theme.ts';
import { ordered } from '../ui/table-order.ts';
import { choose } from './choose.ts';
import { openDetail } from './detail-page.ts';
import { askConfirm, askTyped, showMessage } from './dialogs.ts';
import type { TerminalLayer } from './layer.ts';
import { textOf } from './raw-page.ts';
import { recordTerminal } from './recording-flow.ts';
import { noRow } from './row-guard.ts';
import { openSampling } from './sample-flow.ts';
import type { Screen } from './screen.ts';
import { Surface } from './surface.ts';

/** Tool as an entry of the list. */
export interface ToolChoice {
  readonly id: string;
  readonly title: string;
  /** Cost for the process, in words. */
  readonly cost: string;
  /** Why it fits this process now: `2 of 8 threads in D state`. Such tools come first. */
  readonly fits?: string | undefined;
  /** Reason why it cannot be used: package or permission that is missing. */
  readonly unavailable?: string | undefined;
  /** Confirmation before the start; with `word`, by typing it. */
  readonly confirm?: { readonly lines: readonly string[]; readonly word?: string | undefined } | undefined;
}

/** What a tool opens: a page of readings, a sampling of stacks, or a terminal. */
export type OpenedTool =
  | { readonly detail: Detail }
  | { readonly sampleMs: number }
  | { readonly terminal: TerminalSession };

/** Tools for a process, implemented by src/debugger. */
export interface ToolBox {
  /** Rejects with a sentence when the process is gone or protected. */
  readonly list: (live: LiveHost, process: ProcessRef) => Promise<readonly ToolChoice[]>;
  readonly open: (
    live: LiveHost,
    process: ProcessRef,
    tool: string,
    size: { readonly columns: number; readonly rows: number },
  ) => Promise<OpenedTool>;
}

/**
 * Choice with the cost of each tool, confirmation, run, and afterwards the measured cost. With the pointer on a marked row,
 * the other marked processes follow, each with its confirmation.
 */
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
  const marked = () => (surface ? markedProcesses(surface, theme) : []);
  // The pointer decides: rows that are marked elsewhere stay out when its own is not.
  const others = marked().some((one) => isSame(one, process)) ? marked().filter((one) => !isSame(one, process)) : [];
  const isShown = () => {
    const now = screen.surface === surface ? surface?.selectedProcess(theme) : undefined;
    return now !== undefined && isSame(now, process);
  };
  const refused = () => (isShown() ? undefined : `selection changed from ${name}`);
  const choices = await toolsOf(screen, { process, refused });
  if (!choices) return;
  const tool = await choose(
    layers,
    {
      title: `Tools on ${name}${others.length === 0 ? '' : `, then ${others.length} marked`}`,
      choices: choices.map((choice) => ({
        value: choice,
        title: choice.title,
        about: choice.unavailable ?? [choice.fits, choice.cost].filter((part) => part !== undefined).join('; '),
        aboutRole: choice.fits === undefined ? undefined : 'accent',
        dim: choice.unavailable !== undefined,
      })),
    },
    screen.changed,
  );
  if (!tool || !(await start(screen, tool, { process, refused }))) return;
  for (const other of others) {
    const isMarked = () => marked().some((one) => isSame(one, other));
    const gone = () => (isMarked() ? undefined : `${nameOf(other)} gone, or not marked any more`);
    if (!(await runTool(screen, { tool: tool.id, process: other, refused: gone }))) return;
  }
}

const isSame = (a: ProcessRef, b: ProcessRef): boolean => a.pid === b.pid && a.startTicks === b.startTicks;

/** Processes of the marked rows of the focused table, in its order. */
function markedProcesses(surface: Surface, theme: Theme): readonly ProcessRef[] {
  const section = surface.focused();
  if (section?.kind !== 'table') return [];
  const view = tableViewOf(surface.view, section.id);
  const { rows } = ordered<unknown>(section, { ...view, filter: '' }, theme);
  return rows.flatMap((row) => (view.marked.has(section.key(row)) ? (section.process?.(row) ?? []) : []));
}

/** Process that a tool runs on, and why it must not any more: its row is not the selected one. */
interface ToolTarget {
  readonly process: ProcessRef;
  readonly refused: () => string | undefined;
}

/** Runs one tool on a process, after its confirmation; false when it was not started. */
export async function runTool(
  screen: Screen,
  { tool: id, ...target }: ToolTarget & { readonly tool: string },
): Promise<boolean> {
  const choices = await toolsOf(screen, target);
  const tool = choices?.find((choice) => choice.id === id);
  return tool !== undefined && start(screen, tool, target);
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

/** Whether the tool was started. */
async function start(screen: Screen, tool: ToolChoice, { process, refused }: ToolTarget): Promise<boolean> {
  const { tools, layers } = screen;
  const live = screen.watch?.session.live;
  if (!live || !tools) return false;
  if (tool.unavailable !== undefined) {
    await showMessage(layers, { title: tool.title, lines: [tool.unavailable] });
    return false;
  }
  // The process may end while a dialog is open.
  const agrees = refused() === undefined && (await agreed(screen, tool, nameOf(process)));
  const reason = refused();
  if (reason !== undefined) {
    await showMessage(layers, { title: tool.title, lines: [`Not started: ${reason}.`] });
    return false;
  }
  if (!agrees) return false;
  const opened = await tools.open(live, process, tool.id, screen.terminalSize());
  if ('detail' in opened) openDetail(screen, opened.detail);
  else if ('sampleMs' in opened) openSampling(screen, process, opened.sampleMs);
  else await enterTerminal(screen, opened.terminal);
  return true;
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
 * Runs a tool's terminal, with the keyboard, until the tool ends or a leader key is pressed. `show` then opens its output,
 * by default as a page of text; after a detach a message shows the effect on the target.
 */
export async function enterTerminal(
  screen: Screen,
  session: TerminalSession,
  show: () => void = () => openOutput(screen, session.title, session.emulator.text()),
): Promise<void> {
  const { emulator } = session;
  recordTerminal(screen, session);
  let left = false;
  const release = () => {
    if (!left) screen.terminal.release();
    left = true;
  };
  const layer: TerminalLayer = { kind: 'terminal', session };
  const quiet = [session.onChange(screen.changed), emulator.subscribe(screen.changed)];
  screen.layers.push(layer);
  screen.terminal.capture(session.input, () => {
    release();
    void session.end();
  });
  try {
    const end = await session.ended;
    const detached = left;
    release();
    screen.layers.remove(layer);
    show();
    if (detached) await showMessage(screen.layers, { title: session.title, lines: endLines(end, session.traces) });
  } finally {
    release();
    for (const stop of quiet) stop();
    screen.layers.remove(layer);
    emulator.dispose();
  }
}

/** Page of the output of a tool that ended: it scrolls, is searched and copied as any other text. */
function openOutput(screen: Screen, title: string, text: string): void {
  const sections = [textOf('output', title, text)];
  const view = { ...plainPaneView, scroll: { output: Infinity } };
  const surface = new Surface({ id: 'output', title: 'Output of a tool that ended', sections: () => sections, view });
  screen.layers.push({ kind: 'page', surface, closesOnLeave: true });
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
