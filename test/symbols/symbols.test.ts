import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bytes } from '../../src/symbols/bytes.ts';
import { readBytes, readElf } from '../../src/symbols/elf.ts';
import { evaluate } from '../../src/symbols/expression.ts';
import { unwindRow } from '../../src/symbols/unwind-row.ts';
import { nativeProgram, tablesOf } from '../helpers/native-program.ts';

const { tables } = nativeProgram();
const found = tablesOf(tables);
if (typeof found === 'string') throw new Error(found);
const { unwind, symbols } = found;
const NONE = { register: () => undefined, memory: () => undefined };

describe('Bytes', () => {
  it('reads LEB128 as DWARF 5, 7.6 has it', () => {
    const bytes = new Bytes(Uint8Array.of(0xe5, 0x8e, 0x26, 0x80, 0x7f, 0x7e));
    expect([bytes.uleb(), bytes.sleb(), bytes.sleb()]).toEqual([624485, -128, -2]);
  });

  it('gives 0 and is over when a read passes the end', () => {
    const bytes = new Bytes(Uint8Array.of(1, 2, 3));
    expect([bytes.u32(), bytes.isOver, bytes.at]).toEqual([0, true, 0]);
  });
});

describe('readElf', () => {
  it('states why a file is not read', () => {
    const elf32 = Uint8Array.from(tables.subarray(0, 64));
    elf32[4] = 1;
    expect(readElf(readBytes(elf32), [])).toBe('a 32-bit object');
    expect(readElf(readBytes(Uint8Array.of(1)), [])).toBe('not an ELF file');
    expect(readElf(readBytes(tables.subarray(0, 40)), [])).toBe('no section headers');
  });
});

describe('SymbolTable', () => {
  it('prefers the plainest of the names of a function', () => {
    const start = unwind.at(symbolAt('pause'))?.start ?? 0;
    expect(symbols.namesAt(start)).toEqual(expect.arrayContaining(['pause', '__libc_pause']));
    expect(symbols.at(start)).toEqual({ name: 'pause', start });
  });

  it('has no name beyond the end of a function', () => {
    expect(symbols.at(1)).toBeUndefined();
    expect(symbols.at(2 ** 40)).toBeUndefined();
  });
});

function symbolAt(name: string): number {
  for (let address = 0x1000; address < 0x90000; address += 16) if (symbols.at(address)?.name === name) return address;
  throw new Error(`no ${name}`);
}

describe('unwindRow', () => {
  it('has the frame of a function at its beginning and after its prologue', () => {
    const fde = unwind.at(symbolAt('variable_frame'));
    if (fde === undefined) throw new Error('no entry');
    expect(unwindRow(fde, fde.start)?.cfa).toEqual({ kind: 'register', register: 7, offset: 8 });
    // Its frame has a variable size: by the frame pointer.
    expect(unwindRow(fde, fde.start + 20)?.cfa).toEqual({ kind: 'register', register: 6, offset: 16 });
  });

  it('ends for any program', () => {
    const fde = unwind.at(symbolAt('variable_frame'));
    if (fde === undefined) throw new Error('no entry');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (program) => {
        const row = unwindRow({ ...fde, program }, fde.end - 1);
        expect(row === undefined || row.rules.size <= 128).toBe(true);
      }),
      { seed: 20, numRuns: 500 },
    );
  });
});

describe('evaluate', () => {
  // DW_CFA_def_cfa_expression that binutils writes for the PLT of x86-64: rsp + 8 + ((rip & 15) >= 11) * 8.
  const PLT = Uint8Array.of(0x77, 8, 0x80, 0, 0x3f, 0x1a, 0x3b, 0x2a, 0x33, 0x24, 0x22);

  it('computes the frame of a PLT entry before and after its push', () => {
    const at = (rip: number) => evaluate(PLT, { register: (number) => (number === 7 ? 1000 : number === 16 ? rip : undefined), memory: () => undefined }); // prettier-ignore
    expect([at(0x7f0000001006), at(0x7f000000100b)]).toEqual([1008, 1016]);
  });

  it('has no value when a register or a word is not known', () => {
    expect(evaluate(PLT, NONE)).toBeUndefined();
    expect(evaluate(Uint8Array.of(0x30, 0x06), NONE)).toBeUndefined();
  });

  it('ends for any code', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (code) => {
        const value = evaluate(code, { register: () => 4096, memory: (at) => at }, 8);
        expect(value === undefined || typeof value === 'number').toBe(true);
      }),
      { seed: 20, numRuns: 500 },
    );
  });
});
