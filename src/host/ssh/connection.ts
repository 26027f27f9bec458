import type { ParsedKey } from 'ssh2';
import type { Transport } from '../transport.ts';
import type { Resolved } from './resolved.ts';

/** Which way is wanted; `auto` takes ssh2 unless the target needs what only ssh(1) has. */
export type Backend = 'ssh2' | 'openssh' | 'auto';

export interface ConnectOptions {
  readonly backend: Backend;
  /** What was already answered in this session; give the same one for a reconnect. */
  readonly keyring?: Keyring;
  /** The ssh(1) program, `ssh` on the PATH unless told. */
  readonly ssh?: string;
}

/** What `connect(target, options, prompter)` gives. */
export interface Connected {
  readonly transport: Transport;
  readonly resolved: Resolved;
  /** One sentence: which backend this is and why. */
  readonly why: string;
}

/**
 * What the person unlocked or accepted, in memory only and gone with the process, so that a reconnect need not ask
 * again. Passwords are not kept.
 */
export interface Keyring {
  /** Decrypted keys by the path of their file. */
  readonly keys: Map<string, ParsedKey>;
  /** Host keys that the person accepted: known name → blob. A different key is then refused as changed. */
  readonly accepted: Map<string, Buffer>;
}

export const createKeyring = (): Keyring => ({ keys: new Map(), accepted: new Map() });
