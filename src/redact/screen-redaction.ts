import { setRedact, type Redact } from '../lib/plain.ts';
import type { AnySource } from '../sources/source.ts';
import type { Timeline } from '../timeline/timeline.ts';
import type { Identifier } from './identifier.ts';
import { Redactor } from './redactor.ts';

/** Texts whose stand-ins are kept; a screen has a few thousand. */
const KEPT = 20_000;

/** Over all that is drawn, or lifted. Knows more names with every reading. */
export class ScreenRedaction {
  readonly redactor: Redactor;
  #on = false;
  readonly #made = { said: new Map<string, string>(), ours: new Map<string, string>() };
  readonly #seen = new Map<string, unknown>();

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

  /** The host as the engineer named it: `me@node-7.dc1`. */
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
    let news = false;
    for (const identifier of identifiers) news = this.redactor.learn(identifier) || news;
    if (news && this.#on) this.#changed();
  }

  /** From the samples at the timeline's cursor; one that was seen costs nothing. */
  learnFrom(timeline: Timeline, sources: readonly AnySource[]): void {
    for (const { id, identifiers } of sources) {
      if (!identifiers) continue;
      const entry = timeline.latest(id);
      if (!entry || this.#seen.get(id) === entry) continue;
      this.#seen.set(id, entry);
      this.learn(identifiers(entry.sample));
    }
  }

  readonly #cover: Redact = (text, whose) => {
    const kept = this.#made[whose];
    const known = kept.get(text);
    if (known !== undefined) return known;
    const made = whose === 'said' ? this.redactor.cell(text) : this.redactor.text(text);
    if (kept.size >= KEPT) kept.clear();
    kept.set(text, made);
    return made;
  };

  #changed(): void {
    this.#made.said.clear();
    this.#made.ours.clear();
    setRedact(this.#on ? this.#cover : undefined);
  }
}
