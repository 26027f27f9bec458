import xterm from '@xterm/headless';
import { expect, test } from 'vitest';
import type { StartRecording } from '../../src/app/recording-flow.ts';
import type { SharedScreen, StartSharing } from '../../src/app/share-flow.ts';
import { unstyled } from '../../src/lib/text-width.ts';
import { cannedSession } from '../helpers/fake-session.ts';
import { open } from '../helpers/screen.tsx';

/** Server that keeps the frames, and the way it was started. */
function server() {
  const frames: string[] = [];
  const ended: string[] = [];
  const viewers: { readonly number: number; readonly name: string }[] = [];
  let announce: Parameters<StartSharing>[1] = () => undefined;
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
    announce(`viewer ${viewers.length} joined`, name);
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
  expect(screen.line(0)).toContain('viewer 1');
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

test('share names a viewer to the engineer alone: viewers see its number, and redaction learns nothing of its name', async () => {
  const { frames, start, join } = server();
  const screen = await open({ session: cannedSession(), startSharing: start });
  await screen.press('@', '1', 'esc');
  join('node-7 10.1.2.3 ceph-osd\u001B[2J');
  await screen.settle();
  // Not redacted: the pseudonym of a name must not be found by the one who chose it.
  expect(screen.line(-1)).toContain('viewer 1 joined (node-7 10.1.2.3 ceph-osd␛[2J)');
  expect(unstyled(frames.at(-1) ?? '')).toMatch(/viewer 1 joined +$/);
  join('bob@laptop-of-bob');
  await screen.settle();
  expect(screen.line(-1)).toContain('(bob@laptop-of-bob)');
  await screen.press('down');
  expect(screen.line(0)).toMatch(/2 VIEWERS +viewer 1, viewer 2/);
  expect(unstyled(frames.at(-1) ?? '')).toMatch(/2 VIEWERS.*viewer 1, viewer 2/);
  expect(frames.join('\n')).not.toMatch(/node-7|bob|laptop|10\.1\.2\.3|not shared\)/);
  await screen.quit();
});

test('share starts one server at a time, and ends one that starts while the program quits', async () => {
  const { start, ended } = server();
  let starts = 0;
  const listening = Promise.withResolvers<void>();
  const slow: StartSharing = async (...args) => {
    starts++;
    await listening.promise;
    return start(...args);
  };
  const screen = await open({ session: cannedSession(), startSharing: slow });
  await screen.press('@', '1');
  await screen.press('@', '1');
  expect(starts).toBe(1);
  await screen.quit();
  expect(ended).toEqual([]);
  listening.resolve();
  await screen.settle();
  expect(ended).toEqual(['the other end quit']);
});

test('share keeps the commands with tickets, and names of viewers, out of a recording of the screen', async () => {
  const { start, join } = server();
  const recorded = new xterm.Terminal({ cols: 120, rows: 40, allowProposedApi: true });
  const screens: string[] = [];
  const output: string[] = [];
  const textOf = ({ buffer, rows }: typeof recorded) =>
    Array.from({ length: rows }, (_, y) => buffer.active.getLine(y)?.translateToString(true)).join('\n');
  const startRecording: StartRecording = async () => ({
    state: () => ({ path: 'r.cc.zst', sinceMs: 0, bytes: 0, problem: undefined, gaps: [] }),
    stop: async () => undefined,
    pause: () => undefined,
    resume: () => undefined,
    output: (_, data) => {
      output.push(data);
      recorded.write(data.replaceAll('\n', '\r\n'), () => screens.push(textOf(recorded)));
    },
    terminal: () => undefined,
  });
  const screen = await open({ session: cannedSession(), startSharing: start, startRecording });
  await screen.press('R', '@', '3');
  expect(screen.text()).toContain('--ticket secretticket');
  // A resize redraws everything.
  await screen.resize(120, 40);
  await screen.press('esc');
  await new Promise<void>((done) => recorded.write('', done));
  expect(screens.join('\n')).not.toMatch(/--ticket|secret/);
  expect(output.join('')).not.toMatch(/--ticket|secret/);
  // The recording goes on with the whole screen.
  expect(screens.at(-1)).toContain('SHARED');
  expect(screens.at(-1)?.split('\n').slice(1, -1)).toEqual(screen.lines().slice(1, -1));
  join('alice');
  await screen.settle();
  expect(screen.line(-1)).toMatch(/viewer 1 joined *$/);
  expect(output.join('')).not.toContain('alice');
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
