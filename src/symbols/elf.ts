import { Bytes } from './bytes.ts';

const MAX_SECTIONS = 65_536;
const MAX_NAMES = 4 << 20;
const MAX_SECTION = 256 << 20;
const SHT_NOBITS = 8;
const SHF_COMPRESSED = 0x800;
const MACHINES: Readonly<Record<number, Machine>> = { 62: 'x86-64', 183: 'aarch64' };

export type Machine = 'x86-64' | 'aarch64';

export interface ElfSection {
  readonly address: number;
  readonly data: Uint8Array;
}

/** Sections of a 64-bit little-endian object. elf(5). */
export interface Elf {
  readonly machine: Machine;
  readonly sections: ReadonlyMap<string, ElfSection>;
}

/** Bytes of a file from an offset; fewer at its end. */
export type ReadAt = (offset: number, size: number) => Uint8Array;

/** Sections of an ELF file by their names, or the reason that it is not read. */
export function readElf(read: ReadAt, wanted: readonly string[]): Elf | string {
  const head = new Bytes(read(0, 64));
  if (head.u32() !== 0x46_4c_45_7f) return 'not an ELF file';
  if (head.u8() !== 2) return 'a 32-bit object';
  if (head.u8() !== 1) return 'a big-endian object';
  head.at = 18;
  const machine = MACHINES[head.u16()];
  if (machine === undefined) return 'machine other than x86-64 and arm64';
  head.at = 40;
  const at = head.s64();
  head.at = 58;
  const [size, count, namesIndex] = [head.u16(), Math.min(head.u16(), MAX_SECTIONS), head.u16()];
  if (head.isOver || size !== 64 || at < 0) return 'no section headers';
  const table = read(at, size * count);
  const headerOf = (index: number) => headerAt(new Bytes(table, index * size));
  const namesHeader = headerOf(namesIndex);
  const names =
    namesHeader === undefined ? undefined : read(namesHeader.offset, Math.min(namesHeader.length, MAX_NAMES));
  const sections = new Map<string, ElfSection>();
  if (names === undefined) return { machine, sections };
  for (let index = 0; index < count; index++) {
    const header = headerOf(index);
    if (header === undefined) break;
    const name = new Bytes(names, header.nameAt).text(64);
    if (!wanted.includes(name) || sections.has(name) || !header.isHere || header.length > MAX_SECTION) continue;
    sections.set(name, { address: header.address, data: read(header.offset, header.length) });
  }
  return { machine, sections };
}

function headerAt(header: Bytes) {
  const [nameAt, kind, flags] = [header.u32(), header.u32(), header.s64()];
  const [address, offset, length] = [header.s64(), header.s64(), header.s64()];
  if (header.isOver || offset < 0 || length < 0) return undefined;
  return { nameAt, address, offset, length, isHere: kind !== SHT_NOBITS && (flags & SHF_COMPRESSED) === 0 };
}

/** Reads of a file in memory. */
export const readBytes =
  (file: Uint8Array): ReadAt =>
  (offset, size) =>
    file.subarray(offset, offset + size);
