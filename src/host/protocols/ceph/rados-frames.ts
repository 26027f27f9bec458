import { countOf, fields, json, textOf } from '../../../lib/json.ts';

/** One frame of the session: a line of JSON, then a body of `len` bytes. */
export interface RadosFrame {
  /** Request id; undefined for frames about the session: ready, or why it failed. */
  readonly id: number | undefined;
  /** librados is loaded and connects to the monitors. */
  readonly connecting: boolean;
  readonly ready: boolean;
  /** Reason of a failed session: `absent`, `unsupported` (no librados), `denied`, `timeout`, `failed`. */
  readonly fail: string | undefined;
  /** errno of Ceph, 0 for success. */
  readonly ret: number;
  readonly message: string;
  readonly body: string;
}

const MAX_BYTES = 64 * 1024 * 1024;

/** Parser of frames from chunks; throws a RangeError on anything else. */
export class RadosFrames {
  #pieces: Buffer[] = [];
  #bytes = 0;
  /** Bytes before the next parse: a map of thousands of OSDs is megabytes, and joined once. */
  #wanted = 1;

  push(piece: Buffer): readonly RadosFrame[] {
    this.#pieces.push(piece);
    this.#bytes += piece.length;
    if (this.#bytes < this.#wanted) return [];
    let rest = Buffer.concat(this.#pieces);
    const frames: RadosFrame[] = [];
    this.#wanted = rest.length + 1;
    for (;;) {
      const end = rest.indexOf(10);
      if (end < 0) {
        if (rest.length > 65_536) throw new RangeError('header line exceeds 64 KiB');
        break;
      }
      const head = json(rest.subarray(0, end).toString('utf8'));
      const { id, len, connecting, ready, fail, ret, message } = fields(head);
      const length = countOf(len);
      if (length === undefined || length > MAX_BYTES) throw new RangeError('not a header line');
      if (rest.length < end + 1 + length) {
        this.#wanted = end + 1 + length;
        break;
      }
      frames.push({
        id: countOf(id),
        connecting: connecting === 1,
        ready: ready === 1,
        fail: textOf(fail),
        ret: countOf(ret) ?? 0,
        message: textOf(message) ?? '',
        body: rest.subarray(end + 1, end + 1 + length).toString('utf8'),
      });
      rest = rest.subarray(end + 1 + length);
      this.#wanted = rest.length + 1;
    }
    this.#pieces = [rest];
    this.#bytes = rest.length;
    return frames;
  }
}
