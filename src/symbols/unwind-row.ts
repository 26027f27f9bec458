import { Bytes } from './bytes.ts';
import type { Fde } from './unwind-table.ts';

const MAX_STEPS = 10_000;
const MAX_DEPTH = 64;
const REGISTERS = 128;

/** Where a register of the caller is. */
export type Rule =
  | { readonly kind: 'undefined' }
  | { readonly kind: 'same' }
  | { readonly kind: 'at'; readonly offset: number }
  | { readonly kind: 'value'; readonly offset: number }
  | { readonly kind: 'register'; readonly register: number }
  | { readonly kind: 'at-expression' | 'value-expression'; readonly code: Uint8Array }; // prettier-ignore

/** Canonical frame address: stack pointer of the caller before its call. */
export type CfaRule =
  | { readonly kind: 'register'; readonly register: number; readonly offset: number }
  | { readonly kind: 'expression'; readonly code: Uint8Array }; // prettier-ignore

/** What holds at one address of a function. */
export interface UnwindRow {
  readonly cfa: CfaRule;
  readonly rules: ReadonlyMap<number, Rule>;
}

interface Building {
  cfa: CfaRule | undefined;
  rules: Map<number, Rule>;
}

/** Row of a function at an address, by its call frame instructions: DWARF 5, 6.4.2. Undefined for damaged ones. */
export function unwindRow(fde: Fde, address: number): UnwindRow | undefined {
  const row: Building = { cfa: undefined, rules: new Map() };
  if (!run(fde, fde.cie.program, row, undefined, Infinity)) return undefined;
  const initial = new Map(row.rules);
  if (!run(fde, fde.program, row, initial, address)) return undefined;
  return row.cfa === undefined ? undefined : { cfa: row.cfa, rules: row.rules };
}

/** Runs a program up to an address; false for a damaged one. */
function run(
  fde: Fde,
  program: Uint8Array,
  row: Building,
  initial: ReadonlyMap<number, Rule> | undefined,
  until: number,
): boolean {
  const { codeAlign, dataAlign } = fde.cie;
  const bytes = new Bytes(program);
  const kept: Building[] = [];
  let location = fde.start;
  const set = (register: number, rule: Rule): void => {
    if (register < REGISTERS) row.rules.set(register, rule);
  };
  const restore = (register: number): void => {
    const rule = initial?.get(register);
    if (rule === undefined) row.rules.delete(register);
    else row.rules.set(register, rule);
  };
  const cfaOffset = (offset: number): void => {
    if (row.cfa?.kind === 'register') row.cfa = { ...row.cfa, offset };
  };
  const cfaRegister = (register: number): void => {
    row.cfa = { kind: 'register', register, offset: row.cfa?.kind === 'register' ? row.cfa.offset : 0 };
  };
  for (let step = 0; !bytes.isAtEnd; step++) {
    if (step > MAX_STEPS) return false;
    const code = bytes.u8();
    const low = code & 63;
    switch (code >> 6) {
      case 1: // advance_loc
        location += low * codeAlign;
        if (location > until) return true;
        continue;
      case 2: // offset
        set(low, { kind: 'at', offset: bytes.uleb() * dataAlign });
        continue;
      case 3: // restore
        restore(low);
        continue;
      default:
    }
    switch (low) {
      case 0x00: // nop
      case 0x2d: // AARCH64_negate_ra_state: signed return addresses are kept without their signature
        break;
      case 0x02:
        location += bytes.u8() * codeAlign;
        break;
      case 0x03:
        location += bytes.u16() * codeAlign;
        break;
      case 0x04:
        location += bytes.u32() * codeAlign;
        break;
      case 0x05: // offset_extended
        set(bytes.uleb(), { kind: 'at', offset: bytes.uleb() * dataAlign });
        break;
      case 0x06:
        restore(bytes.uleb());
        break;
      case 0x07:
        set(bytes.uleb(), { kind: 'undefined' });
        break;
      case 0x08:
        set(bytes.uleb(), { kind: 'same' });
        break;
      case 0x09:
        set(bytes.uleb(), { kind: 'register', register: bytes.uleb() });
        break;
      case 0x0a: // remember_state
        if (kept.length >= MAX_DEPTH) return false;
        kept.push({ cfa: row.cfa, rules: new Map(row.rules) });
        break;
      case 0x0b: {
        const earlier = kept.pop();
        if (earlier === undefined) return false;
        row.cfa = earlier.cfa;
        row.rules = earlier.rules;
        break;
      }
      case 0x0c: // def_cfa
        row.cfa = { kind: 'register', register: bytes.uleb(), offset: bytes.uleb() };
        break;
      case 0x0d:
        cfaRegister(bytes.uleb());
        break;
      case 0x0e:
        cfaOffset(bytes.uleb());
        break;
      case 0x0f:
        row.cfa = { kind: 'expression', code: bytes.bytes(bytes.uleb()) };
        break;
      case 0x10:
        set(bytes.uleb(), { kind: 'at-expression', code: bytes.bytes(bytes.uleb()) });
        break;
      case 0x11:
        set(bytes.uleb(), { kind: 'at', offset: bytes.sleb() * dataAlign });
        break;
      case 0x12: // def_cfa_sf
        row.cfa = { kind: 'register', register: bytes.uleb(), offset: bytes.sleb() * dataAlign };
        break;
      case 0x13:
        cfaOffset(bytes.sleb() * dataAlign);
        break;
      case 0x14:
        set(bytes.uleb(), { kind: 'value', offset: bytes.uleb() * dataAlign });
        break;
      case 0x15:
        set(bytes.uleb(), { kind: 'value', offset: bytes.sleb() * dataAlign });
        break;
      case 0x16:
        set(bytes.uleb(), { kind: 'value-expression', code: bytes.bytes(bytes.uleb()) });
        break;
      case 0x2e: // GNU_args_size
        bytes.uleb();
        break;
      case 0x2f: // GNU_negative_offset_extended
        set(bytes.uleb(), { kind: 'at', offset: -bytes.uleb() * dataAlign });
        break;
      default: // set_loc, which no compiler of these machines writes, and unknown ones
        return false;
    }
    if (location > until) return true;
  }
  return !bytes.isOver;
}
