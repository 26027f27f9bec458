/**
 * Values of the D-Bus wire format in little-endian order (D-Bus Specification, Marshaling). A length beyond the end of the message is an
 * error, never a long allocation.
 */
export type DbusValue = string | number | boolean | readonly DbusValue[];

/** Longest array that the specification allows, 64 MiB; replies are far smaller. */
const MAX_ARRAY_BYTES = 64 * 1024 * 1024;
const MAX_DEPTH = 32;

const alignmentOf = (type: string): number => {
  switch (type) {
    case 'y':
    case 'g':
    case 'v':
      return 1;
    case 'n':
    case 'q':
      return 2;
    case 'x':
    case 't':
    case 'd':
    case '(':
    case '{':
      return 8;
    default:
      return 4;
  }
};

/** DbusReader decodes values by a signature: `a(ssssssouso)`. */
export class DbusReader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** Values of a whole signature. */
  values(signature: string): readonly DbusValue[] {
    const found: DbusValue[] = [];
    for (let at = 0; at < signature.length;) {
      const type = completeType(signature, at);
      found.push(this.#value(type, 0));
      at += type.length;
    }
    return found;
  }

  /** Moves to a multiple. */
  align(to: number): void {
    this.#at += (to - (this.#at % to)) % to;
  }

  #value(type: string, depth: number): DbusValue {
    if (depth > MAX_DEPTH) throw new Error('D-Bus value nested too deeply');
    const kind = type[0] ?? '';
    this.align(alignmentOf(kind));
    switch (kind) {
      case 'y':
        return this.#take(1).readUInt8(0);
      case 'b':
        return this.#take(4).readUInt32LE(0) !== 0;
      case 'n':
        return this.#take(2).readInt16LE(0);
      case 'q':
        return this.#take(2).readUInt16LE(0);
      case 'i':
        return this.#take(4).readInt32LE(0);
      case 'u':
      case 'h':
        return this.#take(4).readUInt32LE(0);
      case 'x':
        return Number(this.#take(8).readBigInt64LE(0));
      case 't':
        return Number(this.#take(8).readBigUInt64LE(0));
      case 'd':
        return this.#take(8).readDoubleLE(0);
      case 's':
      case 'o':
        return this.#text(this.#take(4).readUInt32LE(0));
      case 'g':
        return this.#text(this.#take(1).readUInt8(0));
      case 'v': {
        const signature = this.#text(this.#take(1).readUInt8(0));
        return this.#value(completeType(signature, 0), depth + 1);
      }
      case 'a':
        return this.#array(type.slice(1), depth);
      case '(':
      case '{':
        return this.#members(type.slice(1, -1), depth);
      default:
        throw new Error(`unknown D-Bus type ${kind}`);
    }
  }

  #array(type: string, depth: number): readonly DbusValue[] {
    const bytes = this.#take(4).readUInt32LE(0);
    if (bytes > MAX_ARRAY_BYTES) throw new Error('D-Bus array too long');
    this.align(alignmentOf(type[0] ?? ''));
    const end = this.#at + bytes;
    const found: DbusValue[] = [];
    while (this.#at < end) found.push(this.#value(type, depth + 1));
    return found;
  }

  #members(signature: string, depth: number): readonly DbusValue[] {
    const found: DbusValue[] = [];
    for (let at = 0; at < signature.length;) {
      const type = completeType(signature, at);
      found.push(this.#value(type, depth + 1));
      at += type.length;
    }
    return found;
  }

  #text(bytes: number): string {
    const text = this.#take(bytes).toString('utf8');
    this.#take(1);
    return text;
  }

  #take(bytes: number): Buffer {
    const part = this.#bytes.subarray(this.#at, this.#at + bytes);
    if (part.length < bytes) throw new Error('D-Bus message too short');
    this.#at += bytes;
    return part;
  }
}

/** The one complete type at an index of a signature: `a{sv}`, `(ss)`, `u`. */
function completeType(signature: string, from: number): string {
  let at = from;
  while (signature[at] === 'a') at++;
  let depth = 0;
  do {
    const char = signature[at++];
    if (char === undefined) throw new Error(`D-Bus signature ${signature} not complete`);
    if (char === '(' || char === '{') depth++;
    if (char === ')' || char === '}') depth--;
  } while (depth > 0);
  return signature.slice(from, at);
}

/** DbusWriter encodes what a method call needs. */
export class DbusWriter {
  #bytes: number[] = [];

  get length(): number {
    return this.#bytes.length;
  }

  align(to: number): this {
    while (this.#bytes.length % to !== 0) this.#bytes.push(0);
    return this;
  }

  byte(value: number): this {
    this.#bytes.push(value);
    return this;
  }

  uint(value: number): this {
    const part = Buffer.alloc(4);
    part.writeUInt32LE(value);
    this.align(4);
    this.#bytes.push(...part);
    return this;
  }

  string(text: string): this {
    const part = Buffer.from(text);
    this.uint(part.length);
    this.#bytes.push(...part, 0);
    return this;
  }

  signature(text: string): this {
    this.#bytes.push(text.length, ...Buffer.from(text), 0);
    return this;
  }

  bytes(): Buffer {
    return Buffer.from(this.#bytes);
  }
}
