import type { AttachmentEnd } from '../../host/host.ts';
import type { Emulator } from './emulator.ts';

/** Running tool on a process, for the terminal pane and the input router. */
export interface TerminalSession {
  readonly emulator: Emulator;
  /** Tool, process and host, sanitised. */
  readonly title: string;
  /** Sends raw bytes of the keyboard to the tool, without the leader key. */
  readonly input: (bytes: Uint8Array) => void;
  readonly resize: (columns: number, rows: number) => void;
  /** Whether it traces, and so may stop, its process; a shell in a container does not. */
  readonly traces: boolean;
  /** Stop time of the target so far, as measured on the host; undefined before the first measurement. */
  readonly stoppedMs: () => number | undefined;
  /** Calls `listen` when `stoppedMs` changed or the tool ended; the emulator announces its pictures. */
  readonly onChange: (listen: () => void) => () => void;
  /** Detaches from the target and ends the tool; resolves after a check of the target. Idempotent. */
  readonly end: () => Promise<AttachmentEnd>;
  /** Settles at the end of the tool. */
  readonly ended: Promise<AttachmentEnd>;
}
