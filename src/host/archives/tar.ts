import { setImmediate } from 'node:timers/promises';
import { createTarDecoder, type ParsedTarEntry, type TarHeader } from 'modern-tar';

/** One entry of a tar archive: ustar with the long names and sizes of GNU tar and of POSIX (pax). */
export interface TarEntry {
  readonly name: string;
  readonly type: 'file' | 'symlink' | 'hardlink' | 'other';
  readonly size: number;
  /** Target of a link. */
  readonly target: string;
  /** Reads the body; skipped unless called before the next entry. */
  readonly read: () => Promise<Buffer>;
  /** The body in pieces, for one that is too large for memory; the same body as that of `read`. */
  readonly pieces: () => AsyncIterable<Buffer>;
}

const BLOCK_BYTES = 512;
const KINDS: Readonly<Partial<Record<NonNullable<TarHeader['type']>, TarEntry['type']>>> = {
  file: 'file',
  link: 'hardlink',
  symlink: 'symlink',
};

/**
 * Entries of a tar archive in their order, decoded as pieces arrive. Throws where the archive is damaged, truncated or no tar, after
 * all entries before that place. Holds one piece and one entry's body; nothing is written.
 */
export async function* tarEntries(pieces: AsyncIterable<Buffer>): AsyncGenerator<TarEntry> {
  const tar = new FedDecoder(pieces);
  try {
    for (let entry = await tar.entry(); entry !== undefined; entry = await tar.entry()) {
      const { header, body } = entry;
      const parts = tar.parts(body, header.size);
      yield {
        name: header.name,
        type: tar.isSparse ? 'other' : (KINDS[header.type ?? 'file'] ?? 'other'),
        size: header.size,
        target: header.linkname ?? '',
        read: async () => {
          const read: Uint8Array[] = [];
          for await (const part of parts) read.push(part);
          return Buffer.concat(read);
        },
        pieces: () => buffers(parts),
      };
      // Not `cancel`: of a body that is decoded already it takes away the next entry's (modern-tar 0.8.6).
      for await (const _ of parts);
    }
  } finally {
    await tar.close();
  }
}

async function* buffers(parts: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const part of parts) yield Buffer.from(part.buffer, part.byteOffset, part.byteLength);
}

/**
 * FedDecoder feeds modern-tar's decoder one block while a header is awaited, and a body up to its end. A decoder that fails drops
 * what it still holds: fed so, it holds nothing but the place that is damaged.
 */
class FedDecoder {
  readonly #pieces: AsyncIterator<Buffer>;
  readonly #entries: ReadableStreamDefaultReader<ParsedTarEntry>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  #piece: Buffer = Buffer.alloc(0);
  #block: Buffer = Buffer.alloc(0);
  /** What fills the last block of the entry before. */
  #padding = 0;
  #ended = false;

  constructor(pieces: AsyncIterable<Buffer>) {
    // Lenient, it would pass over damage and truncation in silence.
    const { readable, writable } = createTarDecoder({ strict: true });
    this.#pieces = pieces[Symbol.asyncIterator]();
    this.#entries = readable.getReader();
    this.#writer = writable.getWriter();
    // Its failure is that of the reads as well.
    this.#writer.closed.catch(() => undefined);
  }

  /** Whether the last header is one of GNU's sparse files: modern-tar takes it for a plain one, without its holes. */
  get isSparse(): boolean {
    return this.#block[156] === 'S'.charCodeAt(0);
  }

  async entry(): Promise<ParsedTarEntry | undefined> {
    const { value } = await this.#fed(this.#entries.read(), async () => {
      this.#block = await this.#take(this.#padding || BLOCK_BYTES);
      this.#padding = 0;
      return this.#block;
    });
    this.#padding = -(value?.header.size ?? 0) & (BLOCK_BYTES - 1);
    return value;
  }

  async *parts(body: ReadableStream<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
    const reader = body.getReader();
    let left = size;
    const more = async () => {
      const part = await this.#part(left);
      left -= part.length;
      return part;
    };
    for (;;) {
      const { value, done } = await this.#fed(reader.read(), more);
      if (done) return;
      yield value;
    }
  }

  async close(): Promise<void> {
    await this.#entries.cancel().catch(() => undefined);
    await this.#pieces.return?.();
  }

  /** The result of a read of the decoder, fed until there is one. */
  async #fed<Result>(wanted: Promise<Result>, more: () => Promise<Buffer>): Promise<Result> {
    let settled = false;
    const watched = wanted.finally(() => (settled = true));
    watched.catch(() => undefined);
    for (;;) {
      // Streams hand over in microtasks.
      await setImmediate();
      if (settled || this.#ended) return watched;
      const part = await more();
      this.#ended = part.length === 0;
      void (this.#ended ? this.#writer.close() : this.#writer.write(part)).catch(() => undefined);
    }
  }

  /** As many bytes as lie together, up to `bytes`; none at the end. */
  async #part(bytes: number): Promise<Buffer> {
    while (this.#piece.length === 0) {
      const { value, done } = await this.#pieces.next();
      if (done) break;
      this.#piece = value;
    }
    const part = this.#piece.subarray(0, bytes);
    this.#piece = this.#piece.subarray(part.length);
    return part;
  }

  /** So many bytes; fewer at the end. */
  async #take(bytes: number): Promise<Buffer> {
    let taken = await this.#part(bytes);
    while (taken.length < bytes) {
      const part = await this.#part(bytes - taken.length);
      if (part.length === 0) break;
      taken = Buffer.concat([taken, part]);
    }
    return taken;
  }
}
