import { countOf, fields, json, textOf } from '../../lib/json.ts';

/** What the session says: a line of JSON, and as many bytes as it announces. */
export interface RadosFrame {
  /** Of which question; undefined for its own words: it is ready, or why it cannot be. */
  readonly id: number | undefined;
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
  #rest: Buffer = Buffer.alloc(0);

  push(piece: Buffer): readonly RadosFrame[] {
    this.#rest = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    const frames: RadosFrame[] = [];
    for (;;) {
      const end = this.#rest.indexOf(10);
      if (end < 0) {
        if (this.#rest.length > 65_536) throw new RangeError('a line without an end');
        return frames;
      }
      const head = json(this.#rest.subarray(0, end).toString('utf8'));
      const { id, len, ready, fail, ret, said } = fields(head);
      const length = countOf(len);
      if (length === undefined || length > MAX_BYTES) throw new RangeError('a line that is no head of an answer');
      if (this.#rest.length < end + 1 + length) return frames;
      frames.push({
        id: countOf(id),
        ready: ready === 1,
        fail: textOf(fail),
        ret: countOf(ret) ?? 0,
        said: textOf(said) ?? '',
        body: this.#rest.subarray(end + 1, end + 1 + length).toString('utf8'),
      });
      this.#rest = this.#rest.subarray(end + 1 + length);
    }
  }
}
