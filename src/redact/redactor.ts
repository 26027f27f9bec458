import type { Identifier } from './identifier.ts';
import { patterns } from './patterns.ts';
import { isCommonWord } from './common-words.ts';
import { Pseudonyms, type IdentifierKind } from './pseudonyms.ts';
import { applied, byPattern, edited, type Edit, type Pass } from '../lib/edits.ts';
import { maskSecrets, secretPasses, suspicionIn } from '../lib/secrets.ts';

/** Names shorter than this are words as well. */
const SHORTEST = 3;

/** Of everybody, or of nobody. */
const NOBODYS = new Set(
  'root default localhost localhost.localdomain (none) kube-system kube-public kube-node-lease'.split(' '),
);

/**
 * Takes identifiers out of any text: those that were learnt from what sources say of themselves, and those that are known by
 * their form. The same one has the same stand-in everywhere, for as long as the session lasts.
 */
export class Redactor {
  readonly pseudonyms = new Pseudonyms();
  readonly #known = new Map<string, IdentifierKind>();
  /** Names that are words as well: taken for names only where they stand alone. */
  readonly #words = new Map<string, IdentifierKind>();
  /** First word of a name → names that begin with it, the longest first. */
  readonly #byWord = new Map<string, string[]>();
  #sorted: readonly string[] = [];
  #longest = 0;

  /** True when it was new. */
  learn({ kind, value }: Identifier): boolean {
    const name = value.trim();
    if (name === '' || NOBODYS.has(name) || /^[\d.]+$/.test(name) || OURS.test(name)) return false;
    if (this.#known.has(name) || this.#words.has(name)) return false;
    const [first] = name.match(WORD) ?? [];
    const isWord = name.length < SHORTEST || isCommonWord(name) || first === undefined || !name.startsWith(first); // prettier-ignore
    this.pseudonyms.of(kind, name);
    if (isWord) {
      this.#words.set(name, kind);
      return true;
    }
    this.#known.set(name, kind);
    this.#longest = Math.max(this.#longest, name.length);
    const others = this.#byWord.get(first) ?? [];
    this.#byWord.set(
      first,
      [...others, name].toSorted((a, b) => b.length - a.length),
    );
    return true;
  }

  /** Names that are words as well. */
  get words(): readonly string[] {
    return [...this.#words.keys()];
  }

  /** Names that are taken out wherever they stand. */
  get names(): readonly string[] {
    return [...this.#known.keys()];
  }

  /** The text without identifiers and secrets. */
  text(text: string): string {
    const formless = this.forms(text);
    return applied(formless, this.#namePass(formless));
  }

  /** The same as edits, for who has to know what became of which character. */
  edits(text: string): readonly Edit[] {
    return edited(text, suspicionIn(text) === undefined ? this.#passes : [...secretPasses, ...this.#passes]);
  }

  /** Where a name begins that the end of the text may have cut off; its length where none does. */
  opensAt(text: string): number {
    const from = Math.max(0, text.length - this.#longest);
    const word = new RegExp(WORD);
    word.lastIndex = from;
    for (let at = word.exec(text); at; at = word.exec(text)) {
      const rest = text.slice(at.index);
      if (this.#byStart(rest)) return at.index;
    }
    return text.length;
  }

  /** Whether any name begins so. */
  #byStart(start: string): boolean {
    if (this.#sorted.length !== this.#known.size) this.#sorted = [...this.#known.keys()].toSorted(byCode);
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#sorted[middle] ?? '') < start) low = middle + 1;
      else high = middle;
    }
    return this.#sorted[low]?.startsWith(start) ?? false;
  }

  /** Without what is known by its form; names stay. */
  forms(text: string): string {
    let out = maskSecrets(text);
    for (const { kind, pattern, nobody } of patterns)
      out = out.replace(pattern, (value) => (nobody(value) ? value : this.pseudonyms.of(kind, value)));
    return out.replace(HOME, (_, before: string, name: string) => before + this.#homeOf(name));
  }

  #homeOf(name: string): string {
    return name === 'root' || this.#isOurs(name) ? name : this.pseudonyms.of('user', name);
  }

  /** A cell, a label, a list of names: here a name that is a word as well is known for one, because it stands alone. */
  cell(text: string): string {
    return this.text(this.#alone(text));
  }

  /** A text that is a name and nothing else, though the name is a word as well. */
  whole(text: string): string {
    const name = text.trim();
    const kind = this.#words.get(name);
    return kind ? text.replace(name, () => this.pseudonyms.of(kind, name)) : text;
  }

  /** Names that are words as well, alone or in a list; nothing else changes. */
  #alone(text: string): string {
    if (this.#words.size === 0) return text;
    if (this.#words.has(text.trim())) return this.whole(text);
    if (text.startsWith('/') || text.length > 200 || !/[/,@]/.test(text)) return text;
    const isList = LIST.test(text);
    return text
      .split(/([/,@ ]+)/)
      .map((part) => {
        // `a` and `s` are words of any sentence, and units of any rate.
        const kind = part.length > 1 || isList ? this.#words.get(part) : undefined;
        return kind ? this.pseudonyms.of(kind, part) : part;
      })
      .join('');
  }

  /** Identifiers that are known and still stand in a text: for a last look before it leaves. */
  left(text: string): readonly string[] {
    const found = new Set<string>();
    for (const { pattern, nobody } of patterns)
      for (const [value] of text.matchAll(pattern)) if (!nobody(value) && !this.#isOurs(value)) found.add(value);
    for (const { from, to } of this.#namePass(text)) found.add(text.slice(from, to));
    return [...found];
  }

  #isOurs(value: string): boolean {
    return OURS.test(value);
  }

  /** In one pass, however many names there are: from word to word, and at each what may begin there. */
  readonly #namePass: Pass = (text) => {
    const out: Edit[] = [];
    if (this.#known.size === 0) return out;
    const word = new RegExp(WORD);
    for (let at = word.exec(text); at; at = word.exec(text)) {
      const { index } = at;
      const name = this.#byWord
        .get(at[0])
        ?.find((each) => text.startsWith(each, index) && !IN_WORD.test(text.charAt(index + each.length)));
      const kind = name === undefined ? undefined : this.#known.get(name);
      if (name === undefined || kind === undefined) continue;
      const to = index + name.length;
      out.push({ from: index, to, text: this.pseudonyms.of(kind, name) });
      word.lastIndex = to;
    }
    return out;
  };

  readonly #passes: readonly Pass[] = [
    ...patterns.map(({ kind, pattern, nobody }) =>
      byPattern(pattern, ([value]) => (nobody(value) ? value : this.pseudonyms.of(kind, value))),
    ),
    byPattern(HOME, ([, before = '', name = '']) => before + this.#homeOf(name)),
    this.#namePass,
  ];
}

const byCode = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
/** Nothing but names: `prod/web`, `a, b`, `me@web`; `1.3k/s` is a figure. */
const LIST = /^[^\s,/@\d][^\s,/@]*(?:(?:, ?|[/@])[^\s,/@]+)+$/;
const WORD = /[\p{L}\p{N}_]+/gu;
const IN_WORD = /[\p{L}\p{N}_]/u;
/** /home/NAME and its like; the path below it stays, for what is in it tells what hangs. */
const HOME = /((?:^|[^\w/])\/(?:home|Users|export\/home)\/)([^/\s:'"\0]+)/g;
/** Stand-ins, which are nobody's. */
const OURS =
  /^(?:(?:host|user|vm|ct|pod|ns|image|project)-\d+|domain-\d+\.example|SN0*\d+|c0de0[0-9a-f]{2,}|0{8}[-_]0{4}[-_]4000[-_]8000[-_][0-9a-f]{12})$/;
