/**
 * Style by meaning. Only `paint` writes escape sequences into drawn lines. Severities have a mark too, readable without
 * colour.
 */
export type Role =
  | 'text'
  | 'dim'
  | 'label'
  | 'title'
  | 'accent'
  | 'good'
  | 'warn'
  | 'crit'
  | 'info'
  | 'selected'
  | 'key'
  | 'stale'
  | 'cool'
  | 'mild'
  | 'warm'
  | 'hot';

export type Severity = 'crit' | 'warn' | 'info';

/** Characters that differ between a Unicode terminal and `--ascii`. */
export interface Glyphs {
  /** Eighths of a cell from the left, empty to full (9). */
  readonly bar: readonly string[];
  /** Eighths of a cell from the bottom, empty to full (9), for sparklines. */
  readonly spark: readonly string[];
  /** Shades of a heat map, cold to hot (5); readable without colour. */
  readonly heat: readonly string[];
  readonly track: string;
  readonly box: {
    readonly topLeft: string;
    readonly topRight: string;
    readonly bottomLeft: string;
    readonly bottomRight: string;
    readonly across: string;
    readonly down: string;
  };
  readonly severity: Readonly<Record<Severity, string>>;
  readonly missing: string;
  /** Before a duration that may be longer. */
  readonly least: string;
  readonly ellipsis: string;
  readonly live: string;
  readonly paused: string;
  readonly sortUp: string;
  readonly sortDown: string;
  readonly branch: string;
  readonly lastBranch: string;
  readonly pipe: string;
  readonly pointer: string;
  /** Row that the person marked. */
  readonly rowMark: string;
  /** Between the steps of a path. */
  readonly crumb: string;
  readonly dot: string;
}

export interface Theme {
  readonly paint: (role: Role, text: string) => string;
  readonly glyphs: Glyphs;
  readonly ascii: boolean;
  readonly colour: boolean;
}

const unicode: Glyphs = {
  bar: [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'],
  spark: [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
  heat: ['·', '░', '▒', '▓', '█'],
  track: '·',
  box: { topLeft: '╭', topRight: '╮', bottomLeft: '╰', bottomRight: '╯', across: '─', down: '│' },
  severity: { crit: '▲', warn: '◆', info: '•' },
  missing: '—',
  least: '≥',
  ellipsis: '…',
  live: '●',
  paused: '‖',
  sortUp: '▴',
  sortDown: '▾',
  branch: '├─',
  lastBranch: '└─',
  pipe: '│ ',
  pointer: '▸',
  rowMark: '✓',
  crumb: '›',
  dot: '·',
};

const ascii: Glyphs = {
  bar: [' ', ' ', ' ', '-', '-', '=', '=', '#', '#'],
  spark: [' ', '.', '.', ':', ':', '+', '+', '#', '#'],
  heat: ['.', ':', '+', '*', '#'],
  track: '.',
  box: { topLeft: '+', topRight: '+', bottomLeft: '+', bottomRight: '+', across: '-', down: '|' },
  severity: { crit: '!', warn: '*', info: '-' },
  missing: '-',
  least: '>',
  ellipsis: '~',
  live: '*',
  paused: '=',
  sortUp: '/',
  sortDown: '\\',
  branch: '|-',
  lastBranch: '`-',
  pipe: '| ',
  pointer: '>',
  rowMark: '+',
  crumb: '>',
  dot: '.',
};

/** SGR parameters in 16 colours; blue to orange (bright yellow) is readable without red and green. */
const sgr: Readonly<Record<Role, string>> = {
  text: '',
  dim: '90',
  label: '36',
  title: '1',
  accent: '94',
  good: '94',
  warn: '33',
  crit: '1;91',
  info: '36',
  selected: '7',
  key: '1;96',
  stale: '2',
  cool: '90',
  mild: '94',
  warm: '33',
  hot: '1;91',
};

/** SGR parameters without colour: weight marks important roles. */
const mono: Readonly<Partial<Record<Role, string>>> = {
  title: '1',
  crit: '1;7',
  warn: '1',
  selected: '7',
  key: '1',
  hot: '1',
  dim: '2',
  stale: '2',
};

export function makeTheme(options: { readonly colour: boolean; readonly ascii: boolean }): Theme {
  const codes: Readonly<Partial<Record<Role, string>>> = options.colour ? sgr : mono;
  return {
    paint: (role, text) => {
      const code = codes[role];
      return code && text !== '' ? `\u001B[${code}m${text}\u001B[0m` : text;
    },
    glyphs: options.ascii ? ascii : unicode,
    ascii: options.ascii,
    colour: options.colour,
  };
}
