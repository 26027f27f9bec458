import { keyOf, type As, type Read } from './host.ts';
import { POLLS_DAEMON, REPEATED_READ } from './audit.ts';

/** Limit of files and requests that are logged one by one. */
const MAX_LOGGED = 2000;

/** AuditFilter logs the first read of each file and the first request of each kind: they repeat at their period. */
export class AuditFilter {
  readonly #keys = new Set<string>();

  /** Entry for a read; undefined for a repeated one, and for a command, whose runs are all logged. */
  first(what: Read, as: As): { readonly command: string; readonly why: string } | undefined {
    if (what.kind === 'run') return undefined;
    const key = `${as} ${keyOf(what)}`;
    if (this.#keys.has(key) || this.#keys.size > MAX_LOGGED) return undefined;
    this.#keys.add(key);
    if (this.#keys.size > MAX_LOGGED)
      return {
        command: '(further files and requests)',
        why: `${REPEATED_READ}: limit of ${MAX_LOGGED} reached, not logged`,
      };
    return what.kind === 'talk' || what.kind === 'talks'
      ? { command: `request ${what.dialect} ${keyOf(what)}`, why: POLLS_DAEMON }
      : { command: `read ${keyOf(what)}`, why: REPEATED_READ };
  }
}
