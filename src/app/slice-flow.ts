import { plain } from '../lib/plain.ts';
import { inBackground } from './background.ts';
import type { Choice } from './choose.ts';
import type { Screen } from './screen.ts';

/** Part of a recording by its times, ms since 1970. */
export interface SliceTimes {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Writes a slice of the recording on the screen, with pseudonyms or as it is, and resolves with its path; rejects where it cannot be written. */
export type CutSlice = (times: SliceTimes, redact: boolean) => Promise<string>;

/** Choice of the palette that cuts a slice of a recording; none before it has two markers or notes. */
export function sliceChoices(screen: Screen): readonly Choice<() => void>[] {
  const { watch, cutSlice } = screen;
  const times = new Set(
    watch?.session.marks().flatMap(({ kind, wallMs }) => (kind === 'marker' || kind === 'note' ? [wallMs] : [])),
  );
  const [fromMs, toMs] = [...times].toSorted((a, b) => a - b).slice(-2);
  if (!cutSlice || fromMs === undefined || toMs === undefined) return [];
  return [
    {
      value: () => inBackground(screen, () => cut(screen, cutSlice, { fromMs, toMs })),
      title: 'cut a slice between the two newest markers',
      names: ['cut', 'slice'],
      about: `${clockOf(fromMs)} to ${clockOf(toMs)} in a recording that replays alone, redacted like the screen.`,
    },
  ];
}

async function cut(screen: Screen, cutSlice: CutSlice, times: SliceTimes): Promise<void> {
  screen.notify(`cutting ${clockOf(times.fromMs)} to ${clockOf(times.toMs)}`);
  const path = await cutSlice(times, screen.redaction.on);
  screen.written.push(`slice: ${plain(path)}`);
  screen.notify(`slice: ${path}`);
}

const clockOf = (ms: number): string => new Date(ms).toISOString().slice(11, 19);
