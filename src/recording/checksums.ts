import { crc32 } from 'node:zlib';

/**
 * Checksums of a segment: a line after each flush, with the CRC-32 of all text before it. So damage costs the events after the last
 * matching line, also in a segment without an end. `last` marks the end of a segment.
 *
 *     {"e":"sum","t":1795477261511,"crc":"9f86d081"}
 */
const SUM_START = Buffer.from('{"e":"sum",');
const SUM = /^\{"e":"sum","t":(-?\d{1,16}(?:\.\d+)?),"crc":"([0-9a-f]{8})"(,"last":true)?\}$/;
const MAX_SUM_BYTES = 100;
const NEWLINE = 0x0a;

export const isSumLine = (line: Buffer): boolean => line.subarray(0, SUM_START.length).equals(SUM_START);

/** Writer of the checksum lines of one segment. */
export class SumWriter {
  #crc = 0;
  #t = '0';

  /** Text with its checksum line. */
  summed(text: string, isLast = false): string {
    this.#t = lastTime(text) ?? this.#t;
    this.#crc = crc32(text, this.#crc);
    const line = `{"e":"sum","t":${this.#t},"crc":"${hex(this.#crc)}"${isLast ? ',"last":true' : ''}}\n`;
    this.#crc = crc32(line, this.#crc);
    return text + line;
  }
}

/** `t` of the last event of a text of lines. */
const lastTime = (text: string): string | undefined => {
  const from = text.lastIndexOf('\n', text.length - 2) + 1;
  return /"t":(-?\d{1,16}(?:\.\d+)?)[,}]/.exec(text.slice(from, from + MAX_SUM_BYTES))?.[1];
};

const hex = (crc: number): string => crc.toString(16).padStart(8, '0');

export interface Verified {
  /** Length of the text up to its last matching checksum. */
  readonly bytes: number;
  /** Time of the last event before that, ms since 1970. */
  readonly untilMs: number | undefined;
  /** Whether all of the segment is there. */
  readonly isComplete: boolean;
  /** Whether a checksum did not match. */
  readonly isMismatch: boolean;
}

/** Part of a segment's text that its checksums cover; undefined for a text without checksums, of an earlier version. */
export function verified(text: Buffer): Verified | undefined {
  let crc = 0;
  let done = 0;
  let found: Verified | undefined;
  for (let at = text.indexOf(SUM_START); at !== -1; at = text.indexOf(SUM_START, at + 1)) {
    if (at > 0 && text[at - 1] !== NEWLINE) continue;
    const end = text.indexOf(NEWLINE, at);
    const line = end === -1 || end - at > MAX_SUM_BYTES ? '' : text.toString('latin1', at, end);
    const [, t, sum, last] = SUM.exec(line) ?? [];
    crc = crc32(text.subarray(done, at), crc);
    done = at;
    const before = found ?? { bytes: 0, untilMs: undefined };
    if (sum !== hex(crc)) return { ...before, isComplete: false, isMismatch: true };
    found = { bytes: end + 1, untilMs: Number(t), isComplete: last !== undefined, isMismatch: false };
    if (found.isComplete) return found;
  }
  return found;
}
