import type { ParsedKey } from 'ssh2';
import type { Transport } from '../transport.ts';
import type { SshConfig } from './ssh-config.ts';
import type { JumpLines } from './jump-lines.ts';

/** SSH implementation; `auto` is ssh2, or ssh(1) where the target needs a feature that ssh2 lacks. */
export type Backend = 'ssh2' | 'openssh' | 'auto';

/** Receives the lines of `-v`: steps of a login, sanitised, without secrets. */
export type DebugLog = (line: string) => void;

export interface ConnectOptions {
  readonly backend: Backend;
  readonly debug?: DebugLog | undefined;
  /** Answers of earlier dialogs; pass the same one for a reconnect. */
  readonly keyring?: Keyring;
  /** Path of ssh(1). Default: `ssh` on the PATH. */
  readonly ssh?: string;
  /** Connections to jump hosts that several targets have in common. Default: each target has its own. */
  readonly jumps?: JumpLines | undefined;
}

/** Result of `connect`. */
export interface SshConnection {
  readonly transport: Transport;
  readonly resolved: SshConfig;
  /** Backend and the reason for it. */
  readonly why: string;
}

/** Keyring holds unlocked keys and accepted host keys in memory, so that a reconnect needs no dialog. No passwords. */
export interface Keyring {
  /** Decrypted keys by the path of their file. */
  readonly keys: Map<string, ParsedKey>;
  /** Host keys accepted in a dialog: known name → blob. A different key is then refused as changed. */
  readonly accepted: Map<string, Buffer>;
}

export const createKeyring = (): Keyring => ({ keys: new Map(), accepted: new Map() });
