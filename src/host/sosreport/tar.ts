/**
 * Entries of a tar archive as it comes: ustar with the long names of GNU (L, K) and of POSIX (x), which is what Python's
 * tarfile and GNU tar write. https://www.gnu.org/software/tar/manual/html_node/Standard.html, pax(1)
 */
export interface TarEntry {
  readonly name: string;
  readonly type: 'file' | 'symlink' | 'hardlink' | 'other';
  readonly size: number;
  /** Where a link points to. */
  readonly target: string;
  /** Its bytes; passed over when nobody asks for them before the next entry. */
  readonly read: () => Promise<Buffer>;
}

const BLOCK_BYTES = 512;
/** Names are short: whoever sends more wants our memory. */
const MAX_SAID_BYTES = 1 << 20;
/** In a row before one entry: a long name, a long target, and their like. */
const MAX_SAID = 8;

/** Throws when it breaks off, or is no tar. */
export async function* tarEntries(pieces: AsyncIterable<Buffer>): AsyncGenerator<TarEntry> {
  const bytes = new ByteReader(pieces);
  let said: Record<string, string | undefined> = {};
  let saidInARow = 0;
  for (;;) {
    const head = await bytes.block();
    // Two empty blocks are its end; whatever stands behind them is not looked at.
    if (head === undefined || head.every((byte) => byte === 0)) return;
    const { name, size, type, target } = header(head);
    if ('xgLK'.includes(type)) {
      if (size > MAX_SAID_BYTES || ++saidInARow > MAX_SAID) throw new RangeError('a name in it is too long');
      const text = (await bytes.take(size)).toString('utf8');
      await bytes.skip(padding(size));
      if (type === 'L') said['path'] = text.replace(/\0.*$/s, '');
      else if (type === 'K') said['linkpath'] = text.replace(/\0.*$/s, '');
      else if (type === 'x') said = { ...said, ...records(text) };
      continue;
    }
    const own = Number(said['size'] ?? size);
    if (!Number.isSafeInteger(own) || own < 0) throw new RangeError('an entry has a size that cannot be');
    // Only a file has bytes, whatever the size of a link or a folder says.
    const kind = KINDS[type] ?? 'other';
    const bodyBytes = '1235'.includes(type) || type === '4' || type === '6' ? 0 : own;
    let left = bodyBytes;
    yield {
      name: said['path'] ?? name,
      type: kind,
      size: bodyBytes,
      target: said['linkpath'] ?? target,
      read: async () => {
        const body = await bytes.take(left);
        left = 0;
        return body;
      },
    };
    await bytes.skip(left + padding(bodyBytes));
    said = {};
    saidInARow = 0;
  }
}

const KINDS: Readonly<Record<string, TarEntry['type']>> = { '0': 'file', '\0': 'file', '7': 'file', '1': 'hardlink', '2': 'symlink' }; // prettier-ignore

const padding = (size: number): number => (BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES;

function header(head: Buffer) {
  const sum = head.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  if (octal(head.subarray(148, 156)) !== sum) throw new RangeError('there is no tar entry where one must be');
  const text = (from: number, length: number) => head.toString('utf8', from, from + length).replace(/\0.*$/s, '');
  // GNU tar has other things in the place of the prefix.
  const prefix = head.toString('latin1', 257, 263) === 'ustar\0' ? text(345, 155) : '';
  return {
    name: prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`,
    size: octal(head.subarray(124, 136)),
    type: String.fromCharCode(head[156] ?? 0),
    target: text(157, 100),
  };
}

/** Octal digits, or (GNU) a number of many bytes behind 0x80; NaN for anything else. */
function octal(field: Buffer): number {
  if (((field[0] ?? 0) & 0x80) !== 0) return field.subarray(1).reduce((value, byte) => value * 256 + byte, 0);
  const digits = field.toString('latin1').replace(/\0.*$/s, '').trim();
  return digits === '' ? 0 : /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
}

/** `27 path=some/where\n`: length of the whole record, key, value. */
function records(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) {
    const length = Number.parseInt(bytes.toString('latin1', at, at + 12), 10);
    if (!(length > 0)) break;
    const [, key = '', value = ''] = /^\d+ ([^=]+)=(.*)\n$/s.exec(bytes.toString('utf8', at, at + length)) ?? [];
    if (['path', 'linkpath', 'size'].includes(key)) found[key] = value;
    at += length;
  }
  return found;
}

/** Bytes in the order they come; no more of them are held than were asked for, and a piece. */
class ByteReader {
  readonly #pieces: AsyncIterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);

  constructor(pieces: AsyncIterable<Buffer>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** Undefined at the end. */
  async block(): Promise<Buffer | undefined> {
    if (this.#held.length === 0 && !(await this.#more())) return undefined;
    return this.take(BLOCK_BYTES);
  }

  async take(length: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let left = length; left > 0;) {
      if (this.#held.length === 0 && !(await this.#more())) throw new RangeError('it ends in the middle of an entry');
      const part = this.#held.subarray(0, left);
      this.#held = this.#held.subarray(part.length);
      parts.push(part);
      left -= part.length;
    }
    return Buffer.concat(parts);
  }

  async skip(length: number): Promise<void> {
    for (let left = length; left > 0;) {
      if (this.#held.length === 0 && !(await this.#more())) throw new RangeError('it ends in the middle of an entry');
      const passed = Math.min(left, this.#held.length);
      this.#held = this.#held.subarray(passed);
      left -= passed;
    }
  }

  async #more(): Promise<boolean> {
    do {
      const { value, done } = await this.#pieces.next();
      if (done) return false;
      this.#held = value;
    } while (this.#held.length === 0);
    return true;
  }
}
