import { countOf, fields, items, json, textOf } from '../lib/json.ts';
import type { Machine } from '../symbols/elf.ts';

/** Executable mapping of an object: addresses from `start` to `end` are those of the file plus `bias`. */
export interface CodeMapping {
  readonly start: number;
  readonly end: number;
  readonly bias: number;
  readonly object: CodeObject;
}

/** Program, library or other code of a process; its texts are hostile. */
export interface CodeObject {
  readonly path: string;
  readonly buildId: string | undefined;
  /** Address of its ELF header; undefined for code that a program wrote. */
  readonly base: number | undefined;
}

/** Stack of a thread of which only words that are addresses of code or of that stack left the host. */
export interface NativeThread {
  readonly tid: number;
  readonly registers: { readonly sp: number; readonly pc: number } | undefined;
  /** Other registers that are addresses of code or of that stack, by DWARF number: a core has them. */
  readonly others: ReadonlyMap<number, number>;
  /** Bytes of the stack that were looked at, from the stack pointer outwards. */
  readonly size: number;
  /** Kept words by address. */
  readonly words: ReadonlyMap<number, number>;
  readonly cut: string | undefined;
  /** Address that it waits for in futex(2). */
  readonly futex: number | undefined;
  /** Threads of the process whose ids stand beside that address, by distance. */
  readonly held: ReadonlyMap<number, number>;
}

/** What the host sent of a process. */
export interface NativeSnapshot {
  readonly machine: Machine;
  readonly threads: readonly NativeThread[];
  /** Threads beyond the limit. */
  readonly left: number;
  /** CPU time that the reading took on the host, in microseconds. */
  readonly costUs: number;
  /** Sorted by start. */
  readonly code: readonly CodeMapping[];
  /** Addresses after a call, with its target if that is fixed. */
  readonly calls: ReadonlyMap<number, number | undefined>;
}

/** Limits of a reply, above those of the program on the host. */
const MAX_THREADS = 10_000;
const MAX_OBJECTS = 8192;
const MAX_PATH = 4096;

/** Count or address: fractions and what is beyond 53 bits are none. */
const wholeOf = (value: unknown): number | undefined => {
  const number = countOf(value);
  return Number.isSafeInteger(number) ? number : undefined;
};

const BUILD_ID = /^(?:[\da-f]{2}){4,64}$/;

/** Snapshot by the host's reply to a request `native`; undefined for any other text. */
export function nativeSnapshot(text: string): NativeSnapshot | undefined {
  const reply = fields(json(text));
  const machine = wholeOf(reply['machine']);
  if (machine !== 62 && machine !== 183) return undefined;
  const code = items(reply['objects'])
    .slice(0, MAX_OBJECTS)
    .flatMap((one) => mappingsOf(fields(one)));
  const calls = pairs(reply['calls']);
  return {
    machine: machine === 62 ? 'x86-64' : 'aarch64',
    threads: items(reply['threads']).slice(0, MAX_THREADS).flatMap((one) => threadOf(fields(one)) ?? []), // prettier-ignore
    left: wholeOf(reply['left']) ?? 0,
    costUs: wholeOf(reply['cost']) ?? 0,
    code: code.sort((a, b) => a.start - b.start),
    calls: new Map(calls.map(([address, target]) => [address, target === 0 ? undefined : target])),
  };
}

function mappingsOf(one: Readonly<Record<string, unknown>>): readonly CodeMapping[] {
  const id = textOf(one['id']);
  const object: CodeObject = {
    path: textOf(one['path'])?.slice(0, MAX_PATH) ?? '',
    buildId: id !== undefined && BUILD_ID.test(id) ? id : undefined,
    base: wholeOf(one['base']),
  };
  const numbers = items(one['maps']).map(wholeOf);
  return Array.from({ length: Math.floor(numbers.length / 3) }, (_, index) => numbers.slice(index * 3, index * 3 + 3)).flatMap(([start, end, bias]) =>
    start === undefined || end === undefined || bias === undefined ? [] : [{ start, end, bias, object }],
  ); // prettier-ignore
}

function threadOf(one: Readonly<Record<string, unknown>>): NativeThread | undefined {
  const tid = wholeOf(one['tid']);
  if (tid === undefined) return undefined;
  const [sp, pc] = [wholeOf(one['sp']), wholeOf(one['pc'])];
  const low = sp === undefined ? 0 : sp - (sp % 8);
  return {
    tid,
    registers: sp === undefined || pc === undefined ? undefined : { sp, pc },
    others: new Map(pairs(one['registers'])),
    size: wholeOf(one['size']) ?? 0,
    words: new Map(pairs(one['words']).map(([index, word]) => [low + index * 8, word])),
    cut: textOf(one['cut']),
    futex: wholeOf(one['futex']),
    held: new Map(Object.entries(fields(one['held'])).flatMap(([at, owner]) => {
      const [distance, thread] = [Number(at), wholeOf(owner)];
      return Number.isInteger(distance) && thread !== undefined ? [[distance, thread] as const] : [];
    })), // prettier-ignore
  };
}

/** Pairs of a flat list of numbers. */
function pairs(value: unknown): readonly (readonly [number, number])[] {
  const numbers = items(value);
  const found: (readonly [number, number])[] = [];
  for (let index = 0; index + 1 < numbers.length; index += 2) {
    const [first, second] = [wholeOf(numbers[index]), wholeOf(numbers[index + 1])];
    if (first !== undefined && second !== undefined) found.push([first, second]);
  }
  return found;
}
