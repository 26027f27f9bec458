import { Bytes } from './bytes.ts';
import type { Elf } from './elf.ts';

const MAX_ENTRIES = 1_000_000;

/** Encodings of pointers: https://refspecs.linuxfoundation.org/LSB_5.0.0/LSB-Core-generic/LSB-Core-generic/dwarfext.html */
const OMIT = 0xff;
const PC_RELATIVE = 0x10;
const INDIRECT = 0x80;

/** Common information entry: what the entries of its functions share. */
export interface Cie {
  readonly codeAlign: number;
  readonly dataAlign: number;
  /** Register that the return address is in. */
  readonly returnRegister: number;
  /** Its functions are left by a signal: the address in the frame outwards is not one after a call. */
  readonly isSignal: boolean;
  readonly pointerEncoding: number;
  readonly hasAugmentationData: boolean;
  readonly program: Uint8Array;
}

/** Unwind information of a function. */
export interface Fde {
  readonly start: number;
  readonly end: number;
  readonly cie: Cie;
  readonly program: Uint8Array;
}

/**
 * Functions of an object by address with their unwind programs: section .eh_frame, of which every 64-bit program has one.
 * https://refspecs.linuxfoundation.org/LSB_5.0.0/LSB-Core-generic/LSB-Core-generic/ehframechpt.html
 */
export class UnwindTable {
  readonly #data: Uint8Array;
  readonly #address: number;
  readonly #cies = new Map<number, Cie | undefined>();
  /** Start and end of each function, and the places of its entry, sorted by start. */
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;
  readonly #places: Uint32Array;

  constructor(elf: Elf) {
    const section = elf.sections.get('.eh_frame');
    this.#data = section?.data ?? new Uint8Array();
    this.#address = section?.address ?? 0;
    const found: { readonly start: number; readonly end: number; readonly place: number }[] = [];
    const bytes = new Bytes(this.#data);
    while (!bytes.isAtEnd && found.length < MAX_ENTRIES) {
      const place = bytes.at;
      const entry = this.#entry(place);
      if (entry === undefined) break;
      bytes.at = entry.next;
      if (entry.cieAt === undefined) continue;
      const cie = this.#cie(entry.cieAt);
      if (cie === undefined) continue;
      const range = this.#range(new Bytes(this.#data, entry.at, entry.next), cie);
      if (range !== undefined) found.push({ ...range, place });
    }
    found.sort((a, b) => a.start - b.start);
    this.#starts = Float64Array.from(found, ({ start }) => start);
    this.#ends = Float64Array.from(found, ({ end }) => end);
    this.#places = Uint32Array.from(found, ({ place }) => place);
  }

  get size(): number {
    return this.#starts.length;
  }

  /** Unwind information of the function that an address is in. */
  at(address: number): Fde | undefined {
    let [low, high] = [0, this.#starts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= address) low = middle + 1;
      else high = middle;
    }
    const index = low - 1;
    const [start, end, place] = [this.#starts[index], this.#ends[index], this.#places[index]];
    if (start === undefined || end === undefined || place === undefined || address >= end) return undefined;
    const entry = this.#entry(place);
    const cie = entry?.cieAt === undefined ? undefined : this.#cie(entry.cieAt);
    if (entry === undefined || cie === undefined) return undefined;
    const bytes = new Bytes(this.#data, entry.at, entry.next);
    this.#range(bytes, cie);
    if (cie.hasAugmentationData) bytes.skip(bytes.uleb());
    return bytes.isOver ? undefined : { start, end, cie, program: bytes.bytes(bytes.end - bytes.at) };
  }

  /** Entry at a place: where its content begins, where the next one does, and its CIE, if it has one; undefined at the end. */
  #entry(
    place: number,
  ): { readonly at: number; readonly next: number; readonly cieAt: number | undefined } | undefined {
    const bytes = new Bytes(this.#data, place);
    const short = bytes.u32();
    const length = short === 0xff_ff_ff_ff ? bytes.s64() : short;
    const start = bytes.at;
    if (bytes.isOver || length < 4 || start + length > this.#data.length) return undefined;
    const pointer = bytes.u32();
    return { at: bytes.at, next: start + length, cieAt: pointer === 0 ? undefined : start - pointer };
  }

  #cie(place: number): Cie | undefined {
    if (this.#cies.has(place)) return this.#cies.get(place);
    const entry = place >= 0 ? this.#entry(place) : undefined;
    const cie = entry === undefined || entry.cieAt !== undefined ? undefined : this.#parsedCie(new Bytes(this.#data, entry.at, entry.next)); // prettier-ignore
    this.#cies.set(place, cie);
    return cie;
  }

  #parsedCie(bytes: Bytes): Cie | undefined {
    const version = bytes.u8();
    const augmentation = bytes.text(16);
    if (version !== 1 && version !== 3) return undefined;
    if (augmentation !== '' && !augmentation.startsWith('z')) return undefined;
    const [codeAlign, dataAlign] = [bytes.uleb(), bytes.sleb()];
    const returnRegister = version === 1 ? bytes.u8() : bytes.uleb();
    let pointerEncoding = 0;
    const hasAugmentationData = augmentation !== '';
    if (hasAugmentationData) {
      const length = bytes.uleb();
      const end = bytes.at + length;
      for (const letter of augmentation.slice(1))
        if (letter === 'R') pointerEncoding = bytes.u8();
        else if (letter === 'L') bytes.skip(1);
        else if (letter === 'P') this.#pointer(bytes, bytes.u8());
      bytes.at = end;
    }
    if (bytes.isOver || bytes.at > bytes.end) return undefined;
    return {
      codeAlign,
      dataAlign,
      returnRegister,
      isSignal: augmentation.includes('S'),
      pointerEncoding,
      hasAugmentationData,
      program: bytes.bytes(bytes.end - bytes.at),
    };
  }

  #range(bytes: Bytes, cie: Cie): { readonly start: number; readonly end: number } | undefined {
    const start = this.#pointer(bytes, cie.pointerEncoding);
    // The length has the format of a pointer and is relative to nothing.
    const length = this.#pointer(bytes, cie.pointerEncoding & 15);
    return start === undefined || length === undefined || bytes.isOver || start <= 0 || !(length > 0)
      ? undefined
      : { start, end: start + length };
  }

  #pointer(bytes: Bytes, encoding: number): number | undefined {
    if (encoding === OMIT) return undefined;
    const place = this.#address + bytes.at;
    const value = encodedNumber(bytes, encoding & 15);
    if (value === undefined || (encoding & INDIRECT) !== 0) return undefined;
    const base = encoding & 0x70;
    return base === PC_RELATIVE ? value + place : base === 0 ? value : undefined;
  }
}

function encodedNumber(bytes: Bytes, format: number): number | undefined {
  switch (format) {
    case 0:
    case 4:
    case 12:
      return bytes.s64();
    case 1:
      return bytes.uleb();
    case 2:
      return bytes.u16();
    case 3:
      return bytes.u32();
    case 9:
      return bytes.sleb();
    case 10:
      return bytes.s16();
    case 11:
      return bytes.s32();
    default:
      return undefined;
  }
}
