import { verified, type Verified } from './checksums.ts';
import { CUT_OFF, hasChecksum, unpack } from './decompress.ts';

/** Text of a segment that may be believed: whole lines that its checksums cover. */
export interface SegmentText {
  readonly text: Buffer;
  /** Sentence about the part that is not readable. */
  readonly problem: string | undefined;
}

export interface SegmentTimes {
  /** Start, ms since 1970. */
  readonly t: number;
  /** Start of the next segment or end of the recording; undefined where that is unknown. */
  readonly endMs: number | undefined;
}

const NO_SUM: Verified = { bytes: 0, untilMs: undefined, isComplete: false, isMismatch: true };

/** Unpacks a segment. `where` begins the sentences. */
export async function segmentText(packed: Buffer, where: string, times: SegmentTimes): Promise<SegmentText> {
  const { text, problem, isVerified } = await unpack(packed);
  if (isVerified) return { text, problem: undefined };
  const sums = verified(text) ?? (text.length > 0 && hasChecksum(packed) ? NO_SUM : undefined);
  // Recorded before there were checksums, or nothing of it is readable.
  if (sums === undefined) return { text: wholeLines(text), problem: faultOf(text, where, problem) };
  const believed = text.subarray(0, sums.bytes);
  if (sums.isComplete) return { text: believed, problem: undefined };
  const cause = sums.isMismatch || (problem !== undefined && !CUT_OFF.test(problem)) ? 'checksum mismatch' : 'truncated'; // prettier-ignore
  return { text: believed, problem: `${where}: ${cause}, ${lost(sums.untilMs ?? times.t, times.endMs)} not readable` };
}

const NEWLINE = 0x0a;
const wholeLines = (text: Buffer): Buffer => text.subarray(0, text.lastIndexOf(NEWLINE) + 1);

function faultOf(text: Buffer, where: string, problem: string | undefined): string | undefined {
  if (problem !== undefined) return `${where}: ${CUT_OFF.test(problem) ? 'truncated, ' : ''}${problem}`;
  return text.length > 0 && text.at(-1) !== NEWLINE ? `${where}: truncated within a line` : undefined;
}

const lost = (fromMs: number, untilMs: number | undefined): string =>
  untilMs === undefined || untilMs < fromMs ? `after ${clock(fromMs)}` : `${clock(fromMs)} to ${clock(untilMs)}`;

const clock = (wallMs: number): string => `${new Date(wallMs).toISOString().slice(11, 19)} UTC`;
