import type { ToolBox, ToolChoice } from './tools-flow.ts';
import { ownProcesses, protectionOf, type Protection } from '../debugger/protect.ts';
import { isInstalled, startShell, startTool } from '../debugger/session.ts';
import { shells, shellsOf, type Shell } from '../debugger/shells.ts';
import { symbolsOf } from '../debugger/symbols.ts';
import { activityOf } from '../debugger/activity.ts';
import { fittingTools } from '../debugger/tool-fit.ts';
import { belonging, hindrances, inspect, type Target } from '../debugger/target.ts';
import { absentSentence, KERNEL_STACKS, sampleMs, tools, USER_STACKS, type Tool } from '../debugger/tools.ts';
import type { LiveHost } from '../host/host.ts';
import { plain } from '../lib/plain.ts';
import { processStacksDetail } from '../panes/processes/stacks.ts';
import { userStacksDetail } from '../panes/processes/user-stacks.ts';
import { processes } from '../sources/processes/processes.ts';
import { openTerminal } from '../ui/terminal/open-terminal.ts';

/** Tools on a process, as offered on the screen. */
export const toolBox: ToolBox = {
  list: async (live, process) => {
    const target = await inspect(live, process);
    const fitting = tools.filter(({ only }) => only?.(target) ?? true);
    const [protection, symbols, activity, ...installed] = await Promise.all([
      protectionIn(live, target),
      symbolsOf(live, target),
      activityOf(live, target),
      ...fitting.map((tool) => isInstalled(live, tool)),
    ]);
    const notes = [
      ...belonging(target),
      ...hindrances(target),
      ...symbols.hints,
      ...(live.root().state === 'root'
        ? []
        : [
            (target.ptraceScope ?? 0) > 0
              ? `Tracing needs root (kernel.yama.ptrace_scope ${target.ptraceScope}).`
              : 'Without root only processes of the login user can be traced.',
          ]),
    ];
    const asRoot = live.root().state === 'root';
    const choices = fitting.map((tool, index) => choiceOf(tool, target, protection, notes, installed[index]));
    // Shells after the tools that do not stop the process either.
    const all = choices.toSpliced(
      fitting.findIndex(({ argv }) => argv !== undefined),
      0,
      ...shellsOf(target).map((shell) => shellChoice(shell, target, asRoot)),
    );
    return ranked(all, fittingTools(activity));
  },

  open: async (live, process, id, size) => {
    const shell = shells.find((each) => each.id === id);
    if (shell) {
      const run = await startShell(live, shell, await inspect(live, process), size);
      return { terminal: openTerminal(run, live.name, size) };
    }
    const tool = tools.find((each) => each.id === id);
    if (!tool) throw new Error(`unknown tool ${id}`);
    if (tool.id === KERNEL_STACKS) return { detail: processStacksDetail(process) };
    const forMs = sampleMs[tool.id];
    if (forMs !== undefined) return { sampleMs: forMs };
    if (tool.id === USER_STACKS) return { detail: userStacksDetail(process) };
    const target = await inspect(live, process);
    const protection = await protectionIn(live, target);
    if (protection.level === 'refused') throw new Error(`${plain(target.name)} (${target.pid}): ${protection.reason}`);
    return { terminal: openTerminal(await startTool(live, tool, target, size), live.name, size) };
  },
};

async function protectionIn(live: LiveHost, target: Target): Promise<Protection> {
  const table = await live.read({ kind: 'processes', as: 'root' });
  const parsed = processes.parse({ table: table.ok ? table.value : undefined }).processes;
  const parents = new Map(
    [...parsed].map(([pid, { parentPid, commandLine = '' }]) => [pid, { parentPid, commandLine }] as const),
  );
  return protectionOf(target, ownProcesses(parents, live.ownPids?.() ?? []));
}

function choiceOf(
  tool: Tool,
  target: Target,
  protection: Protection,
  notes: readonly string[],
  installed: boolean | undefined,
): ToolChoice {
  const choice = { id: tool.id, title: tool.title, cost: `${tool.shows}; ${tool.cost}` };
  const nothing = tool.id === KERNEL_STACKS ? undefined : withoutUserCode(target);
  if (nothing !== undefined) return { ...choice, unavailable: nothing };
  if (tool.argv === undefined) return choice;
  if (installed === false) return { ...choice, unavailable: absentSentence(tool) };
  if (target.ptraceScope === 3) return { ...choice, unavailable: LOCKED };
  if (target.frozen !== undefined) return { ...choice, unavailable: FROZEN };
  if (tool.byNames && target.ownFiles) return { ...choice, unavailable: BY_NAMES };
  if (protection.level === 'refused') return { ...choice, unavailable: `Refused: ${protection.reason}.` };
  const risks = [...(protection.level === 'typed' ? [`Careful: ${protection.reason}.`] : []), tool.risky ?? ''];
  const lines = [...risks, ...notes].filter((line) => line !== '');
  const typed = protection.level === 'typed' || tool.risky !== undefined;
  return { ...choice, confirm: { lines, word: typed ? plain(target.name) : undefined } };
}

/** Reason why a process has no user stack, trace or memory. */
function withoutUserCode({ state, commandLine, programPath }: Target): string | undefined {
  if (state === 'Z') return 'Zombie: its memory and its threads are gone.';
  return commandLine === '' && programPath === undefined
    ? 'Kernel thread, or its program is not readable: it has a kernel stack alone.'
    : undefined;
}

/** Tools that fit first, the best of them at the top, then the others; what is not available is last. */
function ranked(choices: readonly ToolChoice[], fits: ReadonlyMap<string, string>): readonly ToolChoice[] {
  const order = [...fits.keys()];
  const rank = ({ id, unavailable }: ToolChoice): number =>
    unavailable !== undefined ? order.length + 1 : fits.has(id) ? order.indexOf(id) : order.length;
  return choices
    .map((choice) => (choice.unavailable === undefined ? { ...choice, fits: fits.get(choice.id) } : choice))
    .toSorted((a, b) => rank(a) - rank(b));
}

const LOCKED = 'Tracing is disabled until the next boot (kernel.yama.ptrace_scope 3). Kernel stacks work.';

/** Measured: gdb waits without a timeout for a stop that a frozen process cannot take. */
const FROZEN = 'cgroup frozen (paused container): a tracer would block until it is thawed. Kernel stacks work.';

/** For a container it opens the host's files of the same names, or none: wrong stacks (measured, elfutils 0.188). */
const BY_NAMES =
  'eu-stack opens files by their names on the host: wrong stacks for a process with another root filesystem. Use gdb.';

function shellChoice(shell: Shell, target: Target, asRoot: boolean): ToolChoice {
  const choice = { id: shell.id, title: shell.title, cost: `${shell.shows}; ${shell.cost}` };
  const enter = asRoot ? shell.enter(target) : 'Entering namespaces needs root.';
  if (typeof enter === 'string') return { ...choice, unavailable: enter };
  return { ...choice, confirm: { lines: [...belonging(target), ...shell.notes(target)], word: plain(target.name) } };
}
