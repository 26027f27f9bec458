import { DaemonError } from '../protocol.ts';

/** Value of BSON as data of JSON: a time is in ms, a timestamp of replication in seconds, a type without a counterpart null. */
export type BsonValue = string | number | boolean | null | readonly BsonValue[] | BsonDocument;
export interface BsonDocument {
  readonly [name: string]: BsonValue;
}

/** Limits of what a server may send. MongoDB nests up to 100 levels; its replies here have 6. */
const MOST_DEPTH = 32;
const MOST_ELEMENTS = 200_000;
/** Length of a document, its number and the terminating byte. */
const EMPTY_BYTES = 5;

/** Document at the beginning of the bytes. Throws a DaemonError on bytes that are none. https://bsonspec.org/spec.html */
export function bsonDocument(bytes: Buffer): BsonDocument {
  return new Reader(bytes).document(0, false).value as BsonDocument;
}

/** Length of the document at an offset; throws a DaemonError where it does not end within the bytes. */
export function bsonLength(bytes: Buffer, at: number): number {
  const length = at + 4 <= bytes.length ? bytes.readInt32LE(at) : 0;
  if (length < EMPTY_BYTES || length > bytes.length - at || bytes[at + length - 1] !== 0) throw notBson();
  return length;
}

const notBson = (): DaemonError => new DaemonError('failed', 'not BSON');

interface Read<Value> {
  readonly value: Value;
  readonly end: number;
}

class Reader {
  readonly #bytes: Buffer;
  #elementsLeft = MOST_ELEMENTS;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Array: a document whose names are its indexes, which are not looked at. */
  document(at: number, isArray: boolean, depth = 0): Read<BsonDocument | readonly BsonValue[]> {
    if (depth > MOST_DEPTH) throw new DaemonError('failed', 'reply nested too deep');
    const end = at + bsonLength(this.#bytes, at);
    const values: BsonValue[] = [];
    const names: string[] = [];
    let next = at + 4;
    while (next < end - 1) {
      if (this.#elementsLeft-- === 0) throw new DaemonError('failed', `reply of more than ${MOST_ELEMENTS} values`);
      const type = this.#bytes[next] ?? 0;
      const name = this.#name(next + 1, end);
      const { value, end: after } = this.#value(type, name.end, end, depth);
      if (!isArray) names.push(name.value);
      values.push(value);
      next = after;
    }
    if (next !== end - 1) throw notBson();
    // Without a prototype: a name may be `__proto__`.
    const fields: Record<string, BsonValue> = Object.create(null) as Record<string, BsonValue>;
    for (const [index, name] of names.entries()) fields[name] = values[index] ?? null;
    return { value: isArray ? values : fields, end };
  }

  #name(at: number, end: number): Read<string> {
    const zero = this.#bytes.indexOf(0, at);
    if (zero < 0 || zero >= end) throw notBson();
    return { value: this.#bytes.toString('utf8', at, zero), end: zero + 1 };
  }

  #value(type: number, at: number, end: number, depth: number): Read<BsonValue> {
    const bytes = this.#bytes;
    const fixed = (size: number, value: () => BsonValue = () => null): Read<BsonValue> => {
      if (at + size > end - 1) throw notBson();
      return { value: value(), end: at + size };
    };
    switch (type) {
      case 0x01:
        return fixed(8, () => bytes.readDoubleLE(at));
      case 0x03:
      case 0x04: {
        const inner = this.document(at, type === 0x04, depth + 1);
        if (inner.end > end - 1) throw notBson();
        return inner;
      }
      case 0x08:
        return fixed(1, () => bytes[at] === 1);
      case 0x09:
      case 0x12:
        return fixed(8, () => Number(bytes.readBigInt64LE(at)));
      case 0x10:
        return fixed(4, () => bytes.readInt32LE(at));
      // Timestamp: an increment, then seconds.
      case 0x11:
        return fixed(8, () => bytes.readUInt32LE(at + 4));
      case 0x06:
      case 0x0a:
      case 0x7f:
      case 0xff:
        return fixed(0);
      case 0x07:
        return fixed(12);
      case 0x13:
        return fixed(16);
      case 0x02:
      case 0x0d:
      case 0x0e:
        return this.#text(at, end);
      case 0x05:
        return fixed(5 + this.#size(at, end));
      case 0x0b:
        return { value: null, end: this.#name(this.#name(at, end).end, end).end };
      case 0x0c:
        return fixed(4 + this.#size(at, end) + 12);
      case 0x0f:
        return fixed(this.#size(at, end));
      default:
        throw notBson();
    }
  }

  #size(at: number, end: number): number {
    const size = at + 4 <= end ? this.#bytes.readInt32LE(at) : -1;
    if (size < 0 || size > end - at) throw notBson();
    return size;
  }

  #text(at: number, end: number): Read<string> {
    const size = this.#size(at, end);
    const after = at + 4 + size;
    if (size < 1 || after > end - 1 || this.#bytes[after - 1] !== 0) throw notBson();
    return { value: this.#bytes.toString('utf8', at + 4, after - 1), end: after };
  }
}

/** Value of a command: an integer is an int32. */
export type CommandValue = string | number | boolean | readonly CommandValue[] | CommandDocument;
export interface CommandDocument {
  readonly [name: string]: CommandValue;
}

export function bsonBytes(document: CommandDocument | readonly CommandValue[]): Buffer {
  const elements = Object.entries(document).map(([name, value]: [string, CommandValue]) => {
    const [type, bytes] = valueBytes(value);
    return Buffer.concat([Buffer.from([type]), Buffer.from(`${name}\0`), bytes]);
  });
  const body = Buffer.concat(elements);
  const length = Buffer.alloc(4);
  length.writeInt32LE(body.length + EMPTY_BYTES);
  return Buffer.concat([length, body, Buffer.from([0])]);
}

function valueBytes(value: CommandValue): readonly [type: number, bytes: Buffer] {
  if (typeof value === 'boolean') return [0x08, Buffer.from([Number(value)])];
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(value);
    return [0x10, bytes];
  }
  if (typeof value === 'string') {
    const text = Buffer.from(`${value}\0`);
    const size = Buffer.alloc(4);
    size.writeInt32LE(text.length);
    return [0x02, Buffer.concat([size, text])];
  }
  return [Array.isArray(value) ? 0x04 : 0x03, bsonBytes(value)];
}
