import { setImmediate as turn } from 'node:timers/promises';
import { constants, createZstdCompress, type ZstdCompress } from 'node:zlib';

/** One zstd frame in the making: text in, bytes out, up to the last one whenever it is asked for. */
export class Packer {
  readonly #zstd: ZstdCompress;
  #parts: Buffer[] = [];
  #error: Error | undefined;

  /** With a checksum a frame that was damaged is found out; without, what is left of it is read. */
  constructor({ checksum = false }: { readonly checksum?: boolean } = {}) {
    this.#zstd = createZstdCompress({
      params: { [constants.ZSTD_c_compressionLevel]: 6, [constants.ZSTD_c_checksumFlag]: checksum ? 1 : 0 },
    });
    // For its whole life: a stream whose listener comes and goes drops what it has to say in between.
    this.#zstd.on('data', (part: Buffer) => this.#parts.push(part));
    this.#zstd.on('error', (error) => (this.#error = error));
  }

  /** All bytes of all texts so far that were not given yet. Rejects when they cannot be packed. */
  async packed(text: string): Promise<Buffer> {
    await new Promise<void>((resolve) => {
      this.#zstd.write(text);
      this.#zstd.flush(constants.ZSTD_e_flush, () => resolve());
    });
    while (this.#zstd.readableLength > 0) await turn();
    return this.#take();
  }

  /** The rest; nothing can be packed after it. */
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
