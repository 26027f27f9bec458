/** More than this before the guard's first frame is not a greeting any more. */
const MAX_NOISE_BYTES = 256 << 10;

/**
 * Lets through what comes from the line that carries our nonce on. Before it may come what a login shell's start files
 * print, which must not be taken for frames.
 */
export class AttachmentGate {
  readonly #nonce: string;
  #held: Buffer | undefined = Buffer.alloc(0);

  constructor(nonce: string) {
    this.#nonce = nonce;
  }

  /** Throws when there is only noise. */
  pass(chunk: Buffer): Buffer {
    if (this.#held === undefined) return chunk;
    const held = Buffer.concat([this.#held, chunk]);
    const at = held.indexOf(this.#nonce);
    if (at >= 0 && held.includes('\n', at)) {
      this.#held = undefined;
      return held.subarray(held.lastIndexOf('\n', at) + 1);
    }
    if (held.length > MAX_NOISE_BYTES) throw new Error('only noise, where the guard should have answered');
    this.#held = held;
    return held.subarray(0, 0);
  }
}
