import type { Why } from '../../host.ts';

/** More than any answer on the list: 5 000 OSDs in one `perf dump` would be no single daemon's. */
const MAX_BYTES = 64 * 1024 * 1024;

export type AsokOutcome =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly why: Why; readonly detail: string };

/**
 * One reply of an admin socket, put together from pieces cut anywhere: 4 bytes of length, big-endian, then the text.
 * Errors are text as well: `ERROR: (22) Invalid argument` and a line that says what for.
 */
export class AsokReply {
  #pieces: Buffer[] = [];
  #size = 0;

  push(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#size += piece.length;
  }

  /** Undefined while more must come; `ended`: nothing more will. */
  outcome(ended: boolean): AsokOutcome | undefined {
    const wants = this.#wants();
    if (wants !== undefined && wants > MAX_BYTES) return failed(`a reply of ${wants} bytes is announced`);
    if (wants === undefined || this.#size < 4 + wants)
      return ended
        ? failed(`the daemon hung up after ${this.#size} of ${wants === undefined ? 4 : wants + 4} bytes`)
        : undefined;
    const all = Buffer.concat(this.#pieces);
    this.#pieces = [all];
    return told(all.subarray(4, 4 + wants).toString('utf8'));
  }

  #wants(): number | undefined {
    if (this.#size < 4) return undefined;
    if ((this.#pieces[0]?.length ?? 0) < 4) this.#pieces = [Buffer.concat(this.#pieces)];
    return this.#pieces[0]?.readUInt32BE(0);
  }
}

const failed = (detail: string): AsokOutcome => ({ ok: false, why: 'failed', detail });

function told(text: string): AsokOutcome {
  const [, , what = ''] = /^ERROR: \((\d+)\) ([^\n]*(?:\n[^\n]*)?)/.exec(text) ?? [];
  if (what === '') return { ok: true, text };
  const detail = what.trim().replaceAll('\n', ': ');
  // A release that does not know the question has nothing to say to it: no fault of anybody.
  return { ok: false, why: /unknown command|command not known/.test(detail) ? 'absent' : 'failed', detail };
}
