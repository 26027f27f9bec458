import type { Screen } from './screen.ts';

/** Over the screen, or lifted; at once, and over all of it. */
export function toggleVeil(screen: Screen): void {
  const { veil, layers, terminal } = screen;
  // A page may hold words that were made before.
  layers.clear();
  veil.set(!veil.on);
  terminal.redraw();
  screen.say(
    veil.on ? 'names, addresses and ids have stand-ins, here and in what is copied' : 'names are shown as they are',
  );
}
