import { describe, expect, test } from 'vitest';
import { makeTheme, type Role, sgrOf } from '../src/theme.ts';
import { palettes, type Background, type Ink } from '../src/theme-palettes.ts';

/** Red, green, blue, 0 to 1. */
type Rgb = readonly [number, number, number];

const rgbOf = (text: string): Rgb => {
  const part = (at: number) => Number.parseInt(text.replace('#', '').slice(at, at + 2), 16) / 255;
  return [part(0), part(2), part(4)];
};

/** sRGB to linear light (IEC 61966-2-1). */
const linear = (part: number): number => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);

/** Relative luminance by WCAG 2.2. */
const luminance = (colour: Rgb): number => {
  const [red, green, blue] = colour.map(linear) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

/** Contrast ratio by WCAG 2.2: (L1 + 0.05) / (L2 + 0.05). */
function contrast(one: Rgb, other: Rgb): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** CIE 1976 lightness, 0 to 100. */
function lightness(colour: Rgb): number {
  const y = luminance(colour);
  return y > 216 / 24_389 ? 116 * Math.cbrt(y) - 16 : (y * 24_389) / 27;
}

/** Colour as seen with deuteranopia: Machado, Oliveira, Fernandes 2009, severity 1.0, in linear light. */
function deuteranopic(colour: Rgb): Rgb {
  const [r, g, b] = colour.map(linear) as [number, number, number];
  const seen = [
    0.367322 * r + 0.860646 * g - 0.227968 * b,
    0.280085 * r + 0.672501 * g + 0.047413 * b,
    -0.01182 * r + 0.04294 * g + 0.968881 * b,
  ].map((part) => {
    const inside = Math.min(1, Math.max(0, part));
    return inside <= 0.0031308 ? inside * 12.92 : 1.055 * inside ** (1 / 2.4) - 0.055;
  });
  return seen as unknown as Rgb;
}

/** xterm's table from 16 up: a cube of 6x6x6, 24 greys. */
function cubeColour(index: number): Rgb {
  if (index >= 232) return Array<number>(3).fill((8 + (index - 232) * 10) / 255) as unknown as Rgb;
  const part = (divisor: number) => {
    const level = Math.floor((index - 16) / divisor) % 6;
    return (level === 0 ? 0 : level * 40 + 55) / 255;
  };
  return [part(36), part(6), part(1)];
}

/** Backgrounds: black, VS Code, Tokyo Night, Gruvbox, One Dark, Solarized, Nord; white, One Light, Latte, Solarized, Gruvbox. */
const BACKGROUNDS: Readonly<Record<Background, readonly string[]>> = {
  dark: ['#000000', '#1e1e1e', '#1a1b26', '#282828', '#282c34', '#002b36', '#2e3440'],
  light: ['#ffffff', '#fafafa', '#eff1f5', '#fdf6e3', '#fbf1c7'],
};

/** Decoration: frames, separators, what is missing, the coldest cells of a heat map. WCAG 2.2 1.4.11: 3:1. */
const DIM: ReadonlySet<string> = new Set<Role>(['dim', 'cool']);
const AA = 4.5;
const AAA = 7;
const NON_TEXT = 3;

const all = Object.entries(palettes).flatMap(([name, byBackground]) =>
  (['dark', 'light'] as const).map((background) => ({ name, background, palette: byBackground[background] })),
);

describe.each(all)('theme $name on $background', ({ name, background, palette }) => {
  test.each(['truecolor', '256'] as const)('holds the contrast of WCAG when it has %s', (depth) => {
    for (const [role, { rgb, index }] of Object.entries<Ink>(palette)) {
      if (rgb === undefined || index === undefined) continue;
      const colour = depth === '256' ? cubeColour(index) : rgbOf(rgb);
      for (const [i, behind] of BACKGROUNDS[background].entries()) {
        // The first two are the plainest.
        const text = name === 'high-contrast' && i < 2 ? AAA : AA;
        const ratio = contrast(colour, rgbOf(behind));
        expect(ratio, `${role} ${rgb} ${index} on ${behind}`).toBeGreaterThanOrEqual(DIM.has(role) ? NON_TEXT : text);
      }
    }
  });

  test('holds the contrast of WCAG when it has the 16 colours of VGA, xterm and Solarized', () => {
    for (const { table, brightBold, back, least } of tables(background))
      for (const [role, { sgr16 = '' }] of Object.entries<Ink>(palette)) {
        const index = indexOf(sgr16, brightBold);
        if (index === undefined) continue;
        const ratio = contrast(rgbOf(table[index] ?? ''), rgbOf(back));
        expect(ratio, `${role} ${sgr16} on ${back}`).toBeGreaterThanOrEqual(DIM.has(role) ? NON_TEXT : least);
      }
  });

  test('has a colour for 256 wherever it has one for truecolor', () => {
    for (const [role, { rgb, index }] of Object.entries<Ink>(palette))
      expect([role, index !== undefined && index >= 16]).toEqual([role, rgb !== undefined]);
  });
});

/** xterm-256color's defaults (XTerm-col.ad), VGA as the Linux console has it, Solarized (ethanschoonover.com/solarized). */
const VGA =
  '000000 aa0000 00aa00 aa5500 0000aa aa00aa 00aaaa aaaaaa 555555 ff5555 55ff55 ffff55 5555ff ff55ff 55ffff ffffff';
const XTERM =
  '000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff';
const SOLARIZED =
  '073642 dc322f 859900 b58900 268bd2 d33682 2aa198 eee8d5 002b36 cb4b16 586e75 657b83 839496 6c71c4 93a1a1 fdf6e3';

/** Solarized's own text has 4.1:1 on its light background: no table of it can hold 4.5:1, so 3:1 counts there. */
const tables = (background: Background) => [
  { table: VGA.split(' '), brightBold: true, back: background === 'dark' ? '000000' : 'ffffff', least: AA },
  { table: XTERM.split(' '), brightBold: false, back: background === 'dark' ? '000000' : 'ffffff', least: AA },
  {
    table: SOLARIZED.split(' '),
    brightBold: false,
    back: background === 'dark' ? '002b36' : 'fdf6e3',
    least: NON_TEXT,
  },
];

/** Index of the colour of SGR parameters; bold brightens the first eight on VGA. */
function indexOf(sgr: string, brightBold: boolean): number | undefined {
  const codes = sgr.split(';').map(Number);
  const bright = codes.find((code) => code >= 90 && code < 98);
  if (bright !== undefined) return bright - 82;
  const normal = codes.find((code) => code >= 30 && code < 38);
  return normal === undefined ? undefined : normal - 30 + (brightBold && codes.includes(1) ? 8 : 0);
}

test.each(['dark', 'light'] as const)(
  'colour-blind theme keeps severities apart by lightness, seen with deuteranopia too, when on %s',
  (background) => {
    const palette = palettes['colour-blind'][background];
    const severities = ['crit', 'warn', 'info'] as const;
    for (const depth of ['truecolor', '256'] as const)
      for (const one of severities)
        for (const other of severities.filter((role) => role > one)) {
          const [a = 0, b = 0] = [one, other].map((role) => {
            const { rgb = '', index = 0 } = palette[role];
            return lightness(deuteranopic(depth === '256' ? cubeColour(index) : rgbOf(rgb)));
          });
          expect(Math.abs(a - b), `${one} and ${other}, ${depth}`).toBeGreaterThanOrEqual(8);
        }
  },
);

test('severities differ by their marks when a theme has no colour', () => {
  for (const ascii of [false, true]) {
    const { glyphs } = makeTheme({ colour: false, ascii });
    expect(new Set(Object.values(glyphs.severity)).size).toBe(3);
  }
});

test('sgrOf writes 24 bits, an index or the 16 colours when the depth is theirs', () => {
  const ink: Ink = { weight: '1', rgb: '#0a10ff', index: 21, sgr16: '1;34' };
  expect(sgrOf(ink, 'truecolor')).toBe('1;38;2;10;16;255');
  expect(sgrOf(ink, '256')).toBe('1;38;5;21');
  expect(sgrOf(ink, '16')).toBe('1;34');
});
