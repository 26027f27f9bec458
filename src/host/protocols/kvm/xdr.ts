/**
 * Error of the External Data Representation, RFC 4506, in the subset that libvirt uses: big-endian, padded to 4 bytes. A
 * length beyond the end of the message is an XdrError, never a long allocation.
 */
export class XdrError extends Error {
  override readonly name = 'XdrError';
}

/** Length rounded up to 4 bytes. Without bit operations: they turn a length near 2^32 into 0. */
const padded = (length: number): number => length + ((4 - (length % 4)) % 4);

/** Encoder of the arguments of a call. */
export class XdrWriter {
  readonly #parts: Buffer[] = [];

  uint(value: number): this {
    const part = Buffer.alloc(4);
    part.writeUInt32BE(value >>> 0);
    this.#parts.push(part);
    return this;
  }

  /** A signed number, in the same 4 bytes. */
  int(value: number): this {
    return this.uint(value | 0);
  }

  string(text: string): this {
    const bytes = Buffer.from(text);
    return this.uint(bytes.length).opaque(Buffer.concat([bytes], padded(bytes.length)));
  }

  /** A flag, then the text where there is one. */
  optionalString(text: string | undefined): this {
    return text === undefined ? this.uint(0) : this.uint(1).string(text);
  }

  /** Bytes of a length that both sides know. */
  opaque(bytes: Uint8Array): this {
    this.#parts.push(Buffer.from(bytes));
    return this;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

/** Decoder of values in sequence. */
export class XdrReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  #take(length: number): number {
    const at = this.#at;
    if (length > this.left) throw new XdrError(`${length} bytes required, ${this.left} left`);
    this.#at = at + length;
    return at;
  }

  uint(): number {
    return this.#bytes.readUInt32BE(this.#take(4));
  }

  int(): number {
    return this.#bytes.readInt32BE(this.#take(4));
  }

  /** 64 bits as a number: above 2^53 the last digits are lost, which is below the precision of any rate. */
  hyper(): number {
    return Number(this.#bytes.readBigInt64BE(this.#take(8)));
  }

  unsignedHyper(): number {
    return Number(this.#bytes.readBigUInt64BE(this.#take(8)));
  }

  double(): number {
    return this.#bytes.readDoubleBE(this.#take(8));
  }

  opaque(length: number): Buffer {
    const at = this.#take(padded(length));
    return this.#bytes.subarray(at, at + length);
  }

  string(): string {
    return this.opaque(this.uint()).toString('utf8');
  }

  optionalString(): string | undefined {
    return this.uint() === 0 ? undefined : this.string();
  }

  /** An array: its length, then its items. An item takes at least 4 bytes, so a length beyond that is malformed. */
  array<Item>(item: () => Item): Item[] {
    const length = this.uint();
    if (length * 4 > this.left) throw new XdrError(`${length} items in ${this.left} bytes`);
    return Array.from({ length }, item);
  }
}
