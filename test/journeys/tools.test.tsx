import { expect, test } from 'vitest';
import type { AttachmentEnd } from '../../src/host/host.ts';
import type { ToolBox, ToolChoice } from '../../src/app/tools-flow.ts';
import { clipboardSequence } from '../../src/ui/copy.ts';
import { Emulator } from '../../src/ui/terminal/emulator.ts';
import { cannedSession } from '../helpers/fake-session.ts';
import { open } from '../helpers/screen.tsx';

const choices: readonly ToolChoice[] = [
  { id: 'stacks', title: 'kernel stacks', cost: 'does not stop it' },
  {
    id: 'gdb',
    title: 'gdb',
    cost: 'stops it while gdb waits for you',
    confirm: { lines: ['It is a guest.'], word: 'qemu' },
  },
  {
    id: 'strace',
    title: 'strace',
    cost: 'slows it down 20 to 100 times',
    confirm: { lines: ['Every call stops it.'] },
  },
  {
    id: 'eu',
    title: 'eu-stack',
    cost: 'stops it for 0.1 s',
    unavailable: 'eu-stack is not on the host: package elfutils.',
  },
];

/** Tool that echoes its input and ends on request. */
function toolBox() {
  const typed: string[] = [];
  const started: string[] = [];
  const sizes: (readonly [number, number])[] = [];
  let finish: () => void = () => undefined;
  let over: (end: AttachmentEnd) => void = () => undefined;
  const box: ToolBox = {
    list: async () => choices,
    open: async (_, process, tool, size) => {
      started.push(`${tool} ${process.pid}`);
      const emulator = new Emulator(size.columns, size.rows);
      sizes.push([size.columns, size.rows]);
      emulator.feed(Buffer.from('(gdb) \u001B]0;owned\u0007\u001B[31mready\u001B[0m'));
      const ended = new Promise<AttachmentEnd>((resolve) => (over = resolve));
      const end = async () => {
        finish();
        return ended;
      };
      finish = () =>
        over({
          exitCode: 0,
          longestStopMs: 312,
          resolutionMs: 5,
          targetState: 'S',
          guard: [],
          detail: 'gdb has left.',
        });
      return {
        terminal: {
          emulator,
          title: `gdb on ${process.name}`,
          input: (bytes) => typed.push(Buffer.from(bytes).toString()),
          resize: (columns, rows) => {
            sizes.push([columns, rows]);
            emulator.resize(columns, rows);
          },
          traces: true,
          stoppedMs: () => 312,
          onChange: () => () => undefined,
          end,
          ended,
        },
      };
    },
  };
  return { box, typed, started, sizes, quit: () => finish() };
}

test('tools shows the cost, asks for the name, runs, and shows the measured stop', async () => {
  const { box, typed, started, sizes } = toolBox();
  const screen = await open({ session: cannedSession(), tab: 'processes', tools: box });
  await screen.press('down', 't');
  expect(screen.text()).toContain('Tools on qemu-system-x86_64 (4242)');
  expect(screen.text()).toContain('slows it down 20 to 100 times');
  await screen.press('g', 'd', 'b', 'enter');
  expect(screen.text()).toContain('It is a guest.');
  await screen.press('n', 'o', 'enter');
  expect(started).toEqual([]);
  await screen.press('backspace', 'backspace', 'q', 'e', 'm', 'u', 'enter');
  expect(started).toEqual(['gdb 4242']);
  expect(screen.line(2)).toContain('gdb on qemu-system-x86_64');
  expect(screen.line(2)).toContain('process stopped 312ms');
  expect(screen.line(3)).toContain('(gdb) ready');
  await screen.press('b', 't', '\r', 'ctrl-c', 'q');
  expect(typed.join('')).toBe('bt\r\u0003q');
  await screen.resize(100, 30);
  expect(sizes.at(-1)).toEqual([98, 25]);
  expect(screen.line(-1)).toContain('F12 or  ^] detach and return');
  await screen.press('f12');
  expect(screen.text()).toContain('Longest stop of the process: 312ms (±5.0ms).');
  expect(screen.text()).toContain('Process state now: S.');
  await screen.press('esc');
  expect(screen.text()).toContain('(gdb) ready');
  await screen.press('esc');
  expect(screen.line(1)).toContain('[3 Processes');
  expect(screen.takeOutput()).not.toContain('owned');
  await screen.quit();
});

test('tools names the package of a missing tool', async () => {
  const { box, started } = toolBox();
  const screen = await open({ session: cannedSession(), tab: 'processes', tools: box });
  await screen.press('t', 'e', 'u', '-', 'enter');
  expect(screen.text()).toContain('package elfutils');
  expect(started).toEqual([]);
  await screen.quit();
});

test('tools starts nothing when answered with no', async () => {
  const { box, started } = toolBox();
  const screen = await open({ session: cannedSession(), tab: 'processes', tools: box });
  await screen.press('t', 's', 't', 'r', 'a', 'c', 'e', 'enter');
  expect(screen.text()).toContain('y: start, n or esc: no');
  await screen.press('enter', 'esc');
  expect(started).toEqual([]);
  await screen.press('t', 's', 't', 'r', 'a', 'c', 'e', 'enter', 'y');
  expect(started).toEqual(['strace 900']);
  await screen.press('ctrl-]', 'esc', 'q');
  expect(screen.line(1)).toContain('[3 Processes');
  await screen.quit();
});

test('tools shows why a tool does not open', async () => {
  const box: ToolBox = { list: async () => choices, open: () => Promise.reject(new Error('process 900 has gone')) };
  const screen = await open({ session: cannedSession(), tab: 'processes', tools: box });
  await screen.press('t', 'enter');
  expect(screen.text()).toContain('process 900 has gone');
  await screen.quit();
});

test('tools keeps the output of a tool that ended by itself, for reading and copying', async () => {
  const { box, typed, quit } = toolBox();
  const screen = await open({ session: cannedSession(), tab: 'processes', tools: box });
  await screen.press('t', 's', 't', 'r', 'a', 'c', 'e', 'enter', 'y');
  quit();
  await screen.settle();
  expect(screen.line(3)).toContain('(gdb) ready');
  expect(screen.line(1)).toContain('esc back');
  // It is a page of text.
  await screen.press('/', ...Array.from('ready'), 'enter');
  expect(screen.line(2)).toContain('1 of 1 /ready');
  screen.takeOutput();
  await screen.press('c', 'enter');
  expect(screen.takeOutput()).toContain(clipboardSequence('(gdb) ready'));
  await screen.press('esc');
  // A Ctrl-C that was meant for the tool does not quit.
  await screen.press('ctrl-c');
  expect(screen.line(1)).toContain('[3 Processes');
  expect(typed).toEqual([]);
  await screen.quit();
});

test('tools runs on the pointed and then on the other marked processes, each after its confirmation', async () => {
  const { box, started, quit } = toolBox();
  const screen = await open({ session: cannedSession(), tab: 'processes', tools: box });
  await screen.press('space', 'space', 't');
  // The pointer is on a third row, which is not marked.
  expect(screen.text()).toMatch(/Tools on worker-\d+ \(\d+\) ─/);
  await screen.press('esc', 'home', 't');
  expect(screen.text()).toContain('Tools on nfsd (900), then 1 marked');
  await screen.press('s', 't', 'r', 'a', 'c', 'e', 'enter', 'y');
  expect(started).toEqual(['strace 900']);
  quit();
  await screen.settle();
  expect(screen.text()).toContain('strace on qemu-system-x86_64 (4242)');
  await screen.press('y');
  expect(started).toEqual(['strace 900', 'strace 4242']);
  quit();
  await screen.settle();
  expect(screen.line(1)).toContain('Output of a tool that ended');
  await screen.press('esc', 'esc');
  expect(screen.line(1)).toContain('[3 Processes');
  await screen.quit();
});
