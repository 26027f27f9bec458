import type { AttachmentEnd } from '../../host/host.ts';
import type { Emulator } from './emulator.ts';

/** A tool at work on a process, as the terminal pane and the input router meet it. */
export interface TerminalSession {
  readonly emulator: Emulator;
  /** Sanitised: which tool on which process of which host. */
  readonly title: string;
  /** Raw bytes of the keyboard for the tool; the leader key never comes here. */
  readonly input: (bytes: Uint8Array) => void;
  readonly resize: (columns: number, rows: number) => void;
  /** It may stop its process; a shell in a container does not. */
  readonly traces: boolean;
  /** How long the target has been stopped so far, as measured on the host; undefined until the host has said. */
  readonly stoppedMs: () => number | undefined;
  /** The tool has ended by itself: what it said stays to be read, and keys scroll. */
  readonly isDone: () => boolean;
  /** Called when `stoppedMs` changed or the tool ended; pictures are announced by the emulator. */
  readonly onChange: (listen: () => void) => () => void;
  /** Lets go of the target and ends the tool; resolves when the target has been looked at afterwards. Safe to call twice. */
  readonly end: () => Promise<AttachmentEnd>;
  /** Settles when the tool is over, whoever ended it. */
  readonly ended: Promise<AttachmentEnd>;
}
