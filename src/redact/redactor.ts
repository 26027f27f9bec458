import type { Identifier } from './identifier.ts';
import { isCommonWord } from './common-words.ts';
import { DOTTED, domainsOf, isDottedName, isHostName, isPublicDomain, mayBeHost, topOf } from './domains.ts';
import { Glance } from './gate.ts';
import { isExemptValue } from './exempt-values.ts';
import { patterns } from './patterns.ts';
import type { Place } from './place.ts';
import { keyOf, NOUNS, OPEN_PLACE, places } from './places.ts';
import { isPseudonym, Pseudonyms, type IdentifierKind } from './pseudonyms.ts';
import { applied, edited, type Edit, type Pass } from '../lib/edits.ts';
import { maskSecrets, secretPasses, suspicionIn } from '../lib/secrets.ts';

/** Length of the text around a name that can show that it is one. */
const SURROUNDINGS = 1000;
/** Length below which a name counts as a common word. */
const SHORTEST = 3;

/** Names that identify nothing. */
const EXEMPT = new Set(
  'root localhost localhost.localdomain (none) kube-system kube-public kube-node-lease'.split(' '),
);
/** Kinds of objects that are called `default` on every machine; a guest of that name is one of the customer's. */
const HAS_DEFAULT: ReadonlySet<IdentifierKind> = new Set([
  'namespace',
  'project',
  'network',
  'pool',
  'user',
  'host',
  'domain',
]);

/** Identifier at a place in a text. */
interface Found {
  readonly from: number;
  readonly kind: IdentifierKind;
  readonly value: string;
  /** Present where its place shows that it is a name. */
  readonly isPlaced?: true;
}
type Finder = (text: string) => readonly Found[];

/**
 * Redacts identifiers in any text: those learned from the sources' samples, those known by their form, and those in places of names. An
 * identifier has the same pseudonym everywhere for the length of a session.
 */
export class Redactor {
  readonly pseudonyms = new Pseudonyms();
  readonly #known = new Map<string, IdentifierKind>();
  /** Names that are also common words: names only where they stand alone. */
  readonly #words = new Map<string, IdentifierKind>();
  /** Domains of known hosts. */
  readonly #domains = new Set<string>();
  readonly #tops = new Set<string>();
  /** First word of a name → names that begin with it, longest first. */
  readonly #byWord = new Map<string, string[]>();
  /** Spelling of a known name by systemd or the device mapper → name. */
  readonly #spellings = new Map<string, string>();
  #sorted: readonly string[] = [];
  #longest = 0;

  /** Adds an identifier; true when it is new. */
  learn({ kind, value }: Identifier): boolean {
    if (this.#known.has(value) || this.#words.has(value)) return false;
    const name = value.trim();
    if (name === '' || EXEMPT.has(name) || /^[\d.]+$/.test(name) || isPseudonym(name)) return false;
    if (name === 'default' && HAS_DEFAULT.has(kind)) return false;
    if (this.#known.has(name) || this.#words.has(name)) return false;
    if (kind === 'host') this.#learnDomains(name);
    const [first] = name.match(WORD) ?? [];
    const isWord = name.length < SHORTEST || isCommonWord(name) || first === undefined || !name.startsWith(first); // prettier-ignore
    this.pseudonyms.of(kind, name);
    if (isWord) {
      this.#words.set(name, kind);
      return true;
    }
    this.#know(name, first, kind);
    for (const spelling of spellingsOf(kind, name)) {
      this.#spellings.set(spelling, name);
      this.#know(spelling, first, kind);
    }
    return true;
  }

  #know(name: string, first: string, kind: IdentifierKind): void {
    this.#known.set(name, kind);
    this.#longest = Math.max(this.#longest, name.length);
    const others = this.#byWord.get(first) ?? [];
    this.#byWord.set(
      first,
      [...others, name].toSorted((a, b) => b.length - a.length),
    );
  }

  /** Number of names and domains, which grows with each new one. */
  get version(): number {
    return this.#known.size + this.#words.size + this.#domains.size;
  }

  /** Names that are also common words. */
  get words(): readonly string[] {
    return [...this.#words.keys()];
  }

  /** Names that are redacted everywhere. */
  get names(): readonly string[] {
    return [...this.#known.keys()];
  }

  /** Text without identifiers and secrets; names in places of names are learned, so that they are redacted elsewhere, too. */
  text(text: string): string {
    let version = this.version;
    let out = this.#through(text, this.#learn);
    // A name learned from the end of the text may stand at its beginning.
    while (version !== this.version) {
      version = this.version;
      out = this.#through(text, this.#learn);
    }
    return out;
  }

  /** Text without identifiers and secrets, from which nothing is learned: it may be cut off, or a sentence of crashcart. */
  shown(text: string): string {
    return this.#through(text, () => undefined);
  }

  #through(text: string, learn: (found: readonly Found[]) => void): string {
    let out = maskSecrets(text);
    for (const find of this.#finders) {
      const found = find(out);
      if (found.length === 0) continue;
      learn(found);
      out = applied(out, this.#editsOf(found));
    }
    return out;
  }

  /** Redaction as edits, for callers that map characters. */
  edits(text: string): readonly Edit[] {
    return edited(text, suspicionIn(text) === undefined ? this.#passes : [...secretPasses, ...this.#passes]);
  }

  readonly holdsWords = true;

  /** Learns from a complete line. */
  readonly lineEnds = (line: string): void => {
    this.text(line);
  };

  /** Learns what was found by form or by place: hosts with their domains and short names, names. */
  readonly #learn = (all: readonly Found[]): void => {
    for (const { value, kind, isPlaced } of all) {
      if (isPlaced) this.learn({ kind, value });
      if (kind !== 'host' || !value.includes('.')) continue;
      this.#learnDomains(value);
      const [short = ''] = value.split('.');
      if (/\d|.-./.test(short) && !/^\d+$/.test(short)) this.learn({ kind, value: short });
    }
  };

  #learnDomains(host: string): void {
    for (const domain of domainsOf(host)) {
      this.#domains.add(domain);
      this.#tops.add(topOf(domain));
    }
  }

  /** Index of a name that may be cut off at the end of the text; the text's length without one. */
  opensAt(text: string): number {
    const place = OPEN_PLACE.exec(text);
    if (place) return place.index + place[0].length;
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
    for (const find of this.#formFinders) out = applied(out, this.#editsOf(find(out)));
    return out;
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

  /** Redacts names that are also common words: alone, in a list, or before a colon. */
  #alone(text: string): string {
    if (this.#words.size === 0) return text;
    if (this.#words.has(text.trim())) return this.whole(text);
    if (text.startsWith('/') || text.length > 200) return text;
    if (!LIST.test(text)) return text.replace(/^[^\s:]+(?=: )/, (name) => this.whole(name));
    return text
      .split(/([/,@ ]+)/)
      .map((part) => this.whole(part))
      .join('');
  }

  /** Identifiers left in a text, by all that redaction would replace: for verification before it leaves. */
  left(text: string): readonly string[] {
    const found = this.#finders.flatMap((find) => find(text));
    return [...new Set(found.map(({ value }) => value))];
  }

  /**
   * Whether a word has the form of a name only by the pseudonym that begins it: `db pool-1.ip` was `db lab.ip`, no name of a database, and the
   * digit is of the pseudonym.
   */
  #isNameByPseudonym(text: string, { from, value }: Found, place: Place): boolean {
    const [pseudonym = ''] = /^[a-z]+-\d+(?=[.-])/.exec(value) ?? [];
    const original = this.pseudonyms.valueOf(pseudonym);
    if (original === undefined) return false;
    const start = Math.max(0, from - SURROUNDINGS);
    const end = from + pseudonym.length;
    const before = text.slice(start, from) + original + text.slice(end, end + SURROUNDINGS);
    return !this.#placed(place, before).some((one) => one.from === from - start);
  }

  /** Identifiers left by their form, and known names: for a line that is cut off, or with markup around it, which has no places of names. */
  leftInLine(line: string): readonly string[] {
    return [...this.leftByForm(line), ...this.#named(line).map(({ value }) => value)];
  }

  leftByForm(text: string): readonly string[] {
    return this.#formFinders.flatMap((find) => find(text).map(({ value }) => value));
  }

  readonly #formFinders: readonly Finder[] = [
    ...patterns.map(
      ({ kind, pattern, gate, isExempt }): Finder =>
        (text) =>
          gate(glanceAt(text))
            ? [...text.matchAll(pattern)].flatMap(({ 0: value, index }) =>
                isExempt(value) || isPseudonym(value) ? [] : [{ from: index, kind, value }],
              )
            : [],
    ),
    (text) => this.#dotted(text),
  ];

  /** Names of hosts and domains, by their top-level domain or by a domain that was seen. */
  readonly #dotted: Finder = (text) => {
    if (!text.includes('.')) return [];
    return [...text.matchAll(DOTTED)].flatMap(({ 0: value, index }) => {
      const name = value.toLowerCase();
      if (!mayBeHost(name) && !this.#tops.has(topOf(name))) return [];
      if (!isDottedName(text, index, value)) return [];
      if (this.#domains.has(name)) return [{ from: index, kind: this.#known.get(value) ?? 'domain', value }];
      const isHost = isHostName(name) || domainsOf(name).some((domain) => this.#domains.has(domain));
      return isHost ? [{ from: index, kind: this.#kindOf(value, 'host'), value }] : [];
    });
  };

  /** Names in a place of names; what was redacted before is read again, and teaches no name that only a pseudonym made one. */
  #inPlace(place: Place, text: string): readonly Found[] {
    return this.#placed(place, text).filter((one) => !this.#isNameByPseudonym(text, one, place));
  }

  /** What the pattern of a place finds. A name that is known counts even if it is a setting elsewhere. */
  #placed({ kind, pattern, gate }: Place, text: string): readonly Found[] {
    if (!gate(glanceAt(text))) return [];
    return [...text.matchAll(pattern)].flatMap(({ index, groups }) => {
      const { before = '', name: value = '', key = '' } = groups ?? {};
      const one = typeof kind === 'string' ? kind : (kind.get(keyOf(key)) ?? 'host');
      if (!this.#words.has(value) && (isExemptValue(value, one) || isPublicDomain(value))) return [];
      return [{ from: index + before.length, kind: this.#kindOf(value, one), value, isPlaced: true as const }];
    });
  }

  #kindOf(value: string, kind: IdentifierKind): IdentifierKind {
    return this.#known.get(value) ?? this.#words.get(value) ?? kind;
  }

  /** One pass from word to word, whatever the number of names: at each word the names that begin with it. */
  readonly #named: Finder = (text) => {
    const out: Found[] = [];
    if (this.#known.size === 0) return out;
    const word = new RegExp(WORD);
    for (let at = word.exec(text); at; at = word.exec(text)) {
      const { index } = at;
      const value = this.#byWord
        .get(at[0])
        ?.find((each) => text.startsWith(each, index) && !IN_WORD.test(text.charAt(index + each.length)));
      const kind = value === undefined ? undefined : this.#known.get(value);
      if (value === undefined || kind === undefined) continue;
      out.push({ from: index, kind, value });
      word.lastIndex = index + value.length;
    }
    return out;
  };

  /** Names that are also common words where they stand as the object: behind their noun (`pod throttled`), or as a part of `namespace/name`. */
  readonly #objects: Finder = (text) => {
    const out: Found[] = [];
    if (this.#words.size === 0) return out;
    for (const { index, 1: noun = '', 2: value = '' } of text.matchAll(NOUN_AND_NAME)) {
      const kind = this.#words.get(value);
      // `1 pod pending` is a count.
      if (kind && NOUNS.get(noun.toLowerCase()) === kind) out.push({ from: index + noun.length + 1, kind, value });
    }
    for (const { index, 1: first = '', 2: second = '' } of text.matchAll(PAIR)) {
      const kind = this.#words.get(second);
      const isOwner = OWNER.test(first) || isPseudonym(first) || OWNERS.has(this.#kindOf(first, 'pod'));
      if (!isOwner) continue;
      const own = this.#words.get(first);
      if (own && OWNERS.has(own)) out.push({ from: index, kind: own, value: first });
      if (kind) out.push({ from: index + first.length + 1, kind, value: second });
    }
    return out.toSorted((a, b) => a.from - b.from);
  };

  #editsOf(found: readonly Found[]): readonly Edit[] {
    const out: Edit[] = [];
    for (const { from, kind, value } of found)
      if (from >= (out.at(-1)?.to ?? 0))
        out.push({
          from,
          to: from + value.length,
          text: this.pseudonyms.of(kind, this.#spellings.get(value) ?? value),
        });
    return out;
  }

  readonly #finders: readonly Finder[] = [
    ...this.#formFinders,
    ...places.map(
      (place): Finder =>
        (text) =>
          PLACED.test(text) ? this.#inPlace(place, text) : [],
    ),
    this.#named,
    this.#objects,
  ];

  readonly #passes: readonly Pass[] = this.#finders.map((find) => (text) => this.#editsOf(find(text)));
}

/** Glance at a text; the passes ask for the same text many times. */
function glanceAt(text: string): Glance {
  if (last.text !== text) last = { text, glance: new Glance(text) };
  return last.glance;
}
let last = { text: '', glance: new Glance('') };

/** Spellings of a name with dashes: `web\x2d1` in a guest's unit of systemd, `web--1` in a volume of the device mapper. */
function spellingsOf(kind: IdentifierKind, name: string): readonly string[] {
  if (!name.includes('-')) return [];
  if (kind === 'guest') return [name.replaceAll('-', String.raw`\x2d`)];
  return kind === 'volume' || kind === 'pool' ? [name.replaceAll('-', '--')] : [];
}

/** Characters of which each place of a name has one. */
const PLACED = /[\s\0␀"'=:@/(._<\\]/;

const byCode = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
/** List of names: `prod/web`, `a, b`, `me@web`; `1.3k/s` is a figure. */
const LIST = /^[^\s,/@\d][^\s,/@]*(?:(?:, ?|[/@])[^\s,/@]+)+$/;
const WORD = /[\p{L}\p{N}_]+/gu;
const IN_WORD = /[\p{L}\p{N}_]/u;
/** Noun and a word behind it, without a number before. */
const NOUN_AND_NAME = new RegExp(
  `(?<![\\w-]|\\d )(${[...NOUNS.keys()].join('|')}) ([\\p{L}\\p{N}_][\\w.-]*)(?<![.-])`,
  'giu',
);
/** `namespace/name`, and no path. */
const PAIR = /(?<![\w./:-])([\w.-]+)\/([\w.-]*\w)(?![\w/-])/g;
/** Engines and namespaces that are on every machine. */
const OWNER = /^(?:default|docker|podman|lxc|lxd|incus|containerd|crio|k8s|kvm|libvirt|kube-[a-z-]+)$/;
const OWNERS: ReadonlySet<IdentifierKind> = new Set(['namespace', 'project', 'user', 'host', 'pool', 'guest']);
