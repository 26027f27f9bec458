import type { Session } from '../collect/session.ts';
import { staleNotes } from '../collect/stale-notes.ts';
import { label, plain } from '../lib/plain.ts';
import { cut, cutStyled, dropStyled, padStyled, textWidth } from '../lib/text-width.ts';
import { duration, ms } from '../lib/units.ts';
import { keyLabel, keyOfPane } from '../keymap.ts';
import { isInGap, type RecordingGap } from '../lib/recording-gap.ts';
import type { Theme } from '../theme.ts';
import { asciiOnly } from '../ui/ascii.ts';
import { frame } from '../ui/frame.ts';
import { sanitizeLine } from '../ui/sanitize-line.ts';
import type { Size } from '../ui/table.ts';
import { secretsOnly, type Redaction } from '../redact/stream-redactor.ts';
import { redactedRows } from '../ui/terminal/redacted-rows.ts';
import type { TerminalSession } from '../ui/terminal/terminal-session.ts';
import { footerLine, noticeLine, type Notice } from './footer.ts';
import { crumbsOf } from './go-to.ts';
import { headerLine, type ShownTime } from './header.ts';
import { BAND_ROWS, bandLines, pressedLine, spotlit } from './presenting-view.ts';
import type { Screen } from './screen.ts';
import { drawTabs } from './tabs.ts';
import { tourFoot, tourLines } from './tour.ts';
import type { Watch } from './watch.ts';

/** Least size of a usable screen. */
export const LEAST: Size = { columns: 60, rows: 15 };

/** Least size of a screen with room for tiles. */
const SPACIOUS: Size = { columns: 100, rows: 30 };

/** Lines above the body: the header (the band while presenting) and the tabs. */
const headRows = (presented: boolean): number => (presented ? BAND_ROWS : 1) + 1;
const FOOT_ROWS = 1;

export interface Frame {
  readonly head: readonly string[];
  readonly body: readonly string[];
  readonly foot: string;
  /** Foot for viewers, where the engineer's has more. */
  readonly sharedFoot?: string | undefined;
}

/** A dialog: finished lines with their place on the screen. */
interface DialogBox {
  readonly x: number;
  readonly y: number;
  readonly lines: readonly string[];
}

/** Size of the body; `extraRows` are those of the time bar and the tour. */
const bodySize = (size: Size, presented: boolean, extraRows = 0): Size => ({
  columns: size.columns,
  rows: size.rows - headRows(presented) - FOOT_ROWS - extraRows,
});

/** Size of a tool's terminal, which stands in place of the pane, inside its frame. */
export const terminalSize = (size: Size, presented: boolean): Size => {
  const { columns, rows } = bodySize(size, presented);
  return { columns: columns - 2, rows: rows - 2 };
};

/** Screen as finished lines of exact width; records where clicks land. */
export function drawFrame(screen: Screen, size: Size): Frame {
  const { head, body, foot, sharedFoot, box } = drawUnicode(screen, size);
  const whole = box ? withBox(body, box, head.length) : body;
  if (!screen.theme.ascii) return { head, body: whole, foot, sharedFoot };
  return {
    head: head.map(asciiOnly),
    body: whole.map(asciiOnly),
    foot: asciiOnly(foot),
    sharedFoot: sharedFoot === undefined ? undefined : asciiOnly(sharedFoot),
  };
}

/** Body with a dialog over it; `top` rows of the screen lie above the body. */
function withBox(body: readonly string[], box: DialogBox, top: number): readonly string[] {
  return body.map((line, row) => {
    const over = box.lines[row + top - box.y];
    if (over === undefined) return line;
    const left = padStyled(cutStyled(line, box.x), box.x);
    return left + over + dropStyled(line, box.x + textWidth(over));
  });
}

function drawUnicode(screen: Screen, size: Size): Frame & { readonly box: DialogBox | undefined } {
  const { theme, watch, layers, redaction } = screen;
  // Identifiers first: every known name must be redacted in this frame, also one that is gone before redaction is switched on.
  if (redaction.on || watch?.session.live !== undefined) watch?.learn(redaction);
  screen.size = size;
  const tour = screen.tour ? tourLines(screen.tour, screen.keymap, size.columns, theme) : [];
  // The tour is not drawn over.
  const box = boxOf(screen, { ...size, rows: size.rows - (tour.length === 0 ? 0 : tour.length + 1) });
  if (size.columns < LEAST.columns || size.rows < LEAST.rows) {
    const message = `needs ${LEAST.columns}x${LEAST.rows}, terminal is ${size.columns}x${size.rows}`;
    const body = blank(size, size.rows - 1);
    body[0] = padStyled(cut(message, size.columns, theme.glyphs.ellipsis), size.columns);
    return { head: [], body, foot: ' '.repeat(size.columns), box: undefined };
  }
  if (!watch) return { ...connectingLines(screen, size), box };
  const { freshness, line, spans } = headOf(screen, watch, size.columns);
  const head = [...freshness.header, line];
  const presented = screen.presenting !== undefined;
  const { top } = layers;
  if (top?.kind === 'terminal') {
    const body = terminalLines(
      top.session,
      bodySize(size, presented),
      redaction.on ? redaction.redactor : secretsOnly,
      theme,
    );
    const foot = RUNNING_KEYS.map(([key, title]) => ` ${theme.paint('key', key)} ${theme.paint('dim', title)} `).join(
      '',
    );
    const keys = padStyled(cutStyled(foot, size.columns), size.columns);
    return { head, body, ...(screen.notice === undefined ? { foot: keys } : noticeFeet(screen, screen.notice, size.columns)), box: undefined }; // prettier-ignore
  }
  watch.compact = size.columns < SPACIOUS.columns || size.rows < SPACIOUS.rows;
  const surface = screen.surface ?? watch.surface;
  const bar = watch.time.bar(size.columns, theme);
  const drawn = surface.draw(bodySize(size, presented, tour.length + (bar ? 1 : 0)), theme, {
    stale: freshness.stale,
    staleNoteOf: staleNotes(watch.session, screen.clock(), surface.readingOf),
    nextKey: sectionKey(screen),
    positions: true,
  });
  screen.hits = {
    tabs: spans,
    bodyTop: head.length,
    timeAt: bar?.timeAt,
    box: box && { x: box.x, y: box.y, columns: textWidth(box.lines[0] ?? ''), rows: box.lines.length },
  };
  const lines = presented ? spotlit(drawn, surface.focused()?.id, theme) : drawn.lines;
  return {
    head,
    body: [...lines, ...tour, ...(bar ? [bar.line] : [])],
    ...footOf(screen, size.columns),
    box: layers.top?.kind === 'box' ? box : undefined,
  };
}

const RUNNING_KEYS = [
  ['F12', 'or'],
  ['^]', 'detach and return; all other keys go to the tool'],
] as const;

/** Terminal of a tool in place of the pane, with the stop time of its target so far. */
function terminalLines(session: TerminalSession, size: Size, redaction: Redaction, theme: Theme): readonly string[] {
  const stopped = session.stoppedMs();
  const { columns, rows } = size;
  if (session.emulator.columns !== columns - 2 || session.emulator.rows !== rows - 2)
    session.resize(columns - 2, rows - 2);
  const note = stopped === undefined ? undefined : `process stopped ${ms(stopped)}`;
  // The stop time must not be overlooked.
  const options = { title: session.title, note, noteRole: 'warn', focused: true, columns, rows } as const;
  return frame(redactedRows(session.emulator.lines(theme, true), redaction).map(sanitizeLine), options, theme);
}

function headOf(screen: Screen, watch: Watch, columns: number) {
  const { theme, layers } = screen;
  const { session } = watch;
  const nowMs = screen.clock();
  const { ageMs, stale } = watch.freshness();
  const { cursorMs } = session.timeline;
  const readOnly = session.live?.readOnly;
  const time = {
    nowMs,
    cursorMs,
    ageMs,
    replaying: session.replay?.playing(),
    isOneMoment: session.timeline.isOneMoment,
    gap: gapAt(session, cursorMs ?? nowMs),
    viewers: screen.sharing?.shared.viewers().map(({ number }) => number),
    redacted: screen.redaction.on,
    readOnly,
    waiting: screen.waiting !== undefined,
  };
  const { page } = layers;
  const header = headerLines(screen, watch, time, columns);
  if (page) {
    const back = screen.keymap.actions.find(({ id }) => id === 'back')?.keys[0] ?? '';
    const title = ` ${theme.glyphs.pointer} ${cut(label(page.surface.title), columns - 20, theme.glyphs.ellipsis)}`;
    const line = `${theme.paint('title', title)}  ${theme.paint('key', keyLabel(back, theme.ascii))}${theme.paint('dim', ' back')}`;
    return { freshness: { stale: false, header }, line: padStyled(line, columns), spans: [] };
  }
  const note = stale && ageMs !== undefined ? `stale ${duration(ageMs / 1000)}` : '';
  const keyOf = (id: string) => {
    const key = keyOfPane(screen.keymap, id);
    return key === undefined ? undefined : keyLabel(key, theme.ascii);
  };
  return { freshness: { stale, header }, ...drawTabs(watch.shownTabs(), watch.tab, { note, columns, keyOf }, theme) };
}

/** Gap of the replayed recording at a time. */
function gapAt({ replay, marks }: Session, wallMs: number): RecordingGap | undefined {
  if (!replay) return undefined;
  const gaps = marks().flatMap((mark) => (mark.kind === 'gap' ? [{ fromMs: mark.wallMs, untilMs: mark.untilMs }] : []));
  return gaps.find((gap) => isInGap(gap, wallMs));
}

/** Header line; the two lines of the band while presenting. */
function headerLines(screen: Screen, watch: Watch, time: ShownTime, columns: number): readonly string[] {
  const { theme, presenting, layers } = screen;
  const recording = screen.recording?.state();
  const status = watch.session.status();
  if (!presenting) return [headerLine(watch.facts(), status, time, columns, theme, recording)];
  const { top, page } = layers;
  const title = top?.kind === 'terminal' ? top.session.title : (page?.surface.title ?? watch.surface.title);
  const canTools = screen.tools !== undefined && watch.session.live !== undefined && !time.readOnly;
  const { frozen } = presenting;
  return bandLines({ name: watch.facts().name, title, status, time, recording, frozen, canTools }, columns, theme);
}

type Feet = Pick<Frame, 'foot' | 'sharedFoot'>;

function footOf(screen: Screen, columns: number): Feet {
  const { theme, layers } = screen;
  const { top } = layers;
  if (top?.kind === 'line') return { foot: padStyled(top.draw(columns, theme), columns) };
  const pressed = screen.presenting?.pressed(screen.clock()) ?? [];
  const keys = pressedLine(pressed, screen.notice?.text, columns, theme);
  if (keys !== undefined) return { foot: keys };
  if (screen.notice !== undefined) return noticeFeet(screen, screen.notice, columns);
  if (screen.tour) return { foot: tourFoot(columns, theme) };
  const crumbs = layers.page ? [] : crumbsOf(screen);
  return { foot: footerLine(screen.keymap, (when) => screen.applies(when), columns, theme, crumbs) };
}

/** Notice for the engineer and for viewers. A recording gets no more than viewers: its redaction knows no name that a viewer chose. */
function noticeFeet({ theme, recording }: Screen, notice: Notice, columns: number): Feet {
  const sharedFoot = noticeLine({ text: notice.text }, columns, theme);
  return { foot: recording === undefined ? noticeLine(notice, columns, theme) : sharedFoot, sharedFoot };
}

const sectionKey = ({ keymap }: Screen): string =>
  keymap.actions.find(({ id }) => id === 'next-section')?.keys[0] ?? '';

function boxOf(screen: Screen, size: Size): DialogBox | undefined {
  const { top } = screen.layers;
  if (top?.kind !== 'box') return undefined;
  const lines = top.draw(size, screen.theme);
  const columns = textWidth(lines[0] ?? '');
  return {
    x: Math.max(0, Math.floor((size.columns - columns) / 2)),
    // A third from the top: dialogs grow downwards. Below the head, which is not drawn over.
    y: Math.max(
      Math.min(headRows(screen.presenting !== undefined), size.rows - lines.length),
      Math.floor((size.rows - lines.length) / 3),
      0,
    ),
    lines,
  };
}

const blank = (size: Size, rows: number): string[] => Array.from({ length: rows }, () => ' '.repeat(size.columns));

/** Screen while connecting: target, time so far, messages of the host. */
function connectingLines(screen: Screen, size: Size): Frame {
  const { theme, connecting } = screen;
  const body = blank(size, size.rows - 2);
  const put = (row: number, text: string) => {
    if (row < body.length) body[row] = padStyled(text, size.columns);
  };
  if (connecting) {
    const seconds = Math.max(0, Math.floor((screen.clock() - connecting.sinceMs) / 1000));
    const title = `connecting to ${cut(plain(connecting.target), size.columns - 30, theme.glyphs.ellipsis)}${theme.glyphs.ellipsis}`;
    put(1, `   ${theme.paint('title', title)} ${theme.paint('dim', `${seconds} s`)}`);
    const messages = connecting.messages.slice(-(size.rows - 8));
    for (const [i, line] of messages.entries())
      put(3 + i, `   ${theme.paint('dim', theme.glyphs.dot)} ${cut(line, size.columns - 6, theme.glyphs.ellipsis)}`);
  }
  const head = [padStyled(` ${theme.paint('accent', 'crashcart')}`, size.columns)];
  return { head, body, foot: padStyled(` ${theme.paint('key', '^C')} ${theme.paint('dim', 'cancel')}`, size.columns) };
}
