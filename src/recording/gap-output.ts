import { gapText } from '../lib/recording-gap.ts';
import type { GapEvent } from './events.ts';

/**
 * Output of a gap in a cast: the blank screen while it lasts, which crashcart redraws after it; a line among the output of a tool. Its
 * terminal shows what was there before the gap otherwise.
 */
export function gapOutput({ state, sinceMs, t }: GapEvent, isScreen: boolean): string {
  if (isScreen) return state === 'paused' ? '\u001B[0m\u001B[2J\u001B[H recording paused' : '';
  return state === 'paused' ? '' : `\r\n[${gapText({ fromMs: sinceMs, untilMs: t })}]\r\n`;
}
