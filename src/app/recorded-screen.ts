import { isInGap, type RecordingGap } from '../lib/recording-gap.ts';
import type { RecordingControl } from './recording-flow.ts';
import type { Screen } from './screen.ts';

/** In the place of a screen that shows readings of a gap. */
const BLANK = '\u001B[0m\u001B[2J\u001B[H readings of a pause on the screen, not recorded';

/** Recordings that have the blank screen. */
const blanked = new WeakSet<RecordingControl>();

/** Gaps of a recording that runs and of those before it. While it pauses it takes nothing anyway. */
function gapsOf({ recording, recordingGaps }: Screen): readonly RecordingGap[] {
  const gaps = recording?.state().gaps ?? [];
  const isRunning = recording !== undefined && gaps.every(({ untilMs }) => untilMs !== undefined);
  return isRunning ? [...recordingGaps, ...gaps] : [];
}

const isLeftOut = (screen: Screen, wallMs: number): boolean => gapsOf(screen).some((gap) => isInGap(gap, wallMs));

/** Whether the cursor is within a gap. */
function showsGap(screen: Screen): boolean {
  const cursorMs = screen.watch?.session.timeline.cursorMs;
  return cursorMs !== undefined && isLeftOut(screen, cursorMs);
}

/** Records output of crashcart's own screen, unless it shows readings of a gap, or the commands for viewers with their tickets. */
export function recordScreen(screen: Screen, data: string): void {
  const { recording, sharing } = screen;
  if (!recording || sharing?.isPrivate) return;
  if (!blanked.has(recording) && !showsGap(screen)) recording.output('screen', data);
}

/** Blanks the recorded screen while the cursor is within a gap; the recording gets the whole screen after it. Called after each change. */
export function followGaps(screen: Screen): void {
  const { recording } = screen;
  if (!recording) return;
  if (!showsGap(screen)) {
    if (blanked.delete(recording)) screen.terminal.redraw();
  } else if (!blanked.has(recording)) {
    blanked.add(recording);
    recording.output('screen', BLANK);
  }
}

/** Marks as they may be shown: a recording of the screen would repeat the text of one that was set in a gap. */
export const shownMarks = <Mark extends { readonly wallMs: number; readonly text: string }>(
  screen: Screen,
  marks: readonly Mark[],
): readonly Mark[] =>
  marks.map((mark) => (isLeftOut(screen, mark.wallMs) ? { ...mark, text: 'in a pause of the recording' } : mark));
