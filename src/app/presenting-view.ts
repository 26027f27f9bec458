import type { Status } from '../collect/session.ts';
import { label, plain } from '../lib/plain.ts';
import { plural } from '../lib/units.ts';
import { cut, cutStyled, dropStyled, padStyled, textWidth, unstyled } from '../lib/text-width.ts';
import { keyLabel } from '../keymap.ts';
import type { Role, Theme } from '../theme.ts';
import type { DrawnPane } from '../ui/draw-pane.ts';
import { clock, linkSegments, type Recorded, type ShownTime } from './header.ts';
import type { PressedKey } from './presenting.ts';

/** Lines of the band at the top. */
export const BAND_ROWS = 2;

interface Word {
  readonly text: string;
  readonly role: Role;
}

/**
 * Band at the top while presenting: host, pane and link; then recording, redaction and tools. Few words, none that
 * flickers. Exactly `columns` cells each.
 */
export function bandLines(
  shown: {
    readonly name: string;
    readonly title: string;
    readonly status: Status;
    readonly time: ShownTime;
    readonly recording: Recorded | undefined;
    /** Paused by a key that points at something. */
    readonly frozen: boolean;
    readonly canTools: boolean;
  },
  columns: number,
  theme: Theme,
): readonly [string, string] {
  const { glyphs } = theme;
  const { time, recording } = shown;
  const links = linkSegments(shown.status, { ...time, ageMs: undefined }, theme);
  const state = shown.frozen ? `${glyphs.paused} FROZEN` : links.map(({ text }) => text).join('  ');
  const tail = `${state}   ${clock(time.cursorMs ?? time.nowMs)} UTC `;
  const room = columns - textWidth(tail) - 2;
  const title = ` ${glyphs.pointer} ${label(shown.title)}`;
  const name = cut(plain(shown.name), Math.max(8, room - textWidth(title)), glyphs.ellipsis);
  const head = cut(` ${name}${title}`, room, glyphs.ellipsis);
  const gap = ' '.repeat(Math.max(1, columns - textWidth(head) - textWidth(tail)));
  const first =
    shown.status.link.state === 'live'
      ? theme.paint('selected', head + gap + tail)
      : theme.paint('selected', head + gap) + theme.paint('crit', tail);
  return [cutStyled(first, columns), stateLine(recordedWord(recording, time, theme), shown, columns, theme)];
}

function stateLine(
  recorded: Word,
  { time, canTools }: { readonly time: ShownTime; readonly canTools: boolean },
  columns: number,
  theme: Theme,
): string {
  const { severity } = theme.glyphs;
  const words: readonly Word[] = [
    recorded,
    time.redacted
      ? { text: 'names redacted', role: 'selected' }
      : { text: `${severity.crit} NAMES VISIBLE`, role: 'crit' },
    ...(time.viewers === undefined ? [] : [{ text: plural(time.viewers.length, 'viewer'), role: 'selected' } as const]),
    { text: canTools ? 'tools enabled' : 'read-only', role: 'selected' },
  ];
  const between = theme.paint('selected', `   ${theme.glyphs.box.down}   `);
  const line = words.map(({ text, role }) => theme.paint(role, role === 'selected' ? text : ` ${text} `)).join(between);
  const rest = Math.max(0, columns - 1 - textWidth(line));
  return cutStyled(theme.paint('selected', ' ') + line + theme.paint('selected', ' '.repeat(rest)), columns);
}

function recordedWord(recording: Recorded | undefined, { nowMs, replaying }: ShownTime, { glyphs }: Theme): Word {
  if (replaying !== undefined) return { text: 'replay', role: 'selected' };
  if (!recording) return { text: 'not recording', role: 'selected' };
  if (recording.problem !== undefined) return { text: `${glyphs.severity.warn} RECORDING ENDED`, role: 'crit' };
  const gap = recording.gaps.at(-1);
  if (gap !== undefined && gap.untilMs === undefined)
    return { text: `${glyphs.paused} RECORDING PAUSED ${clock(Math.max(0, nowMs - gap.fromMs))}`, role: 'selected' };
  return { text: `${glyphs.live} RECORDING ${clock(Math.max(0, nowMs - recording.sinceMs))}`, role: 'crit' };
}

/** Lines with all but the focused section in grey. */
export function spotlit({ lines, sections }: DrawnPane, focus: string | undefined, theme: Theme): readonly string[] {
  const lit = sections.find(({ id }) => id === focus);
  if (!lit || sections.length < 2) return lines;
  const grey = (line: string) => theme.paint('dim', unstyled(line));
  return lines.map((line, y) => {
    if (y < lit.y || y >= lit.y + lit.rows) return grey(line);
    const end = lit.x + lit.columns;
    return grey(cutStyled(line, lit.x)) + dropStyled(cutStyled(line, end), lit.x) + grey(dropStyled(line, end));
  });
}

/** Recently pressed keys in place of the footer; undefined for none. */
export function pressedLine(
  pressed: readonly PressedKey[],
  notice: string | undefined,
  columns: number,
  theme: Theme,
): string | undefined {
  if (pressed.length === 0) return undefined;
  const keys = pressed.map(({ key, title, times }) => {
    const count = times > 1 ? ` x${times}` : '';
    return `${theme.paint('selected', ` ${keyLabel(key, theme.ascii)}${count} `)} ${theme.paint('title', title)}`;
  });
  const line = ` ${keys.join('  ')}`;
  const room = columns - textWidth(line) - 4;
  const tail = notice !== undefined && room > 8 ? `   ${cut(plain(notice), room, theme.glyphs.ellipsis)}` : '';
  return padStyled(cutStyled(line + tail, columns), columns);
}
