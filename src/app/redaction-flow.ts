import type { Screen } from './screen.ts';

/** Turns redaction of the whole screen on or off. */
export function toggleRedaction(screen: Screen): void {
  const { redaction, layers, terminal } = screen;
  // An open page may hold texts of the other mode.
  layers.clear();
  redaction.set(!redaction.on);
  terminal.redraw();
  if (!redaction.on && screen.sharing) {
    screen.notify('redaction off: viewers see nothing until it is on');
    return;
  }
  screen.notify(redaction.on ? 'redaction on: names, addresses and ids replaced, also in copies' : 'redaction off');
}
