import { keyOf, missing, type Missing, type Read } from '../host/host.ts';
import { notTaken } from '../host/not-taken.ts';
import type { BoundDetail } from '../sources/source.ts';
import { valueInLists } from './list-values.ts';
import type { Recording } from './recording.ts';
import { answersFor, parsedSample, type Round } from './replay-entries.ts';
import type { Tracks } from './replay-track.ts';

/** Number of segments that are searched for a detail. */
const DETAIL_SEGMENTS = 15;

export interface DetailReading {
  readonly sample: unknown;
  readonly missing: Readonly<Record<string, Missing>>;
}

/** Last sample of a detail of the same object before a time; what it lacks is taken from the lists that hold it. */
export async function recordedDetail(
  detail: BoundDetail,
  position: number,
  recording: Recording,
  tracks: Tracks,
): Promise<DetailReading> {
  const look = await lastLook(detail, position, recording, tracks);
  const recorded = look && answersFor(detail, look);
  const values = recorded?.values() ?? {};
  const gaps: Record<string, Missing> = {};
  const rounds = (await tracks.of(recording.indexAt(position))).newest(position);
  for (const [name, read] of Object.entries(detail.reads)) {
    if (values[name] !== undefined) continue;
    const value = valueInLists(read, rounds);
    if (value !== undefined) values[name] = value;
    else gaps[name] = recorded?.missing[name] ?? notOpen(read, recording);
  }
  return { sample: parsedSample(detail, values), missing: gaps };
}

/** Reason of a read that was not recorded; not `absent`, since the object may have been present. */
const notOpen = (read: Read, { head }: Recording): Missing =>
  head.crashcart === 'sosreport'
    ? notTaken(read, 'sosreport')
    : missing('failed', 'not in this recording (its detail was not open)');

async function lastLook(
  detail: BoundDetail,
  position: number,
  recording: Recording,
  tracks: Tracks,
): Promise<Round | undefined> {
  const wanted = new Set(Object.values(detail.reads).map(keyOf));
  const from = recording.indexAt(position);
  for (let index = from; index >= Math.max(0, from - DETAIL_SEGMENTS); index--) {
    const track = await tracks.of(index);
    track.decode(position);
    const found = track.looks.findLast(
      ({ t, source, readings }) =>
        t <= position &&
        source === detail.id &&
        readings.length > 0 &&
        readings.every(({ read }) => wanted.has(keyOf(read))),
    );
    if (found) return found;
  }
  return undefined;
}
