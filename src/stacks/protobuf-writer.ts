const VARINT = 0;
const DELIMITED = 2;

/** Writer of protocol buffers (https://protobuf.dev/programming-guides/encoding/): numbers, texts and messages within one another. */
export class ProtobufWriter {
  readonly #bytes: number[] = [];

  /** Field with an unsigned number; 0 is the default and not written. */
  number(field: number, value: number | bigint): this {
    const whole = unsigned(value);
    if (whole === 0n) return this;
    this.#varint(BigInt(field * 8 + VARINT));
    this.#varint(whole);
    return this;
  }

  /** Packed field with several numbers. */
  numbers(field: number, values: readonly (number | bigint)[]): this {
    return this.message(field, (packed) => {
      for (const value of values) packed.#varint(unsigned(value));
      return packed;
    });
  }

  /** UTF-8 without a lone surrogate, which no reader takes. */
  text(field: number, text: string): this {
    return this.#delimited(field, utf8(text));
  }

  message(field: number, write: (writer: ProtobufWriter) => ProtobufWriter): this {
    return this.#delimited(field, write(new ProtobufWriter()).#bytes);
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  #delimited(field: number, bytes: readonly number[]): this {
    this.#varint(BigInt(field * 8 + DELIMITED));
    this.#varint(BigInt(bytes.length));
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }

  #varint(value: bigint): void {
    let rest = value;
    for (; rest > 0x7fn; rest >>= 7n) this.#bytes.push(Number(rest & 0x7fn) | 0x80);
    this.#bytes.push(Number(rest));
  }
}

/** Number as 64 bits; these fields have no negative and no fractional ones. */
const unsigned = (value: number | bigint): bigint =>
  BigInt.asUintN(64, typeof value === 'bigint' ? value : BigInt(Math.max(0, Math.round(value))));

function utf8(text: string): readonly number[] {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 0x3f));
    else if (code >= 0xd800 && code <= 0xdfff) bytes.push(0xef, 0xbf, 0xbd);
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    else
      bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
  }
  return bytes;
}
