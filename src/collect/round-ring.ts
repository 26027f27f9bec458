import type { ReadResult } from './source-reader.ts';

/** Reading of a source or of a detail (`look`), for a recorder. */
export interface Round {
  readonly source: string;
  readonly asked: ReadResult;
  readonly wallMs: number;
  readonly tookMs: number;
  readonly look: boolean;
}

/** Limit of the text of all kept rounds. */
const MAX_BYTES = 32 << 20;

/** Rounds of the last time, oldest first, with which a recording can begin before its start. */
export class RoundRing {
  readonly #keepMs: number;
  readonly #maxBytes: number;
  #kept: { readonly round: Round; readonly bytes: number }[] = [];
  #bytes = 0;

  constructor(keepMs: number, maxBytes = MAX_BYTES) {
    this.#keepMs = keepMs;
    this.#maxBytes = maxBytes;
  }

  add(round: Round): void {
    const bytes = round.asked.readings.reduce((total, { reading }) => total + sizeOf(reading), 0);
    this.#kept.push({ round, bytes });
    this.#bytes += bytes;
    let gone = 0;
    for (const oldest of this.#kept) {
      if (oldest.round.wallMs >= round.wallMs - this.#keepMs && this.#bytes <= this.#maxBytes) break;
      this.#bytes -= oldest.bytes;
      gone++;
    }
    this.#kept.splice(0, gone);
  }

  get rounds(): readonly Round[] {
    return this.#kept.map(({ round }) => round);
  }
}

/** Bytes of text in a reading; of a table or a glob, of its strings. */
export function sizeOf(reading: ReadResult['readings'][number]['reading']): number {
  if (!reading.ok) return 0;
  if (typeof reading.value === 'string') return reading.value.length;
  if (!(reading.value instanceof Map)) return 0;
  let total = 0;
  for (const value of reading.value.values())
    if (typeof value === 'string') total += value.length;
    else if (typeof value === 'object' && value !== null && 'text' in value) total += String(value.text).length;
  return total;
}
