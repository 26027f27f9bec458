import type { HungRead } from '../host.ts';

interface Hung {
  readonly name: string;
  /** Host clock, seconds. */
  readonly since: number;
  readonly timeoutSeconds: number;
  /** `, in D state at rpc_wait_bit_killable`; '' where not known. */
  readonly state: string;
  /** Host clock of the next try; 0 while it hangs. */
  readonly until: number;
}

/** HungReads is the collector's list of what it does not read now, with present ages. */
export class HungReads {
  #list: readonly Hung[] = [];

  /** Sets the list of a frame. */
  set(list: unknown): void {
    this.#list = (Array.isArray(list) ? list : []).flatMap((entry: unknown): Hung[] => {
      if (!Array.isArray(entry)) return [];
      const [path, since, timeoutSeconds, state, until]: unknown[] = entry;
      return typeof path === 'string' &&
        typeof since === 'number' &&
        typeof timeoutSeconds === 'number' &&
        typeof state === 'string' &&
        typeof until === 'number'
        ? [{ name: nameOf(path), since, timeoutSeconds, state, until }]
        : [];
    });
  }

  /** Reads that are not done at a time of the host clock; without it their ages are left out. */
  at(now: number | undefined): readonly HungRead[] {
    return this.#list.flatMap(({ name, since, timeoutSeconds, state, until }): HungRead[] => {
      const timeout = `timeout after ${timeoutSeconds} s${state}`;
      if (now === undefined) return [{ name, detail: timeout }];
      if (until === 0) return [{ name, detail: `${timeout}, for ${Math.max(0, now - since).toFixed(0)} s` }];
      return until > now ? [{ name, detail: `${timeout}, retry in ${(until - now).toFixed(0)} s` }] : [];
    });
  }
}

/** Name of a key: of a table or a pattern it is JSON of its kind and path. */
function nameOf(key: string): string {
  const [, kind, path] = /^\["(\w+)", "(.*)"\]$/s.exec(key) ?? [];
  return kind === undefined ? key : `${kind} ${path}`.trim();
}
