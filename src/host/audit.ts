import { createHash } from 'node:crypto';
import { appendFileSync, chmodSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { shellQuote } from '../lib/shell-quote.ts';
import type { As } from './host.ts';

/** Entry of the audit log: a command on the host, or the first of repeated reads. */
export interface AuditEntry {
  /** Epoch ms by the local clock. */
  readonly wallMs: number;
  readonly host: string;
  readonly as: As;
  /** Command as sent, long programs as their digest; or `read FILE`, `request PROTOCOL SOCKET < REQUEST`. */
  readonly command: string;
  readonly why: string;
  readonly exit?: number | undefined;
  readonly tookMs?: number | undefined;
}

/** Reason of a command that runs for a reading; failures follow after a colon. */
export const READING = 'reading';
/** Reasons of the first of repeated reads. */
export const REPEATED_READ = 'repeated read (first logged)';
export const POLLS_DAEMON = 'polls daemon (first request logged)';
export const pollsDaemonEvery = (seconds: number): string => `polls daemon every ${seconds} s`;
export const DAEMON_SESSION = 'daemon session, kept open';

const OF_READINGS = /^(?:reading|repeated read|polls daemon|daemon session)\b/;

/** Whether an entry belongs to the readings of the panes, not to an action of the engineer. */
export const isReading = ({ command, why }: Pick<AuditEntry, 'command' | 'why'>): boolean =>
  OF_READINGS.test(why) || command.startsWith('read ');

/** Length above which a program in an argument is logged as its digest. */
const MAX_PROGRAM_CHARACTERS = 1000;

/** Identifies a program text: `<program of 8123 bytes, sha256:9f86d0…>`. */
export const programDigest = (text: string): string =>
  `<program of ${Buffer.byteLength(text)} bytes, sha256:${createHash('sha256').update(text).digest('hex')}>`;

/** Command line for the log, with the digest of a program given with `-c` in the place of its text. */
export const loggedCommand = (argv: readonly string[]): string =>
  argv.map((word) => (word.length > MAX_PROGRAM_CHARACTERS ? programDigest(word) : shellQuote(word))).join(' ');

/** Entries kept in memory for the screen; the file has all. */
const KEPT = 5000;

/**
 * Audit log of every remote command, in memory and in a local file (mode 0600) under the XDG state folder, one JSON line
 * each. Passwords are never part of a command.
 */
export class Audit {
  readonly path: string | undefined;
  /** Reason of a missing file. */
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
      this.problem = `audit log not writable: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  add(entry: AuditEntry): void {
    this.#entries.push(entry);
    if (this.#entries.length > KEPT) this.#entries.splice(0, this.#entries.length - KEPT);
    // Synchronous: the last line must survive a crash.
    if (this.path)
      appendFileSync(this.path, `${JSON.stringify({ time: new Date(entry.wallMs).toISOString(), ...entry })}\n`);
  }

  get entries(): readonly AuditEntry[] {
    return this.#entries;
  }
}

export const stateFolder = (kind: 'audit' | 'notes' = 'audit'): string =>
  join(process.env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'crashcart', kind);
