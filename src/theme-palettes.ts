import type { Role } from './theme.ts';

/** Names of `--theme` and `theme.name`. `high-contrast` and `colour-blind` follow the background of the terminal. */
export const themeNames = ['dark', 'light', 'high-contrast', 'colour-blind', 'mono'] as const;
export type ThemeName = (typeof themeNames)[number];

export type Background = 'dark' | 'light';
/** Colours of a terminal: 24 bits, xterm's table of 256, or the 16 that its user chose. */
export type Depth = 'truecolor' | '256' | '16';

/** Look of one role: SGR parameters before the colour, and the colour by depth. */
export interface Ink {
  readonly weight?: string;
  /** Red, green, blue as `#rrggbb`. */
  readonly rgb?: string;
  /** Index from 16 up: those below are the user's. */
  readonly index?: number;
  /** Whole SGR parameters with 16 colours. */
  readonly sgr16?: string;
}

export type Palette = Readonly<Record<Role, Ink>>;

/** `[bold ]#rrggbb INDEX SGR16`, or `bold`, or empty for the terminal's own. */
function ink(text: string): Ink {
  const words = text.split(' ').filter(Boolean);
  const weight = words[0] === 'bold' ? { weight: '1' } : {};
  const [rgb, index, sgr16] = words.slice(words[0] === 'bold' ? 1 : 0);
  if (rgb === undefined) return { ...weight, ...(words.length > 0 && { sgr16: '1' }) };
  return { ...weight, rgb, index: Number(index), ...(sgr16 !== undefined && { sgr16 }) };
}

type Distinct = 'text' | 'dim' | 'label' | 'accent' | 'good' | 'warn' | 'crit' | 'info' | 'key' | 'stale';

/** Palette of its distinct colours: heat goes from dim over accent and warn to crit, selection is reverse video. */
function palette(colours: Readonly<Record<Distinct, string>>): Palette {
  // Keys of the argument are those of the result.
  const inks = Object.fromEntries(Object.entries(colours).map(([role, text]) => [role, ink(text)])) as Record<
    Distinct,
    Ink
  >;
  return {
    ...inks,
    title: { ...inks.text, weight: '1', sgr16: '1' },
    selected: { weight: '7', sgr16: '7' },
    cool: inks.dim,
    mild: inks.accent,
    warm: inks.warn,
    hot: inks.crit,
  };
}

/**
 * Palettes by theme and background. Colours hold the contrast of WCAG 2.2 (1.4.3, level AA: 4.5:1) on common
 * backgrounds, dim decoration 3:1 (1.4.11); high contrast holds 7:1 (1.4.6, AAA). With 16 colours only those are used
 * that do so in the tables of VGA and xterm: bold yellow, since VGA's plain one is brown, no cyan, green and yellow on
 * white, no bright black on black, which is Solarized's background. `test/theme-contrast.test.ts` computes them.
 */
export const palettes: Readonly<
  Record<'plain' | 'high-contrast' | 'colour-blind', Readonly<Record<Background, Palette>>>
> = {
  plain: {
    dark: palette({
      text: '',
      dim: '#8b949e 246 37',
      label: '#56b6c2 73 36',
      accent: '#7aa2f7 111 1;36',
      good: '#73c991 78 32',
      warn: '#e5c07b 221 1;33',
      crit: 'bold #ff7b72 210 1;91',
      info: '#7dcfff 117 36',
      key: 'bold #82dcff 117 1;96',
      stale: '#a0a8b0 248 37',
    }),
    light: palette({
      text: '',
      dim: '#6e7781 243 90',
      label: '#0b6b78 24 34',
      accent: '#0550ae 25 34',
      good: '#116329 22 34',
      warn: '#7d4e00 94 35',
      crit: 'bold #b3150f 124 31',
      info: '#0b6b78 24 34',
      key: 'bold #0550ae 25 1;34',
      stale: '#57606a 59 30',
    }),
  },
  'high-contrast': {
    dark: palette({
      text: '#ffffff 231',
      dim: '#d0d0d0 252',
      label: '#7fffff 123 36',
      accent: 'bold #87d7ff 117 1;36',
      good: '#87ff87 120 32',
      warn: 'bold #ffff5f 227 1;33',
      crit: 'bold #ff9d94 216 1;91',
      info: '#87d7ff 117 36',
      key: 'bold #7fffff 123 1;96',
      stale: '#e0e0e0 254',
    }),
    light: palette({
      text: '#000000 16',
      dim: '#3a3a3a 237',
      label: '#00405f 23 34',
      accent: 'bold #00308f 18 34',
      good: '#004d00 22 34',
      warn: 'bold #5c3300 54 35',
      crit: 'bold #870000 88 31',
      info: '#00308f 18 34',
      key: 'bold #00308f 18 1;34',
      stale: '#303030 236',
    }),
  },
  // Deuteranopia leaves blue and yellow apart; severities differ by 8 or more in CIE lightness, crit is underlined too
  // where lightness is the user's choice.
  'colour-blind': {
    dark: palette({
      text: '',
      dim: '#8b949e 246 37',
      label: '#9fb4c8 146 36',
      accent: '#56b4e9 74 1;36',
      good: '#56b4e9 74 36',
      warn: '#fff07a 228 1;33',
      crit: 'bold #ff7043 209 1;4;91',
      info: '#9ad4ff 153 36',
      key: 'bold #7cc4f0 117 1;96',
      stale: '#a0a8b0 248 37',
    }),
    light: palette({
      text: '',
      dim: '#6e7781 243 90',
      label: '#3d5166 239 34',
      accent: '#005a9e 25 34',
      good: '#005a9e 25 34',
      warn: '#836200 94 1',
      crit: 'bold #5f0000 52 4;31',
      info: '#1a3fb0 20 34',
      key: 'bold #005a9e 25 1;34',
      stale: '#57606a 59 30',
    }),
  },
};

/** SGR parameters without colour: weight marks important roles; never reverse, which empties a bar. */
export const mono: Readonly<Partial<Record<Role, string>>> = {
  title: '1',
  crit: '1;4',
  warn: '1',
  selected: '7',
  key: '1',
  hot: '1',
  dim: '2',
  stale: '2',
};
