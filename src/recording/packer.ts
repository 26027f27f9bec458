import { setImmediate as turn } from 'node:timers/promises';
import { constants, createZstdCompress, type ZstdCompress } from 'node:zlib';
import { SumWriter } from './checksums.ts';

/** zstd frame in the making, flushed on request, with a checksum of its content at its end. */
export class Packer {
  readonly #zstd: ZstdCompress;
  #parts: Buffer[] = [];
  #error: Error | undefined;

  readonly #sums: SumWriter | undefined;

  /** `sums`: checksum lines after each flush, as in a segment. */
  constructor({ sums = true }: { readonly sums?: boolean } = {}) {
    this.#sums = sums ? new SumWriter() : undefined;
    this.#zstd = createZstdCompress({
      params: { [constants.ZSTD_c_compressionLevel]: 6, [constants.ZSTD_c_checksumFlag]: 1 },
    });
    // Listener for the stream's whole life: data events without a listener are lost.
    this.#zstd.on('data', (part: Buffer) => this.#parts.push(part));
    this.#zstd.on('error', (error) => (this.#error = error));
  }

  /** Adds a text and returns all bytes since the last call. Rejects when packing fails. */
  async packed(text: string): Promise<Buffer> {
    await new Promise<void>((resolve) => {
      this.#zstd.write(this.#sums?.summed(text) ?? text);
      this.#zstd.flush(constants.ZSTD_e_flush, () => resolve());
    });
    while (this.#zstd.readableLength > 0) await turn();
    return this.#take();
  }

  /** Ends the frame and returns its last bytes. */
  async end(): Promise<Buffer> {
    await new Promise<void>((resolve) => {
      this.#zstd.once('end', resolve);
      this.#zstd.once('error', () => resolve());
      this.#zstd.end(this.#sums?.summed('', true));
    });
    return this.#take();
  }

  #take(): Buffer {
    if (this.#error) throw this.#error;
    const bytes = Buffer.concat(this.#parts);
    this.#parts = [];
    return bytes;
  }
}
