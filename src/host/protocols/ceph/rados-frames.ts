import { countOf, fields, json, textOf } from '../../../lib/json.ts';

/** What the session says: a line of JSON, and as many bytes as it announces. */
export interface RadosFrame {
  /** Of which question; undefined for its own words: it is ready, or why it cannot be. */
  readonly id: number | undefined;
  /** It has what it needs on this host, and now asks the monitors. */
  readonly connecting: boolean;
  readonly ready: boolean;
  /** Why there is no session: `absent`, `denied`, `failed`. */
  readonly fail: string | undefined;
  /** errno of Ceph, 0 when all is well. */
  readonly ret: number;
  readonly said: string;
  readonly body: string;
}

const MAX_BYTES = 64 * 1024 * 1024;

/** Frames out of pieces cut anywhere; throws a RangeError when what comes is not the session's. */
export class RadosFrames {
  #pieces: Buffer[] = [];
  #bytes = 0;
  /** Until so many have come there is nothing to look at: a map of thousands of OSDs is megabytes, and joined once. */
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
        if (rest.length > 65_536) throw new RangeError('a line without an end');
        break;
      }
      const head = json(rest.subarray(0, end).toString('utf8'));
      const { id, len, connecting, ready, fail, ret, said } = fields(head);
      const length = countOf(len);
      if (length === undefined || length > MAX_BYTES) throw new RangeError('a line that is no head of an answer');
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
        said: textOf(said) ?? '',
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
