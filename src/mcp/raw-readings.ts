import { requestText } from '../collect/raw-request.ts';
import { lines } from '../lib/lines.ts';
import { plain, sanitizeLines } from '../lib/plain.ts';
import { maskSecrets } from '../lib/secrets.ts';
import { recordingRedaction } from '../redact/recording-redaction.ts';
import type { ScreenRedaction } from '../redact/screen-redaction.ts';
import { sources } from '../subsystems/index.ts';
import { stateOfMissing, stateWords } from '../timeline/reading-state.ts';
import type { HostAt } from './host-set.ts';

const declares = new Set(sources.filter(({ identifiers }) => identifiers !== undefined).map(({ id }) => id));

export interface RawQuery {
  /** Lines that contain this text, as they are given out: a pseudonym, not the name behind it. */
  readonly contains: string | undefined;
  /** Characters to skip of each reading, and the most of all together. */
  readonly offset: number;
  readonly limit: number;
}

/** Raw texts of the last readings of a source, as a recording with the same redaction would have them. */
export function rawReadings(
  { session, atMs }: HostAt,
  sourceId: string,
  { contains, offset, limit }: RawQuery,
  redaction: ScreenRedaction | undefined,
): Readonly<Record<string, unknown>> {
  const clean = redaction && recordingRedaction(redaction.redactor, declares);
  const entry = session.timeline.latest(sourceId);
  let left = limit;
  const readings = session.raw(sourceId).map(({ read, text: raw }) => {
    // Before it is cut: a secret or a name may stand at the cut.
    const whole = sanitizeLines(clean ? clean(raw, { source: sourceId, read }) : maskSecrets(raw));
    const wanted = contains === undefined ? whole : containing(whole, contains);
    const text = wanted.slice(offset, offset + left);
    left -= text.length;
    return {
      request: plain(requestText(read)),
      characters: wanted.length,
      ...(offset + text.length < wanted.length && { nextOffset: offset + text.length }),
      text,
    };
  });
  return {
    ...(entry && { ageSeconds: Math.round(Math.max(0, atMs - entry.wallMs) / 100) / 10 }),
    readings,
    missing: Object.entries(entry?.missing ?? {}).map(([read, missing]) => ({
      read,
      state: stateWords(stateOfMissing(missing)),
      why: plain(missing.detail),
    })),
  };
}

const containing = (text: string, part: string): string => {
  const wanted = part.toLowerCase();
  return lines(text)
    .filter((line) => line.toLowerCase().includes(wanted))
    .join('\n');
};
