import type { AttachmentEnd } from '../../host/host.ts';
import { plain } from '../../lib/plain.ts';
import { pauseSentence, type ToolRun } from '../../debugger/session.ts';
import { Emulator } from './emulator.ts';
import type { TerminalSession } from './terminal-session.ts';

/** Rows per key after the end of the tool. */
const MOVES: Readonly<Record<string, number>> = {
  '\u001B[A': -1,
  '\u001B[B': 1,
  '\u001BOA': -1,
  '\u001BOB': 1,
  '\u001B[5~': -10,
  '\u001B[6~': 10,
};

/**
 * Terminal of a running tool: its output goes to the emulator, keys and size to the tool. gdb's terminal closes with gdb;
 * the output of other tools stays until the terminal is closed.
 */
export function openTerminal(
  run: ToolRun,
  hostName: string,
  size: { readonly columns: number; readonly rows: number },
): TerminalSession {
  const { attachment, tool, target } = run;
  const emulator = new Emulator(size.columns, size.rows);
  const listeners = new Set<() => void>();
  const left = Promise.withResolvers<void>();
  const changed = () => {
    for (const listen of listeners) listen();
  };
  let stoppedMs: number | undefined;
  let over = false;
  attachment.onData((bytes) => emulator.feed(bytes));
  attachment.onPulse((pulse) => {
    stoppedMs = pulse.totalStopMs;
    changed();
  });
  const finish = async (): Promise<AttachmentEnd> => {
    const end = await run.ended;
    over = true;
    stoppedMs = end.totalStopMs ?? stoppedMs;
    emulator.print(`${pauseSentence(run, end)}.`);
    changed();
    if (lingers(tool)) {
      emulator.print(`${end.detail}. Arrows and page keys scroll, ^] goes back.`);
      await left.promise;
    }
    return end;
  };
  const ended = finish();
  return {
    emulator,
    title: `${tool.title} · ${plain(target.name)} (${target.pid}) on ${plain(hostName)}`,
    input: (bytes) => {
      if (over) emulator.scroll(MOVES[Buffer.from(bytes).toString('latin1')] ?? 0);
      else attachment.write(bytes);
    },
    resize: (columns, rows) => {
      emulator.resize(columns, rows);
      attachment.resize(columns, rows);
    },
    traces: run.traces,
    stoppedMs: () => (run.traces ? stoppedMs : undefined),
    isDone: () => over,
    onChange: (listen) => {
      listeners.add(listen);
      return () => listeners.delete(listen);
    },
    end: async () => {
      left.resolve();
      await attachment.end();
      return ended;
    },
    ended,
  };
}

const lingers = ({ interactive, program }: ToolRun['tool']): boolean => !interactive || program === 'strace';
