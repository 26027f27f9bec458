import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import xz from 'xz-decompress';
import { readBytes, readElf, type Elf, type ReadAt } from '../../symbols/elf.ts';
import { SymbolTable } from '../../symbols/symbol-table.ts';
import { UnwindTable } from '../../symbols/unwind-table.ts';

const TABLES = ['.eh_frame', '.dynsym', '.dynstr', '.symtab', '.strtab', '.gnu_debugdata', '.gnu_debuglink'];
const NAMES = ['.symtab', '.strtab'];
const MAX_MINI = 64 << 20;

/** What is known of an object: where its functions are, and how to unwind them. */
export interface ObjectSymbols {
  readonly unwind: UnwindTable;
  readonly symbols: SymbolTable;
  /** File with DWARF on this machine. */
  readonly debugFile: string | undefined;
  /** Bytes that it holds in memory, about. */
  readonly weight: number;
}

/** Symbols of an object by its tables, and by a file of debug symbols; undefined for damaged tables. */
export async function objectSymbols(
  tables: Uint8Array,
  debugFile: string | undefined,
): Promise<ObjectSymbols | undefined> {
  const elf = readElf(readBytes(tables), TABLES);
  if (typeof elf === 'string') return undefined;
  const debug = debugFile === undefined ? undefined : elfOfFile(debugFile, NAMES);
  const files = [elf, debug, await miniDebug(elf)].filter((one) => one !== undefined);
  const symbols = new SymbolTable(files);
  const unwind = new UnwindTable(elf);
  const texts = files.reduce((sum, { sections }) => sum + (sections.get('.strtab')?.data.length ?? 0), 0);
  return { unwind, symbols, debugFile, weight: tables.length + texts + symbols.size * 24 + unwind.size * 20 };
}

/** Sections of a file, which may be larger than memory. */
function elfOfFile(path: string, wanted: readonly string[]): Elf | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const { size: length } = fstatSync(file);
    const read: ReadAt = (offset, size) => {
      const data = new Uint8Array(Math.max(0, Math.min(size, length - offset)));
      return data.subarray(0, readSync(file, data, 0, data.length, offset));
    };
    const elf = readElf(read, wanted);
    return typeof elf === 'string' ? undefined : elf;
  } catch {
    return undefined;
  } finally {
    closeSync(file);
  }
}

/** MiniDebugInfo of Fedora and its relatives: https://sourceware.org/gdb/current/onlinedocs/gdb.html/MiniDebugInfo.html */
async function miniDebug({ sections }: Elf): Promise<Elf | undefined> {
  const packed = sections.get('.gnu_debugdata')?.data;
  if (packed === undefined) return undefined;
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of new xz.XzReadableStream(new Blob([Uint8Array.from(packed)]).stream())) {
      parts.push(Uint8Array.from(part));
      if ((size += part.length) > MAX_MINI) return undefined;
    }
  } catch {
    return undefined;
  }
  const elf = readElf(readBytes(Buffer.concat(parts)), NAMES);
  return typeof elf === 'string' ? undefined : elf;
}
