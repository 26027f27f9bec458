import { EventEmitter } from 'blessed/lib/events.js';
import Program from 'blessed/lib/program.js';
import Screen from 'blessed/lib/widgets/screen.js';
import { plain } from '../../lib/plain.ts';
import type { Role, Theme } from '../../theme.ts';

/** Element of blessed-contrib. */
export interface Chart {
  setData(...data: readonly unknown[]): void;
  setPercent?(pct: number): void;
  index: number;
  render(): void;
  detach(): void;
}

/** Constructor of an element; blessed's constructors work without `new`. */
export type Widget = (options: object) => unknown;

/** Cell of blessed: attributes in 27 bits (flags, foreground, background; 9 each), then the character. */
type Cell = [attributes: number, character: string];

/** Part of a blessed screen that elements use. */
interface OffScreen {
  lines: Cell[][];
  children: Chart[];
  append(chart: Chart): void;
  removeAllListeners(): void;
  lpos: object;
}

const DEFAULT = (0x1ff << 9) | 0x1ff;
const NONE = 0x1ff;
/** Edges of a blessed screen, all 0: it starts at the origin. */
const EDGES = (
  'left aleft rleft right aright rright top atop rtop bottom abottom rbottom ' +
  'ileft itop iright ibottom iheight iwidth'
).split(' ');

const none = { left: 0, right: 0, top: 0, bottom: 0 };

/**
 * Foreground colours for blessed-contrib by role of the theme. Its colours never reach the terminal: they are
 * markers of roles.
 */
const MARKERS: readonly (readonly [name: string, ansi: number, role: Role])[] = [
  ['red', 1, 'crit'],
  ['green', 2, 'dim'],
  ['yellow', 3, 'warn'],
  ['blue', 4, 'accent'],
  ['magenta', 5, 'text'],
  ['cyan', 6, 'info'],
];

/** Name of a role's colour; the accent for roles without one. */
export const marker = (role: Role): string => MARKERS.find(([, , known]) => known === role)?.[0] ?? 'blue';

const roleOf = (ansi: number): Role => MARKERS.find(([, known]) => known === ansi)?.[2] ?? 'text';

/**
 * Draws one element of blessed-contrib into memory, `columns` by `rows`, without terminal, terminfo and handlers. The
 * cells that blessed paints are styled by the theme.
 */
export function drawOffscreen(
  widget: Widget,
  size: { readonly columns: number; readonly rows: number },
  options: object,
  fill: (chart: Chart) => void,
  theme: Theme,
): readonly string[] {
  const { columns, rows } = size;
  const screen = offScreen(columns, rows);
  // Every element of blessed-contrib has the members of `Chart`.
  const chart = widget({ top: 0, left: 0, width: columns, height: rows, ...options, screen }) as Chart;
  screen.append(chart);
  fill(chart);
  screen.lpos = {
    xi: 0,
    xl: columns,
    yi: 0,
    yl: rows,
    base: 0,
    noleft: false,
    noright: false,
    notop: false,
    nobot: false,
  };
  for (const child of screen.children) {
    child.index = 0;
    child.render();
  }
  const lines = screen.lines.map((line) => paintedLine(line, theme));
  for (const child of screen.children.slice()) child.detach();
  screen.removeAllListeners();
  return lines;
}

function offScreen(columns: number, rows: number): OffScreen {
  // Methods of blessed's Screen without its constructor, which would take over the terminal.
  const screen = Object.create(Screen.prototype) as OffScreen & { screen?: unknown };
  EventEmitter.call(screen);
  const nothing = () => undefined;
  const tput = { unicode: true, strings: {}, numbers: {}, bools: {}, colors: 256, brokenACS: false };
  const program = {
    cols: columns,
    rows,
    tput,
    write: nothing,
    _write: nothing,
    flush: nothing,
    on: nothing,
    removeListener: nothing,
  };
  return Object.assign(screen, {
    type: 'screen',
    options: {},
    children: [],
    data: {},
    $: {},
    _: {},
    parent: null,
    detached: false,
    screen,
    uid: -1,
    index: -1,
    program: Object.assign(Object.create(Program.prototype) as object, program),
    tput,
    _unicode: true,
    fullUnicode: false,
    autoPadding: true,
    dattr: DEFAULT,
    renders: 1,
    position: { ...none, width: columns, height: rows },
    padding: none,
    ...Object.fromEntries(EDGES.map((name) => [name, 0])),
    history: [],
    clickable: [],
    keyable: [],
    focused: null,
    _borderStops: {},
    _ci: -1,
    ignoreLocked: [],
    cursor: {},
    _needsClickableSort: false,
    draw: nothing,
    render: nothing,
    _listenMouse: nothing,
    _listenKeys: nothing,
    realloc: nothing,
    lpos: {},
    lines: Array.from({ length: rows }, () =>
      Object.assign(
        Array.from({ length: columns }, (): Cell => [DEFAULT, ' ']),
        { dirty: true },
      ),
    ),
  });
}

/** Line as one string, runs of a role painted together. A filled background is a full block in its colour. */
function paintedLine(line: readonly Cell[], theme: Theme): string {
  let out = '';
  let run = '';
  let role: Role = 'text';
  for (const [attributes, character] of line) {
    const foreground = (attributes >> 9) & NONE;
    const background = attributes & NONE;
    const filled = background !== NONE && background !== 0 && character === ' ';
    const next: Role = filled
      ? roleOf(background)
      : character === ' '
        ? role
        : foreground === NONE
          ? 'text'
          : roleOf(foreground);
    if (next !== role) {
      out += theme.paint(role, run);
      run = '';
      role = next;
    }
    run += filled ? (theme.glyphs.bar[8] ?? '') : plain(character);
  }
  return out + theme.paint(role, run);
}
