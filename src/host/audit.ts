import { appendFileSync, chmodSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { As } from './host.ts';

/** One line of the audit log: something that crashcart did on the host. */
export interface AuditEntry {
  /** ms since 1970, by the engineer's clock. */
  readonly wallMs: number;
  readonly host: string;
  readonly as: As;
  /** The command as it was sent, or `read FILE` (the first time; it is then read again and again). */
  readonly command: string;
  readonly why: string;
  readonly exit?: number | undefined;
  readonly tookMs?: number | undefined;
}

/** How the reason of an entry begins that is one of the readings all the panes are made of, not something the engineer did. */
export const READING = 'reading';
export const isReading = ({ command, why }: Pick<AuditEntry, 'command' | 'why'>): boolean =>
  why.startsWith(READING) || command.startsWith('read ');

/** What is kept in memory for the screen; the file has all. */
const KEPT = 5000;

/**
 * Every remote command, in memory and in a file of the engineer's own (mode 0600) under the XDG state folder, one JSON
 * line each. Passwords never get here: they are no part of a command.
 */
export class Audit {
  readonly path: string | undefined;
  /** Why there is no file, when there is none. */
  readonly problem: string | undefined;
  readonly #entries: AuditEntry[] = [];

  constructor(host: string, startMs: number, folder: string = stateFolder()) {
    const day = new Date(startMs).toISOString().slice(0, 19).replaceAll(':', '');
    const path = join(folder, `${day}-${host.replaceAll(/[^\w.@-]+/g, '_').slice(0, 100)}-${process.pid}.ndjson`);
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      appendFileSync(path, '', { mode: 0o600 });
      chmodSync(path, 0o600);
      this.path = path;
      this.problem = undefined;
    } catch (error) {
      this.path = undefined;
      this.problem = `the audit log cannot be written: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  add(entry: AuditEntry): void {
    this.#entries.push(entry);
    if (this.#entries.length > KEPT) this.#entries.splice(0, this.#entries.length - KEPT);
    // Few lines, and the last one must be there after a crash.
    if (this.path)
      appendFileSync(this.path, `${JSON.stringify({ time: new Date(entry.wallMs).toISOString(), ...entry })}\n`);
  }

  get entries(): readonly AuditEntry[] {
    return this.#entries;
  }
}

export const stateFolder = (): string =>
  join(process.env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'crashcart', 'audit');
