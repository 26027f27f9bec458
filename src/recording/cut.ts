import type { Mark } from '../collect/session.ts';
import type { FindingEvent, GapEvent, RecordingEvent, SampleEvent, StatusEvent, TerminalEvent } from './events.ts';
import { ReadingEncoder } from './reading-codec.ts';
import type { Recording } from './recording.ts';
import { RoundDecoder, type Round } from './replay-entries.ts';
import { rewriteRecording } from './rewrite.ts';

/** Time of a recording that is kept, ms since 1970. */
export interface Slice {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface CutOptions {
  /** Keeps the output of crashcart's own screen, which is painted in patches and cannot be redacted afterwards. */
  readonly withScreen: boolean;
  /** Marks the file as redacted, which the caller then does. */
  readonly redacted: boolean;
  /** Takes each round that is kept. */
  readonly onRound?: ((round: Round) => void) | undefined;
}

/**
 * Writes a slice of a recording into a new file (mode 0600), which replays alone: it begins with the last readings of each source before it,
 * the findings that stand, the state of the line and the sizes of terminals. Notes of replays become notes of the file.
 */
export async function cutRecording(
  recording: Recording,
  path: string,
  slice: Slice,
  { withScreen, redacted, onRound }: CutOptions,
): Promise<void> {
  const { fromMs, toMs } = slice;
  const first = recording.indexAt(fromMs);
  const places = [...recording.segments.entries()].flatMap(([place, { t }]) =>
    place >= first && t <= toMs ? [place] : [],
  );
  const standing = await standingAt(recording, slice, first);
  const notes = (recording.notes?.marks ?? []).filter(({ wallMs }) => wallMs >= fromMs && wallMs <= toMs);
  let begun = false;
  await rewriteRecording(
    recording,
    path,
    (events, isLast) => {
      const [head] = events;
      // An unreadable segment is a gap, as in the recording.
      if (head?.e !== 'segment') return [];
      const t = Math.max(head.t, fromMs);
      const inside = events.filter((event) => event.t <= toMs && event.e !== 'segment' && event.e !== 'recorder');
      const kept = begun ? inside : beginning(inside, fromMs, standing);
      begun = true;
      const shown = withScreen ? kept : kept.filter((event) => !('terminal' in event) || event.terminal !== 'screen');
      const decoder = new RoundDecoder();
      if (onRound) for (const event of shown) if (event.e === 'sample') onRound(decoder.decode(event));
      const untilMs = isLast ? toMs : (shown.at(-1)?.t ?? t);
      const here = notes.splice(0, notes.findLastIndex(({ wallMs }) => wallMs <= untilMs) + 1);
      return [
        { ...head, t, began: fromMs, redacted: head.redacted || redacted },
        ...withNotes(shown, here),
        ...(isLast ? [{ e: 'recorder', t: toMs, what: 'end', detail: 'end of the slice' } as const] : []),
      ];
    },
    places,
  );
}

/** Findings that stand at the start of a slice, with their own starts. */
async function standingAt(recording: Recording, { fromMs }: Slice, first: number): Promise<readonly FindingEvent[]> {
  const standing = new Map<string, FindingEvent>();
  const take = (events: readonly RecordingEvent[]) => {
    for (const event of events) {
      if (event.e !== 'finding' || event.t >= fromMs) continue;
      if (event.state === 'ended') standing.delete(event.key);
      // A new sentence keeps the start.
      else standing.set(event.key, { ...event, t: standing.get(event.key)?.t ?? event.t });
    }
  };
  if (recording.spread) take(recording.spread);
  else for (let place = 0; place <= first; place++) take((await recording.segment(place, { samples: false })).events);
  return [...standing.values()];
}

/** Time before a slice whose readings it carries, and their least number of each source: rates need two, rules over a window more. */
const LEAD_MS = 15_000;
const LEAST_CARRIED = 2;

/** Events from a time on, with all that they refer to before it: as the recorder begins a segment. */
function beginning(
  events: readonly RecordingEvent[],
  fromMs: number,
  standing: readonly FindingEvent[],
): readonly RecordingEvent[] {
  const decoder = new RoundDecoder();
  const encoder = new ReadingEncoder();
  const encoded = (event: SampleEvent, { readings }: Round): SampleEvent => ({
    ...event,
    reads: Object.fromEntries(readings.map(({ name, read, reading }) => [name, encoder.encode(read, reading)])),
  });
  const carried = new Map<string, (readonly [SampleEvent, Round])[]>();
  const terminals = new Map<string, TerminalEvent>();
  let status: StatusEvent | undefined;
  let gap: GapEvent | undefined;
  const after: RecordingEvent[] = [];
  const rounds: (readonly [SampleEvent, Round])[] = [];
  for (const event of events) {
    const isBefore = event.t < fromMs;
    if (event.e === 'sample') {
      const round = decoder.decode(event);
      if (!isBefore) {
        rounds.push([event, round]);
        after.push(event);
      } else if (!event.look) {
        const known = carried.get(event.source) ?? [];
        known.push([event, round]);
        while (known.length > LEAST_CARRIED && (known[0]?.[0].t ?? 0) < fromMs - LEAD_MS) known.shift();
        carried.set(event.source, known);
      }
    } else if (!isBefore)
      after.push(event.e === 'gap' ? { ...event, sinceMs: Math.max(fromMs, event.sinceMs) } : event);
    else if (event.e === 'gap') gap = event.state === 'paused' ? { ...event, sinceMs: fromMs } : undefined;
    else if (event.e === 'terminal') terminals.set(event.terminal, event);
    else if (event.e === 'status') status = event;
  }
  // Encoded in the order of the file, since each refers to the one before.
  const lead = [...carried.values()]
    .flat()
    .map(([event, round]) => ({ ...encoded(event, round), carried: true as const }));
  const again = new Map(rounds.map(([event, round]) => [event, encoded(event, round)]));
  return [
    ...lead,
    ...[...terminals.values(), ...(status ? [status] : []), ...(gap ? [gap] : [])].map((event) => ({
      ...event,
      t: fromMs,
    })),
    ...standing,
    ...after.map((event) => (event.e === 'sample' ? (again.get(event) ?? event) : event)),
  ];
}

/** Events with notes of replays at their times. */
function withNotes(events: readonly RecordingEvent[], notes: readonly Mark[]): readonly RecordingEvent[] {
  const out = [...events];
  for (const { wallMs, text } of notes) {
    const later = out.findIndex(({ t }) => t > wallMs);
    out.splice(later < 0 ? out.length : later, 0, { e: 'marker', t: wallMs, text });
  }
  return out;
}
