import { evaluate } from '../symbols/expression.ts';
import type { Machine } from '../symbols/elf.ts';
import { unwindRow, type Rule, type UnwindRow } from '../symbols/unwind-row.ts';
import type { Fde, UnwindTable } from '../symbols/unwind-table.ts';
import type { CodeMapping, CodeObject, NativeSnapshot, NativeThread } from './native-snapshot.ts';

const MAX_FRAMES = 256;
/** Steps of one thread, and of all threads of a process, also those of tries that came to nothing: memory is hostile. */
const MAX_STEPS = 8000;
const MAX_STEPS_IN_ALL = 400_000;
const MAX_TRIES = 64;

/** Numbers of registers: System V ABI AMD64 3.6.2, DWARF for the Arm 64-bit Architecture 4.1. */
const MACHINES: Readonly<Record<Machine, { readonly sp: number; readonly frame: number; readonly pc: number }>> = {
  'x86-64': { sp: 7, frame: 6, pc: 16 },
  aarch64: { sp: 31, frame: 29, pc: 32 },
};

/** Register that a call of arm64 leaves the return address in. */
const LINK = 30;

type Registers = ReadonlyMap<number, number>;

/** Address in the code of a process, of a call that has not returned. */
export interface NativeFrame {
  readonly pc: number;
  readonly isGuessed: boolean;
  readonly mapping: CodeMapping | undefined;
  /** Address in the object's file of the call: before the one to return to. */
  readonly address: number;
  readonly fde: Fde | undefined;
}

export interface NativeWalk {
  readonly frames: readonly NativeFrame[];
  /** Why it ends before the outermost call; undefined for a whole stack. */
  readonly cut: string | undefined;
}

/** Unwind table of an object; undefined where there is none to be had. */
export type TableOf = (object: CodeObject) => UnwindTable | undefined;

/** Frames of each thread, innermost first. */
export function walkThreads(snapshot: NativeSnapshot, tableOf: TableOf): ReadonlyMap<number, NativeWalk> {
  const rows = new Map<number, UnwindRow | undefined>();
  const walks = new Map<number, NativeWalk>();
  let steps = MAX_STEPS_IN_ALL;
  for (const thread of snapshot.threads) {
    const { registers, tid } = thread;
    if (registers === undefined) walks.set(tid, { frames: [], cut: thread.cut ?? 'registers not readable' });
    else {
      const walker = new Walker(snapshot, thread, tableOf, rows, Math.min(steps, MAX_STEPS));
      walks.set(tid, walker.walk(registers.pc, registers.sp));
      steps -= walker.steps;
    }
  }
  return walks;
}

/** Where a frame leads: to its caller, to the end of the stack, or no further for a reason. */
type Step =
  | { readonly to: 'caller'; readonly pc: number; readonly registers: Registers; readonly isGuessed: boolean; readonly isExact: boolean }
  | { readonly to: 'end' }
  | { readonly to: 'nowhere'; readonly why: string }; // prettier-ignore

class Walker {
  readonly #snapshot: NativeSnapshot;
  readonly #thread: NativeThread;
  readonly #tableOf: TableOf;
  readonly #sp: number;
  readonly #frame: number;
  readonly #pc: number;
  readonly #top: number;
  /** Words that stand after a call in the code, with their addresses, outwards. */
  readonly #returns: readonly (readonly [number, number])[];
  /** Rows by the address of code, for all threads. */
  readonly #rows: Map<number, UnwindRow | undefined>;
  readonly #maxSteps: number;
  steps = 0;

  constructor(
    snapshot: NativeSnapshot,
    thread: NativeThread,
    tableOf: TableOf,
    rows: Map<number, UnwindRow | undefined>,
    maxSteps: number,
  ) {
    this.#snapshot = snapshot;
    this.#thread = thread;
    this.#tableOf = tableOf;
    this.#rows = rows;
    this.#maxSteps = maxSteps;
    this.#returns = [...thread.words].filter(([, word]) => snapshot.calls.has(word));
    ({ sp: this.#sp, frame: this.#frame, pc: this.#pc } = MACHINES[snapshot.machine]);
    this.#top = (thread.registers?.sp ?? 0) + thread.size;
  }

  walk(pc: number, sp: number): NativeWalk {
    const frames: NativeFrame[] = [];
    const registers = new Map(this.#thread.others).set(this.#sp, sp);
    return { frames, cut: this.#walkFrom(this.#frameAt(pc, true, false), registers, frames, 0) };
  }

  /** Adds frames from one outwards, below which there are `depth` others; why it ended before the outermost. */
  #walkFrom(first: NativeFrame, start: Registers, frames: NativeFrame[], depth: number): string | undefined {
    let [frame, registers] = [first, start];
    for (;;) {
      frames.push(frame);
      if (depth + frames.length >= MAX_FRAMES) return `more than ${MAX_FRAMES} frames`;
      if (++this.steps > this.#maxSteps) return 'too many ways to unwind it';
      const step = this.#step(frame, registers, depth + frames.length);
      if (step.to !== 'caller') return step.to === 'end' ? undefined : step.why;
      frame = this.#frameAt(step.pc, step.isExact, step.isGuessed);
      registers = step.registers;
    }
  }

  /** Frame of an address; `isExact`: it is where the code is, not where a call returns to: innermost, or interrupted by a signal. */
  #frameAt(pc: number, isExact: boolean, isGuessed: boolean): NativeFrame {
    const mapping = this.#mappingAt(pc);
    const address = pc - (mapping?.bias ?? 0);
    const fde = mapping && this.#tableOf(mapping.object)?.at(isExact ? address : address - 1);
    // The trampoline of a signal is returned to at its beginning.
    return { pc, isGuessed, mapping, fde, address: isExact || fde?.cie.isSignal === true ? address : address - 1 };
  }

  #mappingAt(address: number): CodeMapping | undefined {
    const { code } = this.#snapshot;
    let [low, high] = [0, code.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((code[middle]?.start ?? 0) <= address) low = middle + 1;
      else high = middle;
    }
    const mapping = code[low - 1];
    return mapping !== undefined && address < mapping.end ? mapping : undefined;
  }

  #step(frame: NativeFrame, registers: Registers, depth: number): Step {
    const { mapping, fde } = frame;
    if (mapping === undefined) return this.#afterBadCall(registers, depth);
    const row = fde === undefined ? undefined : this.#rowAt(fde, frame.address, mapping.bias);
    if (fde === undefined || row === undefined) return this.#withoutRow(registers, depth);
    const known = new Map(registers).set(this.#pc, frame.pc);
    const returnRule = row.rules.get(fde.cie.returnRegister);
    if (returnRule?.kind === 'undefined') return { to: 'end' };
    const cfa = this.#cfa(row, known);
    if (cfa === undefined || returnRule === undefined)
      return this.#search(registers, row, fde.start + mapping.bias, fde.cie.returnRegister, cfa, depth);
    const pc = this.#value(returnRule, cfa, known);
    const caller = this.#callerOf(row, cfa, known, fde.cie.returnRegister);
    if (pc === undefined) return { to: 'nowhere', why: cfa >= this.#top ? `its stack is larger than the ${Math.round(this.#thread.size / 1024)} KiB read` : 'no return address on the stack' }; // prettier-ignore
    return { to: 'caller', pc, registers: caller, isGuessed: false, isExact: fde.cie.isSignal };
  }

  /** Caller of a call to an address without code, as of a null pointer to a function: the call alone was carried out. */
  #afterBadCall(registers: Registers, depth: number): Step {
    const sp = registers.get(this.#sp);
    const isArm = this.#snapshot.machine === 'aarch64';
    const pc = depth !== 1 || sp === undefined ? undefined : isArm ? registers.get(LINK) : this.#thread.words.get(sp);
    if (pc === undefined || sp === undefined || this.#mappingAt(pc) === undefined)
      return { to: 'nowhere', why: 'the next address is not in code' };
    const caller = new Map(registers).set(this.#sp, isArm ? sp : sp + 8);
    return { to: 'caller', pc, registers: caller, isGuessed: false, isExact: false };
  }

  #rowAt(fde: Fde, address: number, bias: number): UnwindRow | undefined {
    const key = address + bias;
    if (!this.#rows.has(key)) this.#rows.set(key, unwindRow(fde, address));
    return this.#rows.get(key);
  }

  #cfa({ cfa }: UnwindRow, registers: Registers): number | undefined {
    if (cfa.kind === 'expression') return this.#evaluated(cfa.code, registers);
    const base = registers.get(cfa.register);
    return base === undefined ? undefined : base + cfa.offset;
  }

  #evaluated(code: Uint8Array, registers: Registers, initial?: number): number | undefined {
    const input = {
      register: (number: number) => registers.get(number),
      memory: (at: number) => this.#thread.words.get(at),
    };
    return evaluate(code, input, initial);
  }

  #value(rule: Rule, cfa: number, registers: Registers): number | undefined {
    switch (rule.kind) {
      case 'at':
        return this.#thread.words.get(cfa + rule.offset);
      case 'value':
        return cfa + rule.offset;
      case 'register':
        return registers.get(rule.register);
      case 'value-expression':
        return this.#evaluated(rule.code, registers, cfa);
      case 'at-expression': {
        const at = this.#evaluated(rule.code, registers, cfa);
        return at === undefined ? undefined : this.#thread.words.get(at);
      }
      case 'undefined':
      case 'same':
        return undefined;
    }
  }

  /** Registers of the caller: those that a rule finds, and others that a call leaves alone. */
  #callerOf({ rules }: UnwindRow, cfa: number, registers: Registers, returnRegister: number): Registers {
    const caller = new Map(registers);
    for (const [register, rule] of rules) {
      if (rule.kind === 'same') continue;
      const value = this.#value(rule, cfa, registers);
      if (value === undefined) caller.delete(register);
      else caller.set(register, value);
    }
    if (!rules.has(this.#sp)) caller.set(this.#sp, cfa);
    caller.delete(this.#pc);
    if (returnRegister !== this.#pc) caller.delete(returnRegister);
    return caller;
  }

  /** Code without unwind information: by its frame pointer if that is known, else by a word that looks like a return address. */
  #withoutRow(registers: Registers, depth: number): Step {
    const [sp, frame] = [registers.get(this.#sp), registers.get(this.#frame)];
    if (sp !== undefined && frame !== undefined && frame >= sp && frame < this.#top) {
      const pc = this.#thread.words.get(frame + 8);
      const outer = this.#thread.words.get(frame);
      if (pc !== undefined && this.#snapshot.calls.has(pc))
        return { to: 'caller', pc, registers: new Map([[this.#sp, frame + 16], ...(outer === undefined ? [] : [[this.#frame, outer] as const])]), isGuessed: false, isExact: false }; // prettier-ignore
    }
    return this.#search(registers, undefined, undefined, this.#pc, undefined, depth);
  }

  /**
   * Caller of a frame whose size depends on a register that is not known: the word after whose call the function begins, else the
   * first after a call from which the rest of the stack unwinds to its end.
   */
  #search(
    registers: Registers,
    row: UnwindRow | undefined,
    start: number | undefined,
    returnRegister: number,
    cfa: number | undefined,
    depth: number,
  ): Step {
    const { calls } = this.#snapshot;
    const low = cfa ?? registers.get(this.#sp) ?? 0;
    const from = this.#returns.findIndex(([at]) => at >= low);
    const candidates = from < 0 ? [] : this.#returns.slice(from, from + MAX_TRIES);
    const callerAt = (at: number): Registers => {
      if (row === undefined) return new Map([[this.#sp, at + 8]]);
      const rule = row.rules.get(returnRegister);
      const frame = cfa ?? (rule?.kind === 'at' ? at - rule.offset : at + 8);
      return this.#callerOf(row, frame, registers, returnRegister);
    };
    const exact = start === undefined ? undefined : candidates.find(([, word]) => calls.get(word) === start);
    if (exact !== undefined)
      return { to: 'caller', pc: exact[1], registers: callerAt(exact[0]), isGuessed: false, isExact: false };
    for (const [at, word] of candidates) {
      const caller = callerAt(at);
      const cut = this.#walkFrom(this.#frameAt(word, false, true), caller, [], depth);
      if (cut === undefined) return { to: 'caller', pc: word, registers: caller, isGuessed: true, isExact: false };
      if (this.steps > this.#maxSteps) break;
    }
    const [first] = candidates;
    return first === undefined
      ? { to: 'nowhere', why: 'no return address on the stack' }
      : { to: 'caller', pc: first[1], registers: callerAt(first[0]), isGuessed: true, isExact: false };
  }
}
