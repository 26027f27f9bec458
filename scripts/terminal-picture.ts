import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { IBufferCell, Terminal } from '@xterm/headless';
import { Resvg } from '@resvg/resvg-js';

/**
 * Screen of a terminal as SVG and PNG. Block and Braille characters are drawn as shapes, independent of the font; other characters
 * are DejaVu Sans Mono, an npm package.
 */
export interface Colours {
  readonly background: string;
  readonly foreground: string;
  /** The 16 named ones. */
  readonly named: readonly string[];
}

export const darkColours: Colours = {
  background: '#11151c',
  foreground: '#d5dae3',
  named: (
    '#1b1f27 #e5534b #57ab5a #d4a72c #539bf5 #b083f0 #39c5cf #adbac7 ' +
    '#5b6470 #ff938a #8ddb8c #eac55f #96d0ff #dcbdfb #76e3ea #ffffff'
  ).split(' '),
};

/** White, with the named colours of xterm. */
export const lightColours: Colours = {
  background: '#ffffff',
  foreground: '#1f2328',
  named: (
    '#000000 #cd0000 #00cd00 #cdcd00 #0000ee #cd00cd #00cdcd #e5e5e5 ' +
    '#7f7f7f #ff0000 #00ff00 #ffff00 #5c5cff #ff00ff #00ffff #ffffff'
  ).split(' '),
};

const FONT_SIZE = 14;
/** DejaVu Sans Mono: advance and line height for a size of 1. */
const CELL = { width: FONT_SIZE * 0.602_050_781_25, height: Math.ceil(FONT_SIZE * 1.164_062_5) };
const PADDING = 10;

interface Look {
  readonly x: number;
  readonly width: number;
  readonly text: string;
  readonly fg: string;
  readonly bg: string;
  readonly weight: string;
}

const hex = (value: number): string => `#${value.toString(16).padStart(6, '0')}`;

/** xterm's 256 colours: 16 named, a cube of 6x6x6, 24 greys. */
function paletteColour(index: number, { named, foreground }: Colours): string {
  if (index < 16) return named[index] ?? foreground;
  if (index >= 232) return hex((8 + (index - 232) * 10) * 0x01_01_01);
  const part = (divisor: number) => {
    const level = Math.floor((index - 16) / divisor) % 6;
    return level === 0 ? 0 : level * 40 + 55;
  };
  return hex(part(36) * 0x1_00_00 + part(6) * 0x1_00 + part(1));
}

function lookOf(cell: IBufferCell, x: number, colours: Colours): Look {
  let fg = cell.isFgRGB()
    ? hex(cell.getFgColor())
    : cell.isFgPalette()
      ? paletteColour(cell.getFgColor(), colours)
      : colours.foreground;
  let bg = cell.isBgRGB()
    ? hex(cell.getBgColor())
    : cell.isBgPalette()
      ? paletteColour(cell.getBgColor(), colours)
      : colours.background;
  if (cell.isInverse()) [fg, bg] = [bg, fg];
  const weight = `${cell.isBold() ? ' font-weight="bold"' : ''}${cell.isDim() ? ' opacity="0.6"' : ''}${cell.isUnderline() ? ' text-decoration="underline"' : ''}`;
  return { x, width: cell.getWidth(), text: cell.getChars() || ' ', fg, bg, weight };
}

function rowsOf(terminal: Terminal, colours: Colours): Look[][] {
  const buffer = terminal.buffer.active;
  return Array.from({ length: terminal.rows }, (_, y) => {
    const line = buffer.getLine(buffer.viewportY + y);
    const row: Look[] = [];
    for (let x = 0; x < terminal.cols; x++) {
      const cell = line?.getCell(x);
      if (cell && cell.getWidth() > 0) row.push(lookOf(cell, x, colours));
    }
    return row;
  });
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const rect = (x: number, y: number, width: number, height: number, fill: string, opacity = 1): string =>
  `<rect x="${x.toFixed(2)}" y="${y.toFixed(2)}" width="${width.toFixed(2)}" height="${height.toFixed(2)}" fill="${fill}"${opacity < 1 ? ` opacity="${opacity}"` : ''}/>`;

/** Bit of a Braille pattern → column and row of its dot (Unicode, block 2800). */
const DOTS = [
  [0, 0],
  [0, 1],
  [0, 2],
  [1, 0],
  [1, 1],
  [1, 2],
  [0, 3],
  [1, 3],
] as const;

/** Blocks, shades and Braille as shapes; undefined for a letter. */
function shape(text: string, x: number, y: number, fill: string): string | undefined {
  const code = text.codePointAt(0) ?? 0;
  const { width, height } = CELL;
  if (code >= 0x28_00 && code <= 0x28_ff)
    return DOTS.map(([column, row], bit) =>
      ((code - 0x28_00) >> bit) & 1
        ? `<circle cx="${(x + ((column + 0.5) * width) / 2).toFixed(2)}" cy="${(y + ((row + 0.5) * height) / 4).toFixed(2)}" r="${(width * 0.17).toFixed(2)}" fill="${fill}"/>`
        : '',
    ).join('');
  if (code >= 0x25_81 && code <= 0x25_88) {
    const share = (code - 0x25_80) / 8;
    return rect(x, y + height * (1 - share), width, height * share, fill);
  }
  if (code >= 0x25_89 && code <= 0x25_8f) return rect(x, y, (width * (0x25_90 - code)) / 8, height, fill);
  if (code >= 0x25_91 && code <= 0x25_93) return rect(x, y, width, height, fill, (code - 0x25_90) * 0.25);
  return undefined;
}

export function terminalSvg(terminal: Terminal, colours = darkColours): string {
  const width = Math.ceil(terminal.cols * CELL.width + 2 * PADDING);
  const height = Math.ceil(terminal.rows * CELL.height + 2 * PADDING);
  let out = '';
  for (const [row, looks] of rowsOf(terminal, colours).entries()) {
    const y = PADDING + row * CELL.height;
    out += backgrounds(looks, y, colours.background);
    for (let i = 0; i < looks.length;) i = drawRun(looks, i, y, (part) => (out += part));
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><rect width="100%" height="100%" fill="${colours.background}"/><g font-family="DejaVu Sans Mono, monospace" font-size="${FONT_SIZE}" xml:space="preserve">${out}</g></svg>\n`;
}

/** Runs of one background as one rectangle, to avoid seams. */
function backgrounds(looks: readonly Look[], y: number, background: string): string {
  let out = '';
  for (let from = 0; from < looks.length;) {
    const first = looks[from];
    let to = from;
    while (looks[to]?.bg === first?.bg && to < looks.length) to++;
    const last = looks[to - 1];
    if (first && last && first.bg !== background)
      out += rect(
        PADDING + first.x * CELL.width,
        y,
        (last.x + last.width - first.x) * CELL.width,
        CELL.height,
        first.bg,
      );
    from = to;
  }
  return out;
}

/** Run of letters in one style; returns the index after it. */
function drawRun(looks: readonly Look[], from: number, y: number, put: (part: string) => void): number {
  const first = looks[from];
  if (!first) return from + 1;
  const x = PADDING + first.x * CELL.width;
  const drawn = shape(first.text, x, y, first.fg);
  if (drawn !== undefined) {
    put(drawn);
    return from + 1;
  }
  let to = from + 1;
  let { text } = first;
  for (let next = looks[to]; first.width === 1 && next; next = looks[++to]) {
    if (
      next.width !== 1 ||
      next.fg !== first.fg ||
      next.weight !== first.weight ||
      shape(next.text, 0, 0, '') !== undefined
    )
      break;
    text += next.text;
  }
  if (text.trim() !== '')
    put(
      `<text x="${x.toFixed(2)}" y="${(y + FONT_SIZE * 0.928).toFixed(2)}" fill="${first.fg}"${first.weight}>${escaped(text.trimEnd())}</text>`,
    );
  return to;
}

export function terminalPng(terminal: Terminal, colours = darkColours, scale = 2): Buffer {
  const folder = join(dirname(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/package.json')), 'ttf');
  const fontFiles = ['DejaVuSansMono.ttf', 'DejaVuSansMono-Bold.ttf', 'DejaVuSans.ttf'].map((name) =>
    join(folder, name),
  );
  return new Resvg(terminalSvg(terminal, colours), {
    fitTo: { mode: 'zoom', value: scale },
    font: { loadSystemFonts: false, defaultFontFamily: 'DejaVu Sans Mono', fontFiles },
  })
    .render()
    .asPng();
}
