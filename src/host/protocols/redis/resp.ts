import { MAX_REPLY_BYTES } from '../database-connection.ts';
import { DaemonError } from '../protocol.ts';

/** Value of RESP2. https://redis.io/docs/latest/develop/reference/protocol-spec/ */
export type RespValue = string | number | null | RespError | readonly RespValue[];

/** Error reply of the server: `NOAUTH Authentication required.` */
export class RespError {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

/** Items of an array; none of another value. */
export const itemsOf = (value: RespValue | undefined): readonly RespValue[] =>
  typeof value === 'object' && value !== null && !(value instanceof RespError) ? value : [];

/** Command as an array of bulk strings. */
export const commandBytes = (words: readonly string[]): Buffer =>
  Buffer.from(`*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`);

/** Limits of what a server may send: nested arrays, and a line of a simple reply. */
const MOST_DEPTH = 8;
const MAX_LINE_BYTES = 64 << 10;

/** RespReplies cuts a stream of bytes into values. */
export class RespReplies {
  #bytes: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
  }

  /** Next whole value; undefined until its last byte is there. Throws a DaemonError on bytes of another protocol. */
  next(): RespValue | undefined {
    const read = valueAt(this.#bytes, 0, 0);
    if (read === undefined) return undefined;
    this.#bytes = this.#bytes.subarray(read.end);
    return read.value;
  }
}

interface Read {
  readonly value: RespValue;
  readonly end: number;
}

function valueAt(bytes: Buffer, at: number, depth: number): Read | undefined {
  if (bytes.length === at) return undefined;
  // A TLS alert begins with 21: the port takes TLS only.
  if (bytes[at] === 0x15) throw new DaemonError('denied', 'TLS wanted');
  const newline = bytes.indexOf('\r\n', at);
  if (newline < 0) {
    if (bytes.length - at > MAX_LINE_BYTES) throw new DaemonError('failed', 'not RESP');
    return undefined;
  }
  const line = bytes.toString('utf8', at + 1, newline);
  const end = newline + 2;
  switch (String.fromCharCode(bytes[at] ?? 0)) {
    case '+':
      return { value: line, end };
    case '-':
      return { value: new RespError(line), end };
    case ':':
      return { value: Number(line), end };
    case '$':
      return bulkAt(bytes, end, sizeOf(line));
    case '*':
      return arrayAt(bytes, end, sizeOf(line), depth);
    default:
      throw new DaemonError('failed', 'not RESP');
  }
}

function sizeOf(line: string): number {
  const size = /^-?\d{1,9}$/.test(line) ? Number(line) : Number.NaN;
  if (!(size >= -1 && size <= MAX_REPLY_BYTES))
    throw new DaemonError('failed', 'not RESP, or a reply that is too long');
  return size;
}

function bulkAt(bytes: Buffer, at: number, size: number): Read | undefined {
  if (size < 0) return { value: null, end: at };
  return bytes.length < at + size + 2
    ? undefined
    : { value: bytes.toString('utf8', at, at + size), end: at + size + 2 };
}

function arrayAt(bytes: Buffer, at: number, size: number, depth: number): Read | undefined {
  if (size < 0) return { value: null, end: at };
  if (depth >= MOST_DEPTH) throw new DaemonError('failed', 'reply nested too deep');
  const values: RespValue[] = [];
  let end = at;
  while (values.length < size) {
    const item = valueAt(bytes, end, depth + 1);
    if (item === undefined) return undefined;
    values.push(item.value);
    end = item.end;
  }
  return { value: values, end };
}
