/** Netlink messages: headers, attributes, dumps. netlink(7), include/uapi/linux/netlink.h; numbers in the host's order, little-endian here. */

const HEADER_BYTES = 16;
const DONE = 3;
const ERROR = 2;
/** NLM_F_REQUEST | NLM_F_DUMP. */
const DUMP = 0x301;
/** NLM_F_REQUEST | NLM_F_ACK: the reply ends with an acknowledgement. */
const ASK = 0x5;
/** NLA_F_NESTED and NLA_F_NET_BYTEORDER. */
const ATTRIBUTE_FLAGS = 0xc000;

/** Request for a dump: `body` is the fixed struct of the message type. */
export const dumpRequest = (type: number, sequence: number, body: Uint8Array): Buffer =>
  netlinkRequest(type, DUMP, sequence, body);

/** Request for one object. */
export const objectRequest = (type: number, sequence: number, body: Uint8Array): Buffer =>
  netlinkRequest(type, ASK, sequence, body);

function netlinkRequest(type: number, flags: number, sequence: number, body: Uint8Array): Buffer {
  const message = Buffer.alloc(HEADER_BYTES + body.length);
  message.writeUInt32LE(message.length, 0);
  message.writeUInt16LE(type, 4);
  message.writeUInt16LE(flags, 6);
  message.writeUInt32LE(sequence, 8);
  message.set(body, HEADER_BYTES);
  return message;
}

/** Attributes by type, without padding; of several with one type the last. */
export type Attributes = ReadonlyMap<number, Buffer>;

/** Attributes from an offset to the end. A malformed one ends the list. */
export function attributesOf(bytes: Buffer, from = 0): Attributes {
  const found = new Map<number, Buffer>();
  for (let at = from; at + 4 <= bytes.length;) {
    const length = bytes.readUInt16LE(at);
    if (length < 4 || at + length > bytes.length) break;
    found.set(bytes.readUInt16LE(at + 2) & ~ATTRIBUTE_FLAGS, bytes.subarray(at + 4, at + length));
    at += (length + 3) & ~3;
  }
  return found;
}

/** End of a dump: complete, or refused with an errno. */
export type DumpEnd = { readonly errno: number };

/** DumpReader splits the bytes of a dump into the payloads of its messages. */
export class DumpReader {
  readonly #sequence: number;
  readonly #maxBytes: number;
  #rest: Buffer = Buffer.alloc(0);
  #bytes = 0;
  /** Payloads of the messages so far. */
  readonly payloads: Buffer[] = [];
  /** Present once the dump has ended. */
  end: DumpEnd | undefined;

  constructor(sequence: number, maxBytes: number) {
    this.#sequence = sequence;
    this.#maxBytes = maxBytes;
  }

  /** Adds bytes; throws where they are no messages, or too many. */
  push(part: Uint8Array): void {
    this.#bytes += part.length;
    if (this.#bytes > this.#maxBytes) throw new Error(`dump exceeds ${this.#maxBytes / 1024 / 1024} MiB`);
    this.#rest = this.#rest.length === 0 ? Buffer.from(part) : Buffer.concat([this.#rest, part]);
    let at = 0;
    while (this.end === undefined && at + HEADER_BYTES <= this.#rest.length) {
      const length = this.#rest.readUInt32LE(at);
      if (length < HEADER_BYTES || length > this.#maxBytes) throw new Error('not a netlink message');
      const padded = (length + 3) & ~3;
      if (at + padded > this.#rest.length) break;
      this.#take(this.#rest.subarray(at, at + length));
      at += padded;
    }
    this.#rest = this.#rest.subarray(at);
  }

  #take(message: Buffer): void {
    // An earlier request that was given up may still be answered.
    if (message.readUInt32LE(8) !== this.#sequence) return;
    const type = message.readUInt16LE(4);
    if (type === DONE) this.end = { errno: 0 };
    else if (type === ERROR) this.end = { errno: message.length >= 20 ? -message.readInt32LE(16) : 0 };
    else this.payloads.push(message.subarray(HEADER_BYTES));
  }
}

/** Numbers and texts of attributes; undefined where the attribute is missing or too short. */
export const u8 = (bytes: Buffer | undefined): number | undefined =>
  bytes && bytes.length >= 1 ? bytes.readUInt8(0) : undefined;
export const u16 = (bytes: Buffer | undefined, at = 0): number | undefined =>
  bytes && bytes.length >= at + 2 ? bytes.readUInt16LE(at) : undefined;
export const u16be = (bytes: Buffer | undefined, at = 0): number | undefined =>
  bytes && bytes.length >= at + 2 ? bytes.readUInt16BE(at) : undefined;
export const u32 = (bytes: Buffer | undefined, at = 0): number | undefined =>
  bytes && bytes.length >= at + 4 ? bytes.readUInt32LE(at) : undefined;
export const u64 = (bytes: Buffer | undefined, at = 0): number | undefined =>
  bytes && bytes.length >= at + 8 ? Number(bytes.readBigUInt64LE(at)) : undefined;

/** Text up to its NUL. */
export function textAt(bytes: Buffer | undefined): string | undefined {
  if (!bytes) return undefined;
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
}

/** IPv4 or IPv6 address in its usual form, by its length. */
export function addressOf(bytes: Buffer | undefined): string | undefined {
  if (bytes?.length === 4) return [...bytes].join('.');
  if (bytes?.length !== 16) return undefined;
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(i * 2).toString(16));
  // The longest run of zero groups becomes `::` (RFC 5952, 4.2).
  let [start, length] = [-1, 1];
  for (let i = 0; i < 8; i++) {
    let run = 0;
    while (groups[i + run] === '0') run++;
    if (run > length) [start, length] = [i, run];
  }
  if (start < 0) return groups.join(':');
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`;
}

/** MAC address: `52:54:00:12:34:56`. */
export const macOf = (bytes: Buffer | undefined): string | undefined =>
  bytes === undefined || bytes.length === 0
    ? undefined
    : [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
