import { plain } from '../lib/plain.ts';
import { flameBoxes, type FlameBox } from './flame-boxes.ts';
import type { StackNode } from './stack-tree.ts';

const WIDTH = 1200;
const ROW = 17;
const EDGE = 10;
/** Head with the title, and the key of colours below the boxes. */
const HEAD = 44;
const FOOT = 28;
/** Width of a character at 11 px of a monospaced font. */
const CHARACTER = 6.65;
/** Narrowest box, and most of them: the file is opened by a browser. */
const LEAST = 0.4;
const MAX_BOXES = 12_000;

/** Fills by kind, each with at least 4.5:1 to the black of its text. */
const FILLS: Readonly<Record<StackNode['kind'], string>> = {
  process: '#c9ced6',
  state: '#dfe3e8',
  kernel: '#f2a65a',
  native: '#f2d16b',
  python: '#7fb3e6',
  go: '#79cfc0',
  java: '#a5c96f',
  javascript: '#d9b3e6',
};

/** Words of the key. */
const KINDS: readonly (readonly [StackNode['kind'], string])[] = [
  ['kernel', 'kernel'],
  ['native', 'native'],
  ['python', 'Python'],
  ['go', 'Go'],
  ['java', 'Java'],
  ['javascript', 'JavaScript'],
];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => plain(text).replaceAll(/[&<>"']/g, (one) => ENTITIES[one] ?? '');

const at = (position: number): string => String(Math.round(position * 10) / 10);

/**
 * Flame graph of a call tree, callers above callees: self-contained, without scripts or styles, so that it opens in a page that allows
 * neither. Each box has a title with its name, place and share. The same tree gives the same text.
 */
export function flameSvg(tree: StackNode, title: string, about: string): string {
  const boxes = flameBoxes(tree, WIDTH - 2 * EDGE, LEAST).slice(0, MAX_BOXES);
  const deepest = boxes.reduce((most, { depth }) => Math.max(most, depth), 0);
  const height = HEAD + (deepest + 1) * ROW + FOOT;
  const kinds = new Set(boxes.map(({ node }) => node.kind));
  const shown = KINDS.filter(([kind]) => kinds.has(kind));
  const key = shown.map(([kind, words], index) => {
    const x = EDGE + index * 110;
    return `<rect x="${x}" y="${height - 20}" width="12" height="12" fill="${FILLS[kind]}"/><text x="${x + 17}" y="${height - 10}">${words}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escaped(title)}" font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="11" fill="#111">`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    `<text x="${EDGE}" y="18" font-size="14" font-weight="bold">${escaped(title)}</text>`,
    `<text x="${EDGE}" y="35">${escaped(about)}</text>`,
    ...boxes.map((box) => boxOf(box, tree.total)),
    ...key,
    '</svg>\n',
  ].join('\n');
}

function boxOf({ node, depth, x, width }: FlameBox, all: number): string {
  const [left, top] = [EDGE + x, HEAD + depth * ROW];
  const place = node.place === undefined ? '' : ` (${node.place})`;
  const share = `${((100 * node.total) / all).toFixed(1)} %, ${node.total} samples`;
  const own = node.self === 0 ? '' : `, ${node.self} here`;
  const room = Math.floor((width - 6) / CHARACTER);
  const name = plain(node.name);
  const text = room < 3 ? '' : name.length <= room ? name : `${name.slice(0, room - 1)}…`;
  const drawn = text === '' ? '' : `<text x="${at(left + 3)}" y="${top + 12}">${escaped(text)}</text>`;
  return `<g><title>${escaped(node.name)}${escaped(place)}: ${share}${own}</title><rect x="${at(left)}" y="${top}" width="${at(Math.max(0.3, width - 0.6))}" height="${ROW - 1}" rx="1" fill="${FILLS[node.kind]}"/>${drawn}</g>`;
}
