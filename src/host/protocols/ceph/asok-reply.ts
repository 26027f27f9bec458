import type { Why } from '../../host.ts';

/** Limit of a reply, above any reply on the list. */
const MAX_BYTES = 64 * 1024 * 1024;

export type AsokOutcome =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly why: Why; readonly detail: string };

/**
 * One reply of an admin socket, assembled from chunks: 4 bytes of length, big-endian, then the text. Errors are text as
 * well: `ERROR: (22) Invalid argument` and a line with the cause.
 */
export class AsokReply {
  #pieces: Buffer[] = [];
  #size = 0;

  push(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#size += piece.length;
  }

  /** Outcome; undefined while the reply is incomplete. `ended`: the daemon closed the connection. */
  outcome(ended: boolean): AsokOutcome | undefined {
    const wants = this.#wants();
    if (wants !== undefined && wants > MAX_BYTES) return failed(`reply of ${wants} bytes exceeds the limit`);
    if (wants === undefined || this.#size < 4 + wants)
      return ended
        ? failed(`the daemon closed the connection after ${this.#size} of ${wants === undefined ? 4 : wants + 4} bytes`)
        : undefined;
    const all = Buffer.concat(this.#pieces);
    this.#pieces = [all];
    return outcomeOf(all.subarray(4, 4 + wants).toString('utf8'));
  }

  #wants(): number | undefined {
    if (this.#size < 4) return undefined;
    if ((this.#pieces[0]?.length ?? 0) < 4) this.#pieces = [Buffer.concat(this.#pieces)];
    return this.#pieces[0]?.readUInt32BE(0);
  }
}

const failed = (detail: string): AsokOutcome => ({ ok: false, why: 'failed', detail });

function outcomeOf(text: string): AsokOutcome {
  const [, , what = ''] = /^ERROR: \((\d+)\) ([^\n]*(?:\n[^\n]*)?)/.exec(text) ?? [];
  if (what === '') return { ok: true, text };
  const detail = what.trim().replaceAll('\n', ': ');
  // A release without this command is not a fault.
  return { ok: false, why: /unknown command|command not known/.test(detail) ? 'absent' : 'failed', detail };
}
