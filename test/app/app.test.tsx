import { render } from 'ink-testing-library';
import { expect, test } from 'vitest';
import { App } from '../../src/app/App.tsx';
import type { BodyPainter } from '../../src/app/body-painter.ts';
import { Screen } from '../../src/app/screen.ts';
import { resolveKeymap } from '../../src/keymap.ts';
import { makeTheme } from '../../src/theme.ts';

test('App writes head and foot by Ink, and the body by the painter below the head', () => {
  const nothing = () => undefined;
  const screen = new Screen({
    theme: makeTheme({ colour: false, ascii: true }),
    keymap: resolveKeymap().keymap,
    clock: () => 2000,
    tools: undefined,
    terminal: { copy: nothing, save: () => 'f', redraw: nothing, quit: nothing, capture: nothing, release: nothing },
  });
  screen.connecting = { target: 'support@node-7', sinceMs: 0, messages: [] };
  const painted: { lines: readonly string[]; top: number }[] = [];
  // Only paint is called by a component.
  const painter = {
    paint: (lines: readonly string[], top: number) => painted.push({ lines, top }),
  } as unknown as BodyPainter;
  const { lastFrame, unmount } = render(<App screen={screen} drawing={0} painter={painter} />);
  expect(lastFrame()).toContain('crashcart');
  expect(lastFrame()).toContain('cancel');
  expect(lastFrame()).not.toContain('connecting to');
  expect(painted.at(-1)?.top).toBe(1);
  expect(painted.at(-1)?.lines.join('\n')).toContain('connecting to support@node-7');
  unmount();
});
