import { setImmediate as turn } from 'node:timers/promises';
import { constants, createZstdCompress, type ZstdCompress } from 'node:zlib';

/** zstd frame in the making, flushed on request. */
export class Packer {
  readonly #zstd: ZstdCompress;
  #parts: Buffer[] = [];
  #error: Error | undefined;

  /** A checksum detects damage; without one a damaged frame is read up to it. */
  constructor({ checksum = false }: { readonly checksum?: boolean } = {}) {
    this.#zstd = createZstdCompress({
      params: { [constants.ZSTD_c_compressionLevel]: 6, [constants.ZSTD_c_checksumFlag]: checksum ? 1 : 0 },
    });
    // Listener for the stream's whole life: data events without a listener are lost.
    this.#zstd.on('data', (part: Buffer) => this.#parts.push(part));
    this.#zstd.on('error', (error) => (this.#error = error));
  }

  /** Adds a text and returns all bytes since the last call. Rejects when packing fails. */
  async packed(text: string): Promise<Buffer> {
    await new Promise<void>((resolve) => {
      this.#zstd.write(text);
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
      this.#zstd.end();
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
