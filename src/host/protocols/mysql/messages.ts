import { DaemonError } from '../protocol.ts';

/** Client capabilities. MySQL Internals, "Capabilities Flags"; without CLIENT_DEPRECATE_EOF and CLIENT_LOCAL_FILES. */
const PROTOCOL_41 = 0x200;
const PLUGIN_AUTH = 0x80000;
const CAPABILITIES = 0x1 | PROTOCOL_41 | 0x2000 | 0x8000 | PLUGIN_AUTH | 0x100000;
/** utf8mb4_general_ci. */
const CHARSET = 45;

/** Packets cuts a stream of bytes into payloads and numbers those that are sent. */
export class Packets {
  /** Limit of a payload, small until the greeting shows that this is MySQL. */
  most = 4096;
  #rest: Buffer = Buffer.alloc(0);
  #sequence = 0;

  push(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
  }

  /** Next whole payload; undefined until its last byte is there. Throws a DaemonError on one that is too long. */
  next(): Buffer | undefined {
    if (this.#rest.length < 4) return undefined;
    const size = this.#rest.readUIntLE(0, 3);
    if (size > this.most) throw new DaemonError('failed', `reply of ${size} bytes, not MySQL or too long`);
    if (this.#rest.length < size + 4) return undefined;
    this.#sequence = (this.#rest[3] ?? 0) + 1;
    const payload = this.#rest.subarray(4, size + 4);
    this.#rest = this.#rest.subarray(size + 4);
    return payload;
  }

  /** Packet that continues the exchange. */
  continued(payload: Buffer): Buffer {
    const head = Buffer.alloc(4);
    head.writeUIntLE(payload.length, 0, 3);
    head[3] = this.#sequence & 0xff;
    return Buffer.concat([head, payload]);
  }

  /** COM_QUERY: first packet of an exchange. */
  query(sql: string): Buffer {
    this.#sequence = 0;
    return this.continued(Buffer.concat([Buffer.from([3]), Buffer.from(sql, 'utf8')]));
  }
}

/** Greeting of protocol version 10; undefined of anything else. */
export function greetingOf(payload: Buffer): { readonly version: string; readonly capabilities: number } | undefined {
  const end = payload.indexOf(0, 1);
  if (payload[0] !== 10 || end < 0 || payload.length < end + 21) return undefined;
  const capabilities = payload.readUInt16LE(end + 14) + payload.readUInt16LE(end + 19) * 0x10000;
  return (capabilities & PROTOCOL_41) === 0 ? undefined : { version: payload.toString('utf8', 1, end), capabilities };
}

const attribute = (value: string): Buffer => Buffer.from(`${String.fromCharCode(value.length)}${value}`);

/** HandshakeResponse41 of root with an empty password, and the name of this program for session_connect_attrs. */
export function login(serverCapabilities: number): Buffer {
  const used = CAPABILITIES & serverCapabilities;
  const head = Buffer.alloc(32);
  head.writeUInt32LE(used, 0);
  head.writeUInt32LE(1 << 24, 4);
  head[8] = CHARSET;
  const attributes = Buffer.concat([attribute('program_name'), attribute('crashcart')]);
  return Buffer.concat([
    head,
    Buffer.from('root\0\0'),
    ...((used & PLUGIN_AUTH) === 0 ? [] : [Buffer.from('mysql_native_password\0')]),
    ...((used & 0x100000) === 0 ? [] : [Buffer.from([attributes.length]), attributes]),
  ]);
}

/** ERR_Packet: number and message; undefined of another. Before the login it lacks the SQLSTATE. */
export function errorOf(payload: Buffer): { readonly code: number; readonly message: string } | undefined {
  if (payload[0] !== 0xff || payload.length < 3) return undefined;
  return { code: payload.readUInt16LE(1), message: payload.toString('utf8', payload[3] === 0x23 ? 9 : 3) };
}

export const isEof = (payload: Buffer): boolean => payload[0] === 0xfe && payload.length < 9;

/** Length-encoded integer at a place and the place after it; no value is NULL. */
function encoded(payload: Buffer, at: number): readonly [value: number | undefined, after: number] {
  const first = payload[at] ?? 0xfb;
  if (first < 0xfb) return [first, at + 1];
  const size = { 0xfc: 2, 0xfd: 3, 0xfe: 6 }[first];
  if (size === undefined || payload.length < at + 1 + size) return [undefined, at + 1];
  // Eight bytes; a number above 48 bits is longer than any payload.
  return [payload.readUIntLE(at + 1, size), at + (first === 0xfe ? 9 : 1 + size)];
}

/** Length-encoded texts of a payload, `most` of them; null is NULL. */
export function texts(payload: Buffer, most: number): readonly (string | null)[] {
  const found: (string | null)[] = [];
  for (let at = 0; found.length < most && at < payload.length;) {
    const [size, start] = encoded(payload, at);
    found.push(size === undefined ? null : payload.toString('utf8', start, Math.min(start + size, payload.length)));
    at = start + (size ?? 0);
  }
  return found;
}

/** Number of columns that a result begins with. */
export const columnCount = (payload: Buffer): number => encoded(payload, 0)[0] ?? 0;
