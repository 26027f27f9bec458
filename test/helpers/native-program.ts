import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { unzipSync } from 'node:zlib';
import { fields, json, textOf } from '../../src/lib/json.ts';
import { readBytes, readElf } from '../../src/symbols/elf.ts';
import { SymbolTable } from '../../src/symbols/symbol-table.ts';
import { UnwindTable } from '../../src/symbols/unwind-table.ts';

const SECTIONS = ['.eh_frame', '.dynsym', '.dynstr', '.symtab', '.strtab'];

/** Replies of the program on a host about test/stacks/fixtures/native-program.c, a static PIE of gcc 12 with glibc 2.36. */
export function nativeProgram() {
  const text = readFileSync(resolve(import.meta.dirname, '../stacks/fixtures/native-program.json'), 'utf8');
  const reply = fields(json(text));
  const tables = new Uint8Array(unzipSync(Buffer.from(textOf(reply['elf']) ?? '', 'base64')));
  return { read: JSON.stringify(reply['read']), native: JSON.stringify(reply['native']), tables };
}

/** Tables of an object, or the reason that there are none. */
export function tablesOf(file: Uint8Array) {
  const elf = readElf(readBytes(file), SECTIONS);
  return typeof elf === 'string' ? elf : { unwind: new UnwindTable(elf), symbols: new SymbolTable([elf]) };
}
