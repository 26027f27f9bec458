import type { ToolBox, ToolChoice } from './tools-flow.ts';
import { ownProcesses, protectionOf, type Protection } from '../debugger/protect.ts';
import { isInstalled, startShell, startTool } from '../debugger/session.ts';
import { shells, shellsOf, type Shell } from '../debugger/shells.ts';
import { symbolsOf } from '../debugger/symbols.ts';
import { belonging, hindrances, inspect, type Target } from '../debugger/target.ts';
import { absentSentence, KERNEL_STACKS, tools, type Tool } from '../debugger/tools.ts';
import type { LiveHost } from '../host/host.ts';
import { plain } from '../lib/plain.ts';
import { processStacksDetail } from '../panes/processes/stacks.ts';
import { processes } from '../sources/processes/processes.ts';
import { openTerminal } from '../ui/terminal/open-terminal.ts';

/** All that can be done with a process, as the screen offers it. */
export const toolBox: ToolBox = {
  list: async (live, process) => {
    const target = await inspect(live, process);
    const [protection, symbols, ...installed] = await Promise.all([
      protectionIn(live, target),
      symbolsOf(live, target),
      ...tools.map((tool) => isInstalled(live, tool)),
    ]);
    const told = [
      ...belonging(target),
      ...hindrances(target),
      ...symbols.hints,
      ...(live.root().state === 'root'
        ? []
        : [
            `Without root only ${(target.ptraceScope ?? 0) > 0 ? `root's own tools could trace it (kernel.yama.ptrace_scope ${target.ptraceScope})` : 'processes of the login user can be traced'}.`,
          ]),
    ];
    const asRoot = live.root().state === 'root';
    const choices = tools.map((tool, place) => choiceOf(tool, target, protection, told, installed[place]));
    // After what stops nothing either.
    return choices.toSpliced(1, 0, ...shellsOf(target).map((shell) => shellChoice(shell, target, asRoot)));
  },

  open: async (live, process, id, size) => {
    const shell = shells.find((each) => each.id === id);
    if (shell) {
      const run = await startShell(live, shell, await inspect(live, process), size);
      return { terminal: openTerminal(run, live.name, size) };
    }
    const tool = tools.find((each) => each.id === id);
    if (!tool) throw new Error(`no tool ${id}`);
    if (tool.id === KERNEL_STACKS) return { detail: processStacksDetail(process) };
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
  told: readonly string[],
  installed: boolean | undefined,
): ToolChoice {
  const choice = { id: tool.id, title: tool.title, cost: `${tool.shows}; ${tool.cost}` };
  if (tool.argv === undefined) return choice;
  if (installed === false) return { ...choice, unavailable: absentSentence(tool) };
  if (target.ptraceScope === 3) return { ...choice, unavailable: LOCKED };
  if (target.frozen !== undefined) return { ...choice, unavailable: FROZEN };
  if (tool.byNames && target.ownFiles) return { ...choice, unavailable: BY_NAMES };
  if (protection.level === 'refused') return { ...choice, unavailable: `Refused: ${protection.reason}.` };
  const risks = [...(protection.level === 'typed' ? [`Careful: ${protection.reason}.`] : []), tool.risky ?? ''];
  const lines = [...risks, ...told].filter((line) => line !== '');
  const typed = protection.level === 'typed' || tool.risky !== undefined;
  return { ...choice, confirm: { lines, word: typed ? plain(target.name) : undefined } };
}

const LOCKED =
  'kernel.yama.ptrace_scope is 3 on this host: no process can be traced until its next boot. Kernel stacks work.';

/** Measured: gdb waits, without an end of its own, for a stop that a frozen process cannot take. */
const FROZEN =
  'Its control group is frozen (a paused container): it could not be stopped, and a tracer would wait until it is thawed. Kernel stacks work.';

/** Of a container it found the host's files of the same names, or none: wrong stacks (measured, elfutils 0.188). */
const BY_NAMES =
  'eu-stack looks for the files of a process by their names, on the host: for this one, which has files of its own, it would show wrong stacks. gdb goes in.';

function shellChoice(shell: Shell, target: Target, asRoot: boolean): ToolChoice {
  const choice = { id: shell.id, title: shell.title, cost: `${shell.shows}; ${shell.cost}` };
  const enter = asRoot ? shell.enter(target) : 'Namespaces are entered by root only.';
  if (typeof enter === 'string') return { ...choice, unavailable: enter };
  return { ...choice, confirm: { lines: [...belonging(target), ...shell.notes(target)], word: plain(target.name) } };
}
