import { Bytes } from './bytes.ts';

const MAX_STEPS = 1000;
const MAX_DEPTH = 64;

/** What an expression may read: registers by number, and memory; undefined for what is not known. */
export interface ExpressionInput {
  readonly register: (number: number) => number | undefined;
  readonly memory: (address: number) => number | undefined;
}

/**
 * Value of a DWARF expression, as entries of the PLT and frames of signals have them: DWARF 5, 2.5. Undefined where it needs
 * what is not known, and for damaged ones. Numbers are those of addresses: bits beyond 53 are lost.
 */
export function evaluate(code: Uint8Array, input: ExpressionInput, initial?: number): number | undefined {
  const bytes = new Bytes(code);
  const stack: number[] = initial === undefined ? [] : [initial];
  for (let step = 0; !bytes.isAtEnd; step++) {
    if (step > MAX_STEPS || stack.length > MAX_DEPTH) return undefined;
    const value = operation(bytes.u8(), bytes, stack, input);
    if (value === undefined) return undefined;
    if (value !== 'none') stack.push(value);
  }
  return bytes.isOver ? undefined : stack.at(-1);
}

/** Carries out one operation: the value to push, `none`, or undefined where it cannot be. */
function operation(code: number, bytes: Bytes, stack: number[], input: ExpressionInput): number | 'none' | undefined {
  if (code >= 0x30 && code <= 0x4f) return code - 0x30; // lit0…lit31
  if (code >= 0x70 && code <= 0x8f) return plus(input.register(code - 0x70), bytes.sleb()); // breg0…breg31
  switch (code) {
    case 0x03:
    case 0x0e:
    case 0x0f:
      return bytes.s64();
    case 0x06: {
      const address = stack.pop();
      return address === undefined ? undefined : input.memory(address);
    }
    case 0x08:
      return bytes.u8();
    case 0x09:
      return (bytes.u8() << 24) >> 24;
    case 0x0a:
      return bytes.u16();
    case 0x0b:
      return bytes.s16();
    case 0x0c:
      return bytes.u32();
    case 0x0d:
      return bytes.s32();
    case 0x10:
      return bytes.uleb();
    case 0x11:
      return bytes.sleb();
    case 0x12:
      return stack.at(-1);
    case 0x13:
      return stack.pop() === undefined ? undefined : 'none';
    case 0x14:
      return stack.at(-2);
    case 0x15:
      return stack.at(-1 - bytes.u8());
    case 0x16: {
      const [top, second] = [stack.pop(), stack.pop()];
      if (top === undefined || second === undefined) return undefined;
      stack.push(top);
      return second;
    }
    case 0x23:
      return plus(stack.pop(), bytes.uleb());
    case 0x28:
    case 0x2f: {
      // bra, skip
      const offset = bytes.s16();
      const isTaken = code === 0x2f || stack.pop() !== 0;
      if (isTaken) bytes.at += offset;
      return 'none';
    }
    case 0x92: {
      const register = bytes.uleb();
      return plus(input.register(register), bytes.sleb());
    }
    case 0x96:
      return 'none';
    default:
      return arithmetic(code, stack);
  }
}

const plus = (value: number | undefined, offset: number): number | undefined =>
  value === undefined ? undefined : value + offset;

/** Operations on bits go by BigInt: addresses have more than 32. */
const OPERATIONS: Readonly<Record<number, (a: bigint, b: bigint) => bigint | undefined>> = {
  0x1a: (a, b) => a & b,
  0x1c: (a, b) => a - b,
  0x1e: (a, b) => a * b,
  0x21: (a, b) => a | b,
  0x22: (a, b) => a + b,
  0x24: (a, b) => (b < 64n ? a << b : 0n),
  0x25: (a, b) => (b < 64n ? BigInt.asUintN(64, a) >> b : 0n),
  0x26: (a, b) => (b < 64n ? a >> b : 0n),
  0x27: (a, b) => a ^ b,
  0x29: (a, b) => (a === b ? 1n : 0n),
  0x2a: (a, b) => (a >= b ? 1n : 0n),
  0x2b: (a, b) => (a > b ? 1n : 0n),
  0x2c: (a, b) => (a <= b ? 1n : 0n),
  0x2d: (a, b) => (a < b ? 1n : 0n),
  0x2e: (a, b) => (a === b ? 0n : 1n),
};

function arithmetic(code: number, stack: number[]): number | undefined {
  const operate = OPERATIONS[code];
  const [b, a] = [stack.pop(), stack.pop()];
  if (operate === undefined || a === undefined || b === undefined) return undefined;
  if (!Number.isSafeInteger(a) || !Number.isSafeInteger(b) || (code >= 0x24 && code <= 0x26 && b < 0)) return undefined;
  const value = operate(BigInt(a), BigInt(b));
  return value === undefined ? undefined : Number(BigInt.asIntN(64, value));
}
