import { Bytes } from './bytes.ts';
import type { Elf } from './elf.ts';

const MAX_SYMBOLS = 4_000_000;
const ENTRY = 24;
/** Bytes of a function whose symbol has no size, as some of assembly have none. */
const UNSIZED = 4096;
const STT_NOTYPE = 0;
const STT_FUNC = 2;
const STT_GNU_IFUNC = 10;

/** Function that an address is in. */
export interface FoundSymbol {
  readonly name: string;
  readonly start: number;
}

/** Functions of an object by address, of .symtab and .dynsym. */
export class SymbolTable {
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;
  /** Place of each entry in `#tables`, and of its name in the texts of that table. */
  readonly #names: Float64Array;
  readonly #texts: readonly Uint8Array[];

  /** Table of several files of one object: its own, that of its debug symbols, that of .gnu_debugdata. */
  constructor(files: readonly Elf[]) {
    const texts: Uint8Array[] = [];
    const found: { readonly start: number; readonly end: number; readonly name: number }[] = [];
    for (const { sections } of files)
      for (const [table, strings] of [
        ['.symtab', '.strtab'],
        ['.dynsym', '.dynstr'],
      ] as const) {
        const [entries, names] = [sections.get(table), sections.get(strings)];
        if (entries === undefined || names === undefined) continue;
        const bytes = new Bytes(entries.data);
        const count = Math.min(Math.floor(entries.data.length / ENTRY), MAX_SYMBOLS - found.length);
        for (let index = 0; index < count; index++) {
          bytes.at = index * ENTRY;
          const nameAt = bytes.u32();
          const kind = bytes.u8() & 15;
          bytes.skip(1);
          const section = bytes.u16();
          const [start, size] = [bytes.s64(), bytes.s64()];
          const isCode = kind === STT_FUNC || kind === STT_GNU_IFUNC || (kind === STT_NOTYPE && size > 0);
          if (isCode && section !== 0 && start > 0 && nameAt < names.data.length)
            found.push({ start, end: start + Math.max(0, size), name: nameAt * 16 + (texts.length & 15) });
        }
        texts.push(names.data);
      }
    found.sort((a, b) => a.start - b.start || a.end - b.end);
    this.#texts = texts;
    this.#starts = Float64Array.from(found, ({ start }) => start);
    this.#ends = Float64Array.from(found, ({ end }) => end);
    this.#names = Float64Array.from(found, ({ name }) => name);
  }

  get size(): number {
    return this.#starts.length;
  }

  #nameOf(index: number): string {
    const packed = this.#names[index] ?? 0;
    const texts = this.#texts[packed % 16];
    if (texts === undefined) return '';
    // `pthread_cond_wait@@GLIBC_2.3.2`
    return new Bytes(texts, Math.floor(packed / 16)).text().replace(/(?!^)@.*$/, '');
  }

  /** All names of the function that an address is in. */
  namesAt(address: number): readonly string[] {
    const index = this.#indexAt(address);
    if (index === undefined) return [];
    const start = this.#starts[index];
    const names = new Set<string>();
    for (let at = index; at >= 0 && this.#starts[at] === start && names.size < 32; at--) names.add(this.#nameOf(at));
    for (let at = index + 1; this.#starts[at] === start && names.size < 32; at++) names.add(this.#nameOf(at));
    return [...names].filter((name) => name !== '');
  }

  /** Function that an address is in, by its plainest name: `poll` of `__GI___poll`, `__poll` and `poll`. */
  at(address: number): FoundSymbol | undefined {
    const index = this.#indexAt(address);
    const [name] = [...this.namesAt(address)].sort((a, b) => plainness(a) - plainness(b) || (a < b ? -1 : 1));
    return index === undefined || name === undefined ? undefined : { name, start: this.#starts[index] ?? 0 };
  }

  /** Last symbol at or before an address that holds it. */
  #indexAt(address: number): number | undefined {
    const starts = this.#starts;
    let [low, high] = [0, starts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= address) low = middle + 1;
      else high = middle;
    }
    // Functions hardly overlap; a few steps back pass over parts inside of a larger one.
    for (let index = low - 1; index >= Math.max(0, low - 16); index--) {
      const [start, end] = [starts[index] ?? 0, this.#ends[index] ?? 0];
      if (address < end || (end === start && start === starts[low - 1] && address < start + UNSIZED)) return index;
    }
    return undefined;
  }
}

const plainness = (name: string): number => (/^_*(?:GI_)?_*/.exec(name)?.[0].length ?? 0) * 1000 + name.length;
