/** Limit of output before the guard's first frame. */
const MAX_NOISE_BYTES = 256 << 10;

/** AttachmentGate drops the output before the line with our nonce: start files of a login shell may print text. */
export class AttachmentGate {
  readonly #nonce: string;
  #held: Buffer | undefined = Buffer.alloc(0);

  constructor(nonce: string) {
    this.#nonce = nonce;
  }

  /** Bytes after the nonce; throws when it does not come. */
  pass(chunk: Buffer): Buffer {
    if (this.#held === undefined) return chunk;
    const held = Buffer.concat([this.#held, chunk]);
    const at = held.indexOf(this.#nonce);
    if (at >= 0 && held.includes('\n', at)) {
      this.#held = undefined;
      return held.subarray(held.lastIndexOf('\n', at) + 1);
    }
    if (held.length > MAX_NOISE_BYTES) throw new Error(`no guard frame in ${MAX_NOISE_BYTES >> 10} KiB of output`);
    this.#held = held;
    return held.subarray(0, 0);
  }
}
