import type { Identifier } from './identifier.ts';
import { patterns } from './patterns.ts';
import { isCommonWord } from './common-words.ts';
import { Pseudonyms, type IdentifierKind } from './pseudonyms.ts';
import { applied, byPattern, edited, type Edit, type Pass } from '../lib/edits.ts';
import { maskSecrets, secretPasses, suspicionIn } from '../lib/secrets.ts';

/** Length below which a name counts as a common word. */
const SHORTEST = 3;

/** Names that identify nothing. */
const EXEMPT = new Set(
  'root default localhost localhost.localdomain (none) kube-system kube-public kube-node-lease'.split(' '),
);

/**
 * Redacts identifiers in any text: those learned from the sources' samples, and those known by their form. An identifier has the same
 * pseudonym everywhere for the length of a session.
 */
export class Redactor {
  readonly pseudonyms = new Pseudonyms();
  readonly #known = new Map<string, IdentifierKind>();
  /** Names that are also common words: names only where they stand alone. */
  readonly #words = new Map<string, IdentifierKind>();
  /** First word of a name → names that begin with it, longest first. */
  readonly #byWord = new Map<string, string[]>();
  #sorted: readonly string[] = [];
  #longest = 0;

  /** Adds an identifier; true when it is new. */
  learn({ kind, value }: Identifier): boolean {
    const name = value.trim();
    if (name === '' || EXEMPT.has(name) || /^[\d.]+$/.test(name) || PSEUDONYM.test(name)) return false;
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

  /** Names that are also common words. */
  get words(): readonly string[] {
    return [...this.#words.keys()];
  }

  /** Names that are redacted everywhere. */
  get names(): readonly string[] {
    return [...this.#known.keys()];
  }

  /** Text without identifiers and secrets. */
  text(text: string): string {
    const formless = this.forms(text);
    return applied(formless, this.#namePass(formless));
  }

  /** Redaction as edits, for callers that map characters. */
  edits(text: string): readonly Edit[] {
    return edited(text, suspicionIn(text) === undefined ? this.#passes : [...secretPasses, ...this.#passes]);
  }

  /** Index of a name that may be cut off at the end of the text; the text's length without one. */
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

  /** True when a name begins with this text. */
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

  /** Text without secrets and identifiers known by their form; names stay. */
  forms(text: string): string {
    let out = maskSecrets(text);
    for (const { kind, pattern, isExempt } of patterns)
      out = out.replace(pattern, (value) => (isExempt(value) ? value : this.pseudonyms.of(kind, value)));
    return out.replace(HOME, (_, before: string, name: string) => before + this.#homeOf(name));
  }

  #homeOf(name: string): string {
    return name === 'root' || this.#isPseudonym(name) ? name : this.pseudonyms.of('user', name);
  }

  /** Text of a cell, a label or a list of names, in which a common word that is also a name stands alone and counts as a name. */
  cell(text: string): string {
    return this.text(this.#alone(text));
  }

  /** Text that consists of one name, even if the name is also a common word. */
  whole(text: string): string {
    const name = text.trim();
    const kind = this.#words.get(name);
    return kind ? text.replace(name, () => this.pseudonyms.of(kind, name)) : text;
  }

  /** Redacts names that are also common words, alone or in a list. */
  #alone(text: string): string {
    if (this.#words.size === 0) return text;
    if (this.#words.has(text.trim())) return this.whole(text);
    if (text.startsWith('/') || text.length > 200 || !/[/,@]/.test(text)) return text;
    const isList = LIST.test(text);
    return text
      .split(/([/,@ ]+)/)
      .map((part) => {
        // `a` and `s` are words of a sentence and units of a rate.
        const kind = part.length > 1 || isList ? this.#words.get(part) : undefined;
        return kind ? this.pseudonyms.of(kind, part) : part;
      })
      .join('');
  }

  /** Known identifiers left in a text: for verification before it leaves. */
  left(text: string): readonly string[] {
    const found = new Set<string>();
    for (const { pattern, isExempt } of patterns)
      for (const [value] of text.matchAll(pattern)) if (!isExempt(value) && !this.#isPseudonym(value)) found.add(value);
    for (const { from, to } of this.#namePass(text)) found.add(text.slice(from, to));
    return [...found];
  }

  #isPseudonym(value: string): boolean {
    return PSEUDONYM.test(value);
  }

  /** One pass from word to word, whatever the number of names: at each word the names that begin with it. */
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
    ...patterns.map(({ kind, pattern, isExempt }) =>
      byPattern(pattern, ([value]) => (isExempt(value) ? value : this.pseudonyms.of(kind, value))),
    ),
    byPattern(HOME, ([, before = '', name = '']) => before + this.#homeOf(name)),
    this.#namePass,
  ];
}

const byCode = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
/** List of names: `prod/web`, `a, b`, `me@web`; `1.3k/s` is a figure. */
const LIST = /^[^\s,/@\d][^\s,/@]*(?:(?:, ?|[/@])[^\s,/@]+)+$/;
const WORD = /[\p{L}\p{N}_]+/gu;
const IN_WORD = /[\p{L}\p{N}_]/u;
/** Home folders, /home/NAME; the path below stays, since it shows what hangs. */
const HOME = /((?:^|[^\w/])\/(?:home|Users|export\/home)\/)([^/\s:'"\0]+)/g;
/** Pseudonyms made by `Pseudonyms`. */
const PSEUDONYM =
  /^(?:(?:host|user|vm|ct|pod|ns|image|project)-\d+|domain-\d+\.example|SN0*\d+|c0de0[0-9a-f]{2,}|0{8}[-_]0{4}[-_]4000[-_]8000[-_][0-9a-f]{12})$/;
