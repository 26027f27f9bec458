import { Bytes } from './bytes.ts';

const PT_LOAD = 1;
const PAGE = 4096;

/** What to add to addresses of an ELF file where its head was mapped at `base`; undefined for any other file. elf(5) */
export function biasOf(file: Uint8Array, base: number): number | undefined {
  const head = new Bytes(file);
  if (head.u32() !== 0x46_4c_45_7f || head.u8() !== 2 || head.u8() !== 1) return undefined;
  head.at = 32;
  const at = head.s64();
  head.at = 54;
  const [size, count] = [head.u16(), head.u16()];
  if (head.isOver || size !== 56 || at < 0) return undefined;
  for (let index = 0; index < count; index++) {
    const one = new Bytes(file, at + index * size);
    const kind = one.u32();
    one.skip(12);
    const address = one.s64();
    if (one.isOver) return undefined;
    // The first one begins with the head, whose offset in a file of debug symbols means nothing.
    if (kind === PT_LOAD) return base - (address - (address % PAGE));
  }
  return undefined;
}
