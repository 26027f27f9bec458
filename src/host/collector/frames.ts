/** Header from the host, unvalidated: check each field on use. */
export type Head = Readonly<Record<string, unknown>>;

export interface Frame {
  readonly head: Head;
  readonly body: Buffer;
}

/** Protocol violation of the host, after which no frame is trusted. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

/** Limits of frames from a hostile host. */
export interface FrameBounds {
  readonly headBytes: number;
  readonly bodyBytes: number;
}
const COLLECTOR_BOUNDS: FrameBounds = { headBytes: 4 << 20, bodyBytes: 64 << 20 };

/** FrameReader splits a byte stream into frames: one line of JSON, then `n` bytes where the header has `n`. */
export class FrameReader {
  readonly #bounds: FrameBounds;
  #chunks: Buffer[] = [];
  #size = 0;
  #head: Head | undefined;
  #need = 0;

  constructor(bounds: FrameBounds = COLLECTOR_BOUNDS) {
    this.#bounds = bounds;
  }

  push(chunk: Buffer): Frame[] {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    const frames: Frame[] = [];
    for (let frame = this.#next(chunk); frame !== undefined; frame = this.#next()) frames.push(frame);
    return frames;
  }

  #next(latest?: Buffer): Frame | undefined {
    if (this.#head === undefined) {
      // Only the newest chunk can contain the end of an incomplete header.
      if (latest && !latest.includes(10) && this.#size <= this.#bounds.headBytes) return undefined;
      const all = this.#all();
      const end = all.indexOf(10);
      if (end < 0) {
        if (this.#size > this.#bounds.headBytes)
          throw new ProtocolError(`a header of more than ${this.#bounds.headBytes} bytes`);
        return undefined;
      }
      this.#head = parseHead(all.subarray(0, end));
      this.#need = bodySize(this.#head, this.#bounds);
      this.#keep(all.subarray(end + 1));
    }
    if (this.#size < this.#need) return undefined;
    const all = this.#all();
    const frame = { head: this.#head, body: all.subarray(0, this.#need) };
    this.#keep(all.subarray(this.#need));
    this.#head = undefined;
    return frame;
  }

  #all(): Buffer {
    const all = this.#chunks.length === 1 ? (this.#chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#chunks);
    this.#chunks = [all];
    return all;
  }

  #keep(rest: Buffer): void {
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#size = rest.length;
  }
}

function parseHead(line: Buffer): Head {
  let head: unknown;
  try {
    head = JSON.parse(line.toString('utf8'));
  } catch {
    throw new ProtocolError(`not a header: ${JSON.stringify(line.toString('latin1').slice(0, 80))}`);
  }
  if (typeof head !== 'object' || head === null || Array.isArray(head))
    throw new ProtocolError('a header that is not an object');
  // Checked above to be an object.
  return head as Head;
}

function bodySize(head: Head, bounds: FrameBounds): number {
  const size = head['n'] ?? 0;
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 0 || size > bounds.bodyBytes)
    throw new ProtocolError(`a body of ${JSON.stringify(size)} bytes`);
  return size;
}

export function encodeFrame(head: Head, body?: Buffer): Buffer {
  const line = Buffer.from(`${JSON.stringify(body ? { ...head, n: body.length } : head)}\n`);
  return body ? Buffer.concat([line, body]) : line;
}
