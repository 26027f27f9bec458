import { setRedact, type Redact } from '../lib/plain.ts';
import type { AnySource } from '../sources/source.ts';
import type { Entry } from '../timeline/moment.ts';
import type { Timeline } from '../timeline/timeline.ts';
import type { Identifier } from './identifier.ts';
import { Redactor } from './redactor.ts';

/** Bound of the cache of redacted texts; a screen has a few thousand. */
const MAX_CACHED = 20_000;

/** Redaction of everything drawn, on or off. Learns names with every reading. */
export class ScreenRedaction {
  readonly redactor: Redactor;
  #on = false;
  readonly #cache = { host: new Map<string, string>(), fixed: new Map<string, string>() };
  readonly #learned = new WeakSet<Entry>();

  constructor(redactor: Redactor = new Redactor()) {
    this.redactor = redactor;
  }

  get on(): boolean {
    return this.#on;
  }

  set(on: boolean): void {
    this.#on = on;
    this.#changed();
  }

  /** Learns the target of the command line: `me@node-7.dc1`. */
  learnTarget(target: string): void {
    const [, user, host = ''] = /^(?:ssh:\/\/)?(?:([^@]*)@)?(.*?)(?::\d+)?$/.exec(target.trim()) ?? [];
    this.learn([
      ...(user ? [{ kind: 'user', value: user } as const] : []),
      ...(/^[\d.]+$|^$/.test(host)
        ? []
        : [host, host.split('.')[0] ?? host].map((value) => ({ kind: 'host', value }) as const)),
    ]);
  }

  learn(identifiers: readonly Identifier[]): void {
    let isNew = false;
    for (const identifier of identifiers) isNew = this.redactor.learn(identifier) || isNew;
    if (isNew && this.#on) this.#changed();
  }

  /** Learns from all samples on the timeline, so that a name that is gone is redacted in what is left of it; a known sample costs nothing. */
  learnFrom(timeline: Timeline, sources: readonly AnySource[]): void {
    for (const { id, identifiers } of sources) {
      if (!identifiers) continue;
      const entries = timeline.entriesOf(id);
      const take = (entry: Entry | undefined): boolean => {
        if (!entry || this.#learned.has(entry)) return false;
        this.#learned.add(entry);
        this.learn(identifiers(entry.sample));
        return true;
      };
      // New ones are at the end; a replay adds older ones at the beginning.
      for (let place = entries.length - 1; take(entries[place]);) place--;
      for (let place = 0; take(entries[place]);) place++;
    }
  }

  readonly #redact: Redact = (text, vocabulary) => {
    const cache = this.#cache[vocabulary];
    const known = cache.get(text);
    if (known !== undefined) return known;
    const { version } = this.redactor;
    // Own words may be cut off at the edge of a frame, and teach no names.
    const made = vocabulary === 'host' ? this.redactor.cell(text) : this.redactor.shown(text);
    // What was drawn before with this name is drawn again without it.
    if (this.redactor.version !== version) this.#changed();
    if (cache.size >= MAX_CACHED) cache.clear();
    cache.set(text, made);
    return made;
  };

  #changed(): void {
    this.#cache.host.clear();
    this.#cache.fixed.clear();
    setRedact(this.#on ? this.#redact : undefined);
  }
}
