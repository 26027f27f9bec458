import type { ToolBox, ToolChoice } from './tools-flow.ts';
import { ownProcesses, protectionOf, type Protection } from '../debugger/protect.ts';
import { isInstalled, startTool } from '../debugger/session.ts';
import { symbolsOf } from '../debugger/symbols.ts';
import { hindrances, inspect, type Target } from '../debugger/target.ts';
import { absentSentence, KERNEL_STACKS, tools, type Tool } from '../debugger/tools.ts';
import type { LiveHost } from '../host/host.ts';
import { plain } from '../lib/plain.ts';
import { processStacksDetail } from '../panes/process-stacks.ts';
import { processes } from '../sources/processes.ts';
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
      ...(target.owner === undefined ? [] : [`It belongs to ${target.owner}.`]),
      ...hindrances(target),
      ...symbols.hints,
      ...(live.root().state === 'root' ? [] : ['Without root only processes of the login user can be traced.']),
    ];
    return tools.map((tool, place) => choiceOf(tool, target, protection, told, installed[place]));
  },

  open: async (live, process, id, size) => {
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
  if (protection.level === 'refused') return { ...choice, unavailable: `Refused: ${protection.reason}.` };
  const risks = [...(protection.level === 'typed' ? [`Careful: ${protection.reason}.`] : []), tool.risky ?? ''];
  const lines = [...risks, ...told].filter((line) => line !== '');
  const typed = protection.level === 'typed' || tool.risky !== undefined;
  return { ...choice, confirm: { lines, word: typed ? plain(target.name) : undefined } };
}
