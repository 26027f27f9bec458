import { mono, palettes, type Background, type Depth, type Ink, type ThemeName } from './theme-palettes.ts';

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
  /** Text in the background's colour on that of the role: the contrast of the palette, turned round. */
  readonly fill: (role: Role, text: string) => string;
  readonly glyphs: Glyphs;
  readonly ascii: boolean;
  readonly colour: boolean;
  /** Options that it was made of, for a theme that differs in one. */
  readonly options: ThemeOptions;
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

export interface ThemeOptions {
  readonly ascii: boolean;
  readonly colour: boolean;
  /** Default: `auto`, dark or light by the background. */
  readonly name?: Exclude<ThemeName, 'mono'> | 'auto';
  /** Background of the terminal. Default: dark. */
  readonly background?: Background;
  /** Default: 16. */
  readonly depth?: Depth;
}

export function makeTheme(options: ThemeOptions): Theme {
  const { ascii: isAscii, colour } = options;
  const codes = colour ? coloured(options) : mono;
  return {
    paint: (role, text) => {
      const code = codes[role];
      return code && text !== '' ? `\u001B[${code}m${text}\u001B[0m` : text;
    },
    fill: (role, text) => {
      const code = codes[role];
      return text === '' ? '' : `\u001B[7${colour && code ? `;${code}` : ''}m${text}\u001B[0m`;
    },
    glyphs: isAscii ? ascii : unicode,
    ascii: isAscii,
    colour,
    options,
  };
}

/** Theme of another name; glyphs, background and depth stay. */
export const renamed = ({ options }: Theme, name: ThemeName | 'auto'): Theme =>
  makeTheme(name === 'mono' ? { ...options, colour: false } : { ...options, colour: true, name });

/** SGR parameters of each role. */
function coloured(options: ThemeOptions): Readonly<Partial<Record<Role, string>>> {
  const { name = 'auto', background = 'dark', depth = '16' } = options;
  const named =
    name === 'high-contrast' || name === 'colour-blind'
      ? palettes[name][background]
      : palettes.plain[name === 'auto' ? background : name];
  // `entries` of a record has the keys of its type.
  return Object.fromEntries(Object.entries(named).map(([role, ink]) => [role, sgrOf(ink, depth)]));
}

/** SGR parameters of an ink (ECMA-48 8.3.117; 38;5 and 38;2 by ITU-T T.416 as terminals take them). */
export function sgrOf({ weight, rgb, index, sgr16 = '' }: Ink, depth: Depth): string {
  if (depth === '16') return sgr16;
  const colour =
    rgb === undefined || index === undefined
      ? undefined
      : depth === '256'
        ? `38;5;${index}`
        : `38;2;${[1, 3, 5].map((at) => Number.parseInt(rgb.slice(at, at + 2), 16)).join(';')}`;
  return [weight, colour].filter((part) => part !== undefined).join(';');
}
