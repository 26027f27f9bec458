import { setRedact, type Redact } from '../lib/plain.ts';
import type { AnySource } from '../sources/source.ts';
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
  readonly #learned = new Map<string, unknown>();

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

  /** Learns from the samples at the timeline's cursor; a known sample costs nothing. */
  learnFrom(timeline: Timeline, sources: readonly AnySource[]): void {
    for (const { id, identifiers } of sources) {
      if (!identifiers) continue;
      const entry = timeline.latest(id);
      if (!entry || this.#learned.get(id) === entry) continue;
      this.#learned.set(id, entry);
      this.learn(identifiers(entry.sample));
    }
  }

  readonly #redact: Redact = (text, vocabulary) => {
    const cache = this.#cache[vocabulary];
    const known = cache.get(text);
    if (known !== undefined) return known;
    const made = vocabulary === 'host' ? this.redactor.cell(text) : this.redactor.text(text);
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
