import { patterns } from './patterns.ts';
import { Pseudonyms, type IdentifierKind } from './pseudonyms.ts';
import { maskSecrets } from './secrets.ts';

export interface Identifier {
  readonly kind: IdentifierKind;
  readonly value: string;
}

/** Names shorter than this are words as well: they are told apart only where a source says what they are. */
const SHORTEST = 3;

/** Words of the kernel, of tools and of this program: a container of that name must not make `cpu` unreadable everywhere. */
const COMMON = new Set(
  `root admin daemon nobody user users host localhost default system kernel systemd docker lxd lxc podman pod pods node
  nodes cpu cpus memory mem disk disks net network io some full avg total time load task tasks process processes thread threads
  running stopped paused frozen exited active idle name names none unknown container containers guest guests image images
  latest library volume volumes pool test web app api db cache proxy server client worker master main data log logs bin sbin usr
  etc var tmp home proc sys dev run opt lib boot mnt srv bash python python3 node java nginx redis postgres mysql etcd`
    .split(/\s+/)
    .filter((word) => word !== ''),
);

/**
 * Takes identifiers out of any text: those that were learnt from what sources say of themselves, and those that are known by
 * their form. The same one has the same stand-in everywhere, for as long as the session lasts.
 */
export class Redactor {
  readonly pseudonyms = new Pseudonyms();
  readonly #known = new Map<string, IdentifierKind>();
  #names: RegExp | undefined;

  /** True when it was new. */
  learn({ kind, value }: Identifier): boolean {
    const name = value.trim();
    if (name.length < SHORTEST || COMMON.has(name.toLowerCase()) || /^\d+$/.test(name) || this.#known.has(name))
      return false;
    this.#known.set(name, kind);
    this.pseudonyms.of(kind, name);
    this.#names = undefined;
    return true;
  }

  /** The text without identifiers and secrets. */
  text(text: string): string {
    let out = maskSecrets(text);
    for (const { kind, pattern, nobody } of patterns)
      out = out.replace(pattern, (value) => (nobody(value) ? value : this.pseudonyms.of(kind, value)));
    out = out.replace(HOME, (_, before: string, name: string) =>
      name === 'root' || this.#isOurs(name) ? `${before}${name}` : `${before}${this.pseudonyms.of('user', name)}`,
    );
    const names = this.#matcher();
    if (!names) return out;
    // Every match is a known name.
    return out.replace(names, (name) => this.pseudonyms.of(this.#known.get(name) as IdentifierKind, name));
  }

  /** Identifiers that are known and still stand in a text: for a last look before it leaves. */
  left(text: string): readonly string[] {
    const found = new Set<string>();
    for (const { pattern, nobody } of patterns)
      for (const [value] of text.matchAll(pattern)) if (!nobody(value) && !this.#isOurs(value)) found.add(value);
    const names = this.#matcher();
    if (names) for (const [name] of text.matchAll(names)) found.add(name);
    return [...found];
  }

  #isOurs(value: string): boolean {
    return OURS.test(value);
  }

  /** All known names in one expression, the longest first; made anew when one was learnt. */
  #matcher(): RegExp | undefined {
    if (this.#known.size === 0) return undefined;
    const names = [...this.#known.keys()].toSorted((a, b) => b.length - a.length).map((name) => escaped(name));
    this.#names ??= new RegExp(`(?<![A-Za-z0-9_])(?:${names.join('|')})(?![A-Za-z0-9_])`, 'g');
    return this.#names;
  }
}

/** /home/NAME and its like; the path below it stays, for what is in it tells what hangs. */
const HOME = /((?:^|[^\w/])\/(?:home|Users|export\/home)\/)([^/\s:'"\0]+)/g;
/** Stand-ins, which are nobody's. */
const OURS =
  /^(?:(?:host|user|vm|ct|pod|ns|image|project)-\d+|domain-\d+\.example|0{8}[-_]0{4}[-_]4000[-_]8000[-_][0-9a-f]{12})$/;

const escaped = (name: string): string => name.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
