import { plain } from '../lib/plain.ts';
import { cut } from '../lib/text-width.ts';
import type { Layers, LineLayer } from './layer.ts';

const KEYS = '   enter or esc: close';

/** Shows why input is refused and discards it: letters of a search or a password must not act as keys. */
export function refuseTyping(layers: Layers, reason: string): void {
  const close = () => layers.remove(layer);
  const layer: LineLayer = {
    kind: 'line',
    draw: (columns, theme) => {
      const words = cut(plain(reason), columns - KEYS.length - 2, theme.glyphs.ellipsis);
      return ` ${theme.paint('title', words)}${theme.paint('dim', KEYS)}`;
    },
    key: (event) => {
      if (event.kind === 'key' && (event.name === 'enter' || event.name === 'esc')) close();
    },
    cancel: close,
  };
  layers.push(layer);
}
