import { expect, test } from 'vitest';
import { arrange } from '../../src/app/arrange.ts';
import { choose } from '../../src/app/choose.ts';
import { Layers, type BoxLayer } from '../../src/app/layer.ts';
import { makeTheme } from '../../src/theme.ts';

const theme = makeTheme({ ascii: true, colour: false });
const screen = { columns: 80, rows: 24 };
const items = Array.from({ length: 30 }, (_, i) => ({ id: `c${i}`, title: `column ${i}`, about: 'Its figure.' }));

function boxOf(layers: Layers): BoxLayer {
  const { top } = layers;
  if (top?.kind !== 'box') throw new Error('no dialog');
  return top;
}

test('arrange hides the clicked item, and none when the footer is clicked', async () => {
  const layers = new Layers(() => undefined);
  const chosen = arrange(layers, { title: 'Columns', items, hidden: new Set() }, () => undefined);
  const box = boxOf(layers);
  const lines = box.draw(screen, theme);
  expect(lines).toHaveLength(20);
  box.click?.(lines.length - 1);
  box.click?.(2);
  box.key({ kind: 'key', name: 'enter', text: '' });
  expect((await chosen)?.hidden).toEqual(['c1']);
});

test('choose takes no choice that is not drawn when its explanation is clicked', async () => {
  const layers = new Layers(() => undefined);
  const choices = items.map(({ id, title, about }) => ({ value: id, title, about }));
  const chosen = choose(layers, { title: 'Palette', choices }, () => undefined);
  const box = boxOf(layers);
  const lines = box.draw(screen, theme);
  box.click?.(lines.length - 2);
  box.click?.(2);
  expect(await chosen).toBe('c0');
});
