import { argvFor, needsRow, startCommand, type CustomCommand, type RowValues } from '../debugger/custom-command.ts';
import { keyLabel } from '../keymap.ts';
import { plain, unredacted } from '../lib/plain.ts';
import { shellCommand } from '../lib/shell-quote.ts';
import { openTerminal } from '../ui/terminal/open-terminal.ts';
import { inBackground } from './background.ts';
import type { Choice } from './choose.ts';
import { askConfirm } from './dialogs.ts';
import { guardRow, noRow } from './row-guard.ts';
import type { Screen } from './screen.ts';
import { enterTerminal } from './tools-flow.ts';

/** Runs the command of a key; false where no command has it. */
export function commandByKey(screen: Screen, key: string): boolean {
  const command = screen.own.commands.find((one) => one.key === key);
  if (command) inBackground(screen, () => runCommand(screen, command));
  return command !== undefined;
}

/** Commands of the person in the palette: those of other panes, and those that cannot run, with the reason. */
export function commandChoices(screen: Screen): readonly Choice<() => void>[] {
  const isSameRow = guardRow(screen);
  return screen.own.commands.map((command) => ({
    value: () => {
      if (needsRow(command) && !isSameRow()) screen.notify(`${command.name}: ${noRow(screen.surface, screen.theme)}`);
      else inBackground(screen, () => runCommand(screen, command));
    },
    title: `command ${plain(command.name)}`,
    names: [command.name],
    guarded: true,
    about: whyNot(screen, command) ?? commandText(command),
    hint: command.key === undefined ? undefined : keyLabel(command.key, screen.theme.ascii),
  }));
}

/** Command as written in the config file. */
export const commandText = ({ argv }: CustomCommand): string => plain(argv.join(' '));

/** Reason why a command cannot run now, as for tools; undefined where it can. */
function whyNot(screen: Screen, { panes }: CustomCommand): string | undefined {
  const { watch } = screen;
  const live = watch?.session.live;
  if (!watch || !live) return 'not available in a recording: it runs on a live host';
  if (live.readOnly) return 'this session is read-only';
  if (panes.length > 0 && !panes.includes(watch.tab)) return `only in the pane ${panes.join(', ')}`;
  return undefined;
}

/** Confirms a command with what will run, and runs it in a terminal on the host. */
async function runCommand(screen: Screen, command: CustomCommand): Promise<void> {
  const live = screen.watch?.session.live;
  const refuse = (reason: string) => screen.notify(`${command.name}: ${reason}`);
  const why = whyNot(screen, command);
  if (why !== undefined || !live) return refuse(why ?? 'not connected');
  const isSameRow = guardRow(screen);
  const values = valuesOf(screen);
  if (needsRow(command) && values === undefined) return refuse(noRow(screen.surface, screen.theme));
  const argv = argvFor(command, values ?? {});
  if (typeof argv === 'string') return refuse(argv);
  const hasRoot = live.root().state === 'root';
  const as = command.as === 'user' ? 'the login user' : hasRoot ? 'root' : 'the login user, since root is not open';
  const agrees = await askConfirm(screen.layers, {
    title: plain(command.name),
    lines: [
      plain(shellCommand(argv)),
      `Runs on ${plain(live.name)} as ${as}, for up to ${command.limitSeconds} s. It is a command of your config file: crashcart does not know what it changes.`,
    ],
    yes: 'run',
  });
  if (!agrees) return;
  if (needsRow(command) && !isSameRow()) return refuse('selected row gone');
  const size = screen.terminalSize();
  await enterTerminal(screen, openTerminal(await startCommand(live, command, argv, size), live.name, size));
}

/** Values of the selected row; of a page about a process, that process. */
function valuesOf({ surface, theme }: Screen): RowValues | undefined {
  const process = surface?.selectedProcess(theme);
  const selected = surface?.selected(theme);
  if (!selected) return process && { pid: String(process.pid), name: process.name };
  const { section, row, key } = selected;
  return unredacted(() => {
    const id = section.entity?.(row)?.id ?? key;
    return { id, name: section.name?.(row) ?? process?.name ?? id, ...(process && { pid: String(process.pid) }) };
  });
}
