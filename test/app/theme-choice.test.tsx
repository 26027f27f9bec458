import { expect, test } from 'vitest';
import { makeTheme } from '../../src/theme.ts';
import { cannedSession } from '../helpers/fake-session.ts';
import { open, TestScreen } from '../helpers/screen.tsx';

const theme = makeTheme({ colour: true, ascii: false, depth: 'truecolor' });
const QUERY = '\u001B]11;?\u0007\u001B[c';
/** SGR of `dim` in the light and the dark theme. */
const LIGHT = '38;2;110;119;129';
const DARK = '38;2;139;148;158';

test('runApp takes the light theme when the terminal reports a light background', async () => {
  const screen = new TestScreen({ session: cannedSession(), theme, asksBackground: true });
  await screen.press('\u001B]11;rgb:ffff/ffff/dddd\u001B\\\u001B[?62;22c');
  const output = screen.takeOutput();
  expect(output.startsWith(QUERY)).toBe(true);
  expect(output).toContain(LIGHT);
  expect(output).not.toContain(DARK);
  await screen.quit();
});

test('runApp draws the default theme when the terminal does not answer within 100 ms', async () => {
  const screen = new TestScreen({ session: cannedSession(), theme, asksBackground: true });
  for (let i = 0; i < 100 && !screen.text().includes('LIVE'); i++) await screen.settle();
  expect(screen.takeOutput()).toContain(DARK);
  // A late answer, in pieces, changes the theme and types nothing.
  const before = screen.text();
  await screen.press('\u001B]', '11;rgb:ff', 'ff/ffff/ffff', '\u001B\\');
  expect(screen.takeOutput()).toContain(LIGHT);
  expect(screen.text()).toBe(before);
  await screen.quit();
});

test('runApp does not ask when its caller does not', async () => {
  const screen = await open({ session: cannedSession(), theme });
  expect(screen.takeOutput()).not.toContain('\u001B]11');
  await screen.quit();
});

test('palette switches the theme of the running screen when a theme is typed', async () => {
  const screen = await open({ session: cannedSession(), theme });
  expect(screen.takeOutput()).toContain(DARK);
  await screen.press(':', ...Array.from('theme light'), 'enter');
  expect(screen.takeOutput()).toContain(LIGHT);
  await screen.press(':', ...Array.from('theme mono'), 'enter');
  screen.takeOutput();
  await screen.press('ctrl-l');
  const mono = screen.takeOutput();
  expect(mono).toContain('\u001B[1m');
  expect(mono).not.toContain('38;2;');
  await screen.press(':', ...Array.from('theme dark'), 'enter');
  expect(screen.takeOutput()).toContain(DARK);
  await screen.quit();
});
