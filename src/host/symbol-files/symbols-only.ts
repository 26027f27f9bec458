import { closeSync, openSync, readSync, statSync } from 'node:fs';

const SHT_NOBITS = 8;
const SECTION = 64;
const KEPT = new Set(['.symtab', '.strtab', '.shstrtab']);
const MAX_SECTIONS = 65_535;

/** Bytes of a file; undefined where there is none. */
export function sizeOfFile(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}

/**
 * An ELF file of debug symbols without its DWARF: names of functions and variables alone, of a file that is too large to be sent. Sections keep
 * their numbers, which symbols refer to. Undefined where it has no names, or more than `maxBytes` of them. elf(5)
 */
export function symbolsOnly(path: string, maxBytes: number): Uint8Array | undefined {
  const file = openSync(path, 'r');
  try {
    const read = (offset: number, size: number): Buffer => {
      const data = Buffer.alloc(size);
      return data.subarray(0, readSync(file, data, 0, size, offset));
    };
    const head = read(0, 64);
    if (head.length < 64 || head.readUInt32LE(0) !== 0x46_4c_45_7f || head[4] !== 2 || head[5] !== 1) return undefined;
    const [segmentsAt, sectionsAt] = [Number(head.readBigUInt64LE(32)), Number(head.readBigUInt64LE(40))];
    const [segments, sections, namesIndex] = [head.readUInt16LE(56), head.readUInt16LE(60), head.readUInt16LE(62)];
    if (sections === 0 || sections > MAX_SECTIONS || namesIndex >= sections) return undefined;
    const table = read(sectionsAt, sections * SECTION);
    if (table.length < sections * SECTION) return undefined;
    const place = (index: number) => {
      const at = index * SECTION;
      return { at, offset: Number(table.readBigUInt64LE(at + 24)), size: Number(table.readBigUInt64LE(at + 32)) };
    };
    const named = place(namesIndex);
    if (named.size > maxBytes) return undefined;
    const names = read(named.offset, named.size);
    const nameOf = (at: number): string => {
      const start = table.readUInt32LE(at);
      return names.toString('latin1', start, Math.max(start, names.indexOf(0, start)));
    };
    const program = read(segmentsAt, segments * 56);
    const parts: Buffer[] = [head, program];
    let at = head.length + program.length;
    let hasSymbols = false;
    for (let index = 1; index < sections; index++) {
      const one = place(index);
      if (!KEPT.has(nameOf(one.at)) || table.readUInt32LE(one.at + 4) === SHT_NOBITS) {
        table.writeUInt32LE(SHT_NOBITS, one.at + 4);
        continue;
      }
      hasSymbols ||= nameOf(one.at) === '.symtab';
      if (one.size > maxBytes - at) return undefined;
      parts.push(read(one.offset, one.size));
      table.writeBigUInt64LE(BigInt(at), one.at + 24);
      at += one.size;
    }
    head.writeBigUInt64LE(64n, 32);
    head.writeBigUInt64LE(BigInt(at), 40);
    return hasSymbols ? Buffer.concat([...parts, table]) : undefined;
  } finally {
    closeSync(file);
  }
}
