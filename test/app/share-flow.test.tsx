import { expect, test } from 'vitest';
import type { SharedScreen, StartSharing } from '../../src/app/share-flow.ts';
import { cannedSession } from '../helpers/fake-session.ts';
import { open } from '../helpers/screen.tsx';

/** Server that keeps the frames, and the way it was started. */
function server() {
  const frames: string[] = [];
  const ended: string[] = [];
  const viewers: { readonly number: number; readonly name: string }[] = [];
  let announce: (sentence: string) => void = () => undefined;
  const shared: SharedScreen = {
    viewers: () => viewers,
    instructions: ['  crashcart watch 127.0.0.1:40123 --ticket secretticket'],
    show: ({ lines }) => frames.push(lines.join('\n')),
    end: (why) => ended.push(why),
  };
  const start: StartSharing = async (way, take) => {
    announce = take;
    frames.push(way);
    return shared;
  };
  const join = (name: string) => {
    viewers.push({ number: viewers.length + 1, name });
    announce(`viewer ${viewers.length} joined: ${name}`);
  };
  return { frames, ended, start, join };
}

test('share shows viewers a redacted screen, never the commands with tickets, and nothing while redaction is off', async () => {
  const { frames, start, join } = server();
  const screen = await open({ session: cannedSession(), startSharing: start });
  expect(screen.text()).toContain('node-7');
  await screen.press('@', '3');
  expect(frames.shift()).toBe('port');
  expect(screen.text()).toContain('--ticket secretticket');
  expect(frames.join('\n')).not.toMatch(/secretticket|node-7/);
  await screen.press('esc');
  expect(screen.line(0)).toContain('SHARED');
  expect(screen.line(0)).toContain('REDACTED');
  join('alice');
  await screen.press('down');
  expect(screen.line(0)).toContain('1 VIEWER');
  expect(screen.line(0)).toContain('alice');
  expect(frames.at(-1)).toContain('host-1');
  // Redaction off: the screen has the name, viewers have a sentence.
  await screen.press('X');
  expect(screen.text()).toContain('node-7');
  expect(frames.at(-1)?.trim()).toBe('Redaction is off: the screen is not shared now.');
  await screen.press('X');
  expect(frames.at(-1)).toContain('host-1');
  expect(frames.join('\n')).not.toMatch(/secretticket|node-7/);
  await screen.quit();
});

test('share leaves out a line in which the engineer types a name', async () => {
  const { frames, start } = server();
  const screen = await open({ session: cannedSession(), startSharing: start });
  await screen.press('@', '1', 'esc', '/', 'n', 'o', 'd', 'e', '-', '7');
  expect(screen.text()).toContain('node-7');
  expect(frames.join('\n')).not.toContain('node-7');
  expect(frames.at(-1)).toContain('(line with a name, not shared)');
  await screen.press('esc');
  await screen.quit();
});

test('share ends with the same key, and with the program', async () => {
  const first = server();
  const screen = await open({ session: cannedSession(), startSharing: first.start });
  await screen.press('@', '1', 'esc');
  first.join('alice');
  await screen.press('@');
  expect(first.ended).toEqual(['ended by the engineer']);
  expect(screen.text()).toContain('sharing ended, 1 viewer disconnected');
  expect(screen.line(0)).not.toContain('SHARED');
  const count = first.frames.length;
  await screen.press('down');
  expect(first.frames).toHaveLength(count);
  await screen.press('@', '1', 'esc');
  await screen.quit();
  expect(first.ended).toEqual(['ended by the engineer', 'the other end quit']);
});
