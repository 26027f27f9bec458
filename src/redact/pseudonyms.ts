/** Kind of an identifier, which decides the form of its pseudonym. */
export type IdentifierKind =
  | 'host'
  | 'domain'
  | 'user'
  | 'email'
  | 'guest'
  | 'container'
  | 'pod'
  | 'namespace'
  | 'image'
  | 'project'
  | 'network'
  | 'volume'
  | 'pool'
  | 'database'
  | 'serial'
  | 'wwn'
  | 'ipv4'
  | 'ipv6'
  | 'mac'
  | 'uuid'
  | 'id';

/**
 * One pseudonym per identifier for the length of a session, in a form that parsers take for the same kind: addresses from reserved
 * ranges (RFC 2544, RFC 3849, locally administered MACs), UUIDs of version 4, names with a number.
 */
export class Pseudonyms {
  readonly #byValue = new Map<string, string>();
  readonly #byPseudonym = new Map<string, string>();
  readonly #values: { readonly kind: IdentifierKind; readonly value: string; readonly pseudonym: string }[] = [];
  readonly #counts = new Map<IdentifierKind, number>();
  readonly #stems = new Map<string, number>();

  of(kind: IdentifierKind, value: string): string {
    const key = keyOf(kind, value);
    const known = this.#byValue.get(key);
    if (known !== undefined) return known;
    if (kind === 'email') {
      // Either half may be known, or become known later.
      const at = value.lastIndexOf('@');
      return `${this.of('user', value.slice(0, at))}@${this.of('domain', value.slice(at + 1))}`;
    }
    // Units of systemd have underscores in the place of dashes.
    if (kind === 'uuid' && value.includes('_')) return this.of(kind, value.replaceAll('_', '-')).replaceAll('-', '_');
    const number = kind === 'id' ? this.#idNumber(key) : this.#next(kind);
    const pseudonym = MAKE[kind](number, value);
    this.#byValue.set(key, pseudonym);
    this.#byPseudonym.set(pseudonym, value);
    this.#values.push({ kind, value, pseudonym });
    return pseudonym;
  }

  #next(kind: IdentifierKind): number {
    const number = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, number);
    return number;
  }

  /** A container id has 64 digits, its quoted form 12: both pseudonyms begin alike. */
  #idNumber(id: string): number {
    const stem = id.slice(0, QUOTED_DIGITS);
    const number = this.#stems.get(stem) ?? this.#next('id');
    this.#stems.set(stem, number);
    return number;
  }

  /** Identifier behind a pseudonym that was given. */
  valueOf(pseudonym: string): string | undefined {
    return this.#byPseudonym.get(pseudonym);
  }

  /** Pseudonym table, private: it must never leave the engineer's machine. */
  get all(): readonly { readonly kind: IdentifierKind; readonly value: string; readonly pseudonym: string }[] {
    return this.#values;
  }
}

/** Key of an identifier, equal for all its spellings. */
const keyOf = (kind: IdentifierKind, value: string): string => {
  if (!FOLDED.has(kind)) return value;
  const folded = value.toLowerCase();
  return kind === 'mac' ? folded.replaceAll(/[.:-]/g, '') : folded;
};

const QUOTED_DIGITS = 12;

/** Kinds without regard to case. */
const FOLDED: ReadonlySet<IdentifierKind> = new Set(['ipv6', 'mac', 'uuid', 'domain', 'host']);

const named =
  (word: string) =>
  (number: number): string =>
    `${word}-${number}`;

const hex = (number: number, digits: number): string => number.toString(16).padStart(digits, '0');

const MAKE: Readonly<Record<IdentifierKind, (number: number, value: string) => string>> = {
  host: named('host'),
  domain: (number) => `domain-${number}.example`,
  user: named('user'),
  // Made from its halves in `of`.
  email: named('user'),
  guest: named('vm'),
  container: named('ct'),
  pod: named('pod'),
  namespace: named('ns'),
  image: named('image'),
  project: named('project'),
  network: named('net'),
  volume: named('vol'),
  pool: named('pool'),
  database: named('db'),
  wwn: named('wwn'),
  serial: (number, value) => `SN${String(number).padStart(Math.max(1, Math.min(18, value.length - 2)), '0')}`,
  // 198.18.0.0/15 is reserved for benchmarks: RFC 2544.
  ipv4: (number) => `198.${18 + ((number >> 16) & 1)}.${(number >> 8) & 255}.${number & 255}`,
  ipv6: (number) => `2001:db8::${number.toString(16)}`,
  mac: (number) => `02:00:00:${hex((number >> 16) & 255, 2)}:${hex((number >> 8) & 255, 2)}:${hex(number & 255, 2)}`,
  uuid: (number) => `00000000-0000-4000-8000-${hex(number, 12)}`,
  // Of the same length.
  id: (number, value) =>
    `c0de${hex(number, Math.max(0, Math.min(value.length, QUOTED_DIGITS) - 4))}`
      .padEnd(value.length, '0')
      .slice(0, Math.max(value.length, 5)),
};

const PSEUDONYM =
  /^(?:(?:host|user|vm|ct|pod|ns|image|project|net|vol|pool|db|wwn)-\d+|domain-\d+\.example|SN0*\d+|c0de0[0-9a-f]{2,}|0{8}[-_]0{4}[-_]4000[-_]8000[-_][0-9a-f]{12}|(?:[\w-]+-\d+@)?domain-\d+\.example)$/;

/** True for a name, serial number or id made here; addresses are exempt by their ranges. */
export const isPseudonym = (value: string): boolean => PSEUDONYM.test(value);
