/** Transcript keeps the newest output of a tool, bounded: a live trace never ends. */
export class Transcript {
  readonly #maxBytes: number;
  #chunks: Uint8Array[] = [];
  #size = 0;
  #droppedBytes = 0;

  constructor(maxBytes: number = 4 << 20) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes dropped at the limit, oldest first. */
  get droppedBytes(): number {
    return this.#droppedBytes;
  }

  add(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
    this.#size += bytes.length;
    while (this.#size > this.#maxBytes && this.#chunks.length > 1) {
      const oldest = this.#chunks.shift()?.length ?? 0;
      this.#size -= oldest;
      this.#droppedBytes += oldest;
    }
  }

  /** Output with its escape sequences; hostile text. */
  text(): string {
    const decoder = new TextDecoder();
    return this.#chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join('') + decoder.decode();
  }
}
