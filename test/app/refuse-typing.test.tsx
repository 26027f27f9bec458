import { expect, test } from 'vitest';
import { actions } from '../../src/keymap.ts';
import { cannedSession } from '../helpers/fake-session.ts';
import { open } from '../helpers/screen.tsx';

test('letters after / never act on a page of text', async () => {
  const session = cannedSession();
  const screen = await open({ session, tab: 'processes' });
  await screen.press('r');
  const page = screen.text();
  await screen.press('/', ...Array.from('MemRss'), '\u001B[200~nXq\r\u001B[201~');
  expect(screen.line(-1)).toContain('/MemRssnXq');
  expect(screen.line(-1)).toContain('no match');
  expect(screen.text()).not.toContain('The password is passed to sudo');
  expect(session.marked).toEqual([]);
  await screen.press('esc');
  expect(screen.text()).toBe(page);
  await screen.press('m');
  expect(session.marked).toHaveLength(1);
  await screen.quit();
});

test('unlock discards a typed password when root is open', async () => {
  const session = cannedSession();
  session.root = { state: 'root' };
  const screen = await open({ session });
  await screen.press('s', 'm', 'X', 'q');
  expect(screen.line(-1)).toContain('sudo: root is already open');
  expect(session.marked).toEqual([]);
  expect(screen.takeOutput()).not.toContain('mXq');
  await screen.press('enter', 'm');
  expect(session.marked).toHaveLength(1);
  await screen.quit();
});

test('note discards typing when the session takes none', async () => {
  const session = Object.assign(cannedSession(), { mark: undefined });
  const screen = await open({ session });
  await screen.press('w', '2', 'A');
  expect(screen.line(-1)).toContain('add note: this session takes none');
  expect(screen.line(1)).toContain('[1 Overview');
  await screen.press('esc', '2');
  expect(screen.line(1)).toContain('[2 ');
  await screen.quit();
});

test('ctrl-c closes the line that discards keys, then quits', async () => {
  const session = cannedSession();
  session.root = { state: 'root' };
  const screen = await open({ session });
  await screen.press('s', 'ctrl-c');
  expect(screen.line(-1)).toContain('? help');
  expect(await screen.quit()).toEqual({ how: 'quit' });
});

test('actions marks each one with text input as typed', () => {
  expect(actions.filter(({ typed }) => typed).map(({ id }) => id)).toEqual(['filter', 'sort', 'note', 'unlock']);
});
