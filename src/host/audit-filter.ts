import { keyOf, type As, type Read } from './host.ts';
import { READING } from './audit.ts';

/** Different files and questions that are named one by one; the log says where that stops. */
const MOST = 2000;

/** Each file and each question is on the audit log once: it is then read again at its period. */
export class NotedReads {
  readonly #keys = new Set<string>();

  /** What the log says of a read; undefined where it says it already, or where each run of it is logged. */
  first(what: Read, as: As): { readonly command: string; readonly why: string } | undefined {
    if (what.kind === 'run') return undefined;
    const key = `${as} ${keyOf(what)}`;
    if (this.#keys.has(key) || this.#keys.size > MOST) return undefined;
    this.#keys.add(key);
    if (this.#keys.size > MOST)
      return { command: '(further files and questions)', why: `${READING}: ${MOST} are named above, more are not` };
    const command =
      what.kind === 'talk' || what.kind === 'talks' ? `ask ${what.dialect} ${keyOf(what)}` : `read ${keyOf(what)}`;
    return { command, why: `${READING}, from now on at its period` };
  }
}
