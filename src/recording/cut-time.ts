import type { Mark } from '../collect/session.ts';
import { epochSeconds } from '../lib/iso-time.ts';
import { plain } from '../lib/plain.ts';

/** What a time of the command line refers to. */
export interface TimeScale {
  readonly startMs: number;
  readonly endMs: number;
  /** Markers and notes by time. */
  readonly marks: readonly Pick<Mark, 'wallMs' | 'text'>[];
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };
const DAY_MS = 86_400_000;

/**
 * Time in a recording, ms since 1970: RFC 3339, `14:02:10` (UTC), `+5m` after the start, `-30s` before the end, the text of a marker or
 * note, or `#2` for the second of them. A sentence for any other text, and for a time outside.
 */
export function cutTime(text: string, scale: TimeScale): number | { readonly problem: string } {
  const { startMs, endMs, marks } = scale;
  const ms = timeOf(text, scale);
  if (typeof ms === 'object') return ms;
  if (ms !== undefined && ms >= startMs && ms <= endMs) return ms;
  const span = `${new Date(startMs).toISOString()} to ${new Date(endMs).toISOString()}`;
  if (ms !== undefined) return { problem: `"${plain(text)}": outside of the recording, ${span}` };
  const names = marks.map((mark, i) =>
    `#${i + 1} ${new Date(mark.wallMs).toISOString().slice(11, 19)} ${plain(mark.text)}`.trim(),
  );
  const known = names.length === 0 ? 'the recording has no marker' : `markers: ${names.slice(0, 20).join('; ')}`;
  return { problem: `"${plain(text)}": neither a time nor a marker of the recording (${span}); ${known}` };
}

function timeOf(text: string, { startMs, endMs, marks }: TimeScale): number | undefined | { readonly problem: string } {
  const wanted = text.trim();
  const [, sign, number, unit = 's'] = /^([+-])(\d{1,7})([smh])?$/.exec(wanted) ?? [];
  if (number !== undefined) {
    const ms = Number(number) * 1000 * (SECONDS[unit] ?? 1);
    return sign === '+' ? startMs + ms : endMs - ms;
  }
  const seconds = epochSeconds(wanted);
  if (seconds !== undefined) return seconds * 1000;
  const [, hours, minutes, rest = '0'] = /^(\d\d):(\d\d)(?::(\d\d(?:\.\d+)?))?$/.exec(wanted) ?? [];
  if (hours !== undefined) {
    const inDay = (Number(hours) * 3600 + Number(minutes) * 60 + Number(rest)) * 1000;
    const ms = Math.floor(startMs / DAY_MS) * DAY_MS + inDay;
    // The recording may go over midnight.
    return ms < startMs ? ms + DAY_MS : ms;
  }
  const [, place] = /^#(\d{1,5})$/.exec(wanted) ?? [];
  if (place !== undefined) return marks[Number(place) - 1]?.wallMs;
  const named = marks.filter((mark) => mark.text !== '' && mark.text.toLowerCase() === wanted.toLowerCase());
  const [only, other] = named;
  if (only === undefined || other === undefined) return only?.wallMs;
  return {
    problem: `${named.length} markers are called "${plain(text)}": name one by its number, as #${marks.indexOf(only) + 1}`,
  };
}
