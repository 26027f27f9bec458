/**
 * Cursor over little-endian bytes of an untrusted file. A read past the end gives 0 and sets `isOver`, so that decoders check once.
 * Numbers of 8 bytes are signed; addresses of user space fit in 53 bits, larger ones lose their lowest bits.
 */
export class Bytes {
  at: number;
  readonly end: number;
  isOver = false;
  readonly #view: DataView;
  readonly #data: Uint8Array;

  constructor(data: Uint8Array, at = 0, end = data.length) {
    this.#data = data;
    this.#view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    this.end = Math.max(0, Math.min(end, data.length));
    this.at = at;
  }

  get isAtEnd(): boolean {
    return this.isOver || this.at >= this.end;
  }

  #take(size: number): number | undefined {
    const { at } = this;
    if (!(at >= 0 && at + size <= this.end)) {
      this.isOver = true;
      return undefined;
    }
    this.at = at + size;
    return at;
  }

  skip(size: number): void {
    this.#take(size);
  }

  u8(): number {
    const at = this.#take(1);
    return at === undefined ? 0 : this.#view.getUint8(at);
  }

  u16(): number {
    const at = this.#take(2);
    return at === undefined ? 0 : this.#view.getUint16(at, true);
  }

  s16(): number {
    return (this.u16() << 16) >> 16;
  }

  u32(): number {
    const at = this.#take(4);
    return at === undefined ? 0 : this.#view.getUint32(at, true);
  }

  s32(): number {
    return this.u32() | 0;
  }

  s64(): number {
    const at = this.#take(8);
    return at === undefined ? 0 : this.#view.getInt32(at + 4, true) * 2 ** 32 + this.#view.getUint32(at, true);
  }

  /** LEB128 of up to 10 bytes. */
  uleb(): number {
    let value = 0;
    for (let scale = 1, count = 0; count < 10; scale *= 128, count++) {
      const byte = this.u8();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    this.isOver = true;
    return 0;
  }

  sleb(): number {
    let value = 0;
    for (let scale = 1, count = 0; count < 10; scale *= 128, count++) {
      const byte = this.u8();
      value += (byte & 127) * scale;
      if (byte < 128) return byte & 64 ? value - scale * 128 : value;
    }
    this.isOver = true;
    return 0;
  }

  bytes(size: number): Uint8Array {
    const at = this.#take(size);
    return at === undefined ? this.#data.subarray(0, 0) : this.#data.subarray(at, at + size);
  }

  /** ASCII text up to a zero byte, of up to `most` characters. */
  text(most = 4096): string {
    let text = '';
    for (let count = 0; count <= most; count++) {
      const byte = this.u8();
      if (byte === 0) return text;
      text += String.fromCharCode(byte);
    }
    this.isOver = true;
    return text;
  }
}
