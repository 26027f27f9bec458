import type { AttachmentEnd } from '../../host/host.ts';
import { plain } from '../../lib/plain.ts';
import { pauseSentence, type ToolRun } from '../../debugger/session.ts';
import { Emulator } from './emulator.ts';
import type { TerminalSession } from './terminal-session.ts';

/**
 * Terminal of a running tool: its output goes to the emulator, keys and size to the tool. At its end the measured stop
 * time follows the output.
 */
export function openTerminal(
  run: ToolRun,
  hostName: string,
  size: { readonly columns: number; readonly rows: number },
): TerminalSession {
  const { attachment, tool, on } = run;
  const emulator = new Emulator(size.columns, size.rows);
  const listeners = new Set<() => void>();
  const changed = () => {
    for (const listen of listeners) listen();
  };
  let stoppedMs: number | undefined;
  attachment.onData((bytes) => emulator.feed(bytes));
  attachment.onPulse((pulse) => {
    stoppedMs = pulse.totalStopMs;
    changed();
  });
  const finish = async (): Promise<AttachmentEnd> => {
    const end = await run.ended;
    stoppedMs = end.totalStopMs ?? stoppedMs;
    emulator.print(`${pauseSentence(run, end)}.`);
    if (run.traces && end.detail !== '') emulator.print(`${end.detail}.`);
    await emulator.settled();
    changed();
    return end;
  };
  const ended = finish();
  return {
    emulator,
    title: `${tool.title} · ${on} on ${plain(hostName)}`,
    input: (bytes) => attachment.write(bytes),
    resize: (columns, rows) => {
      emulator.resize(columns, rows);
      attachment.resize(columns, rows);
    },
    traces: run.traces,
    stoppedMs: () => (run.traces ? stoppedMs : undefined),
    onChange: (listen) => {
      listeners.add(listen);
      return () => listeners.delete(listen);
    },
    end: async () => {
      await attachment.end();
      return ended;
    },
    ended,
  };
}
