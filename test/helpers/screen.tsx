import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import type { WriteStream } from 'node:tty';
import xterm from '@xterm/headless';
import type { Session } from '../../src/collect/session.ts';
import type { Prompter } from '../../src/host/prompter.ts';
import type { AnyPane } from '../../src/panes/pane.ts';
import { makeTheme, type Theme } from '../../src/theme.ts';
import type { Keyboard } from '../../src/app/input-router.ts';
import { runApp, type RunEnd, type RunOptions } from '../../src/app/run-app.tsx';
import { fakePanes } from './fake-panes.ts';
import { FakeSession } from './fake-session.ts';

const KEYS: Readonly<Record<string, string>> = {
  enter: '\r',
  tab: '\t',
  'shift-tab': '\u001B[Z',
  space: ' ',
  backspace: '\u007F',
  up: '\u001B[A',
  down: '\u001B[B',
  right: '\u001B[C',
  left: '\u001B[D',
  home: '\u001B[H',
  end: '\u001B[F',
  pgup: '\u001B[5~',
  pgdn: '\u001B[6~',
  f1: '\u001BOP',
  'ctrl-c': '\u0003',
  'ctrl-l': '\u000C',
  'ctrl-]': '\u001D',
};

const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

export interface ScreenOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly theme?: Theme;
  readonly session?: FakeSession;
  readonly connect?: (prompter: Prompter) => Promise<Session>;
  readonly panes?: readonly AnyPane[];
  readonly tools?: RunOptions['tools'];
  readonly keymap?: RunOptions['keymap'];
  readonly tab?: string;
  readonly startRecording?: RunOptions['startRecording'];
  readonly onRecorded?: RunOptions['onRecorded'];
}

/** The whole program in a terminal that remembers what a person would see. */
export class TestScreen {
  readonly terminal: InstanceType<typeof xterm.Terminal>;
  readonly ended: Promise<RunEnd>;
  readonly session: FakeSession;
  /** Bytes written since `takeOutput` was called last. */
  #output = '';
  #written: Promise<void> = Promise.resolve();
  #writes = 0;
  readonly #stdin = new PassThrough();
  readonly #stdout: EventEmitter & { columns: number; rows: number };
  readonly raw: boolean[] = [];

  constructor(options: ScreenOptions = {}) {
    const { columns = 120, rows = 40 } = options;
    this.session = options.session ?? new FakeSession();
    this.terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
    this.#stdout = Object.assign(new EventEmitter(), {
      isTTY: true,
      columns,
      rows,
      write: (data: string, encoding?: unknown, callback?: unknown) => {
        const done = typeof encoding === 'function' ? encoding : callback;
        this.#output += data;
        this.#writes++;
        this.#written = new Promise((resolve) => {
          // A terminal in raw mode still makes CR LF of LF on output (OPOST): so does this one.
          this.terminal.write(data.replaceAll('\n', '\r\n'), () => {
            resolve();
            if (typeof done === 'function') (done as () => void)();
          });
        });
        return true;
      },
    });
    const keyboard: Keyboard = Object.assign(this.#stdin, {
      setRawMode: (on: boolean) => {
        this.raw.push(on);
        // Nobody uses what a tty's setRawMode returns.
        return this.#stdin as never;
      },
    }) as never;
    this.ended = runApp({
      target: 'support@node-7',
      connect: options.connect ?? (async () => this.session),
      theme: options.theme ?? makeTheme({ colour: true, ascii: false }),
      panes: options.panes ?? fakePanes,
      tools: options.tools,
      tab: options.tab,
      startRecording: options.startRecording,
      onRecorded: options.onRecorded,
      ...(options.keymap && { keymap: options.keymap }),
      stdin: keyboard,
      // Only what Ink and we use of a terminal is there.
      stdout: this.#stdout as unknown as WriteStream,
      clock: () => this.session.nowMs,
    });
    // A test that awaits it sees a rejection there.
    this.ended.catch(() => undefined);
  }

  /** Until nothing was written for a moment, counted in turns of our own timer: a busy machine must not look quiet. */
  async settle(quietMs = 60): Promise<void> {
    for (let quiet = 0; quiet < quietMs; quiet += 10) {
      const before = this.#writes;
      await sleep(10);
      if (this.#writes !== before) quiet = -10;
    }
    await this.#written;
  }

  /** Names of keys, or text typed letter by letter as written. */
  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      this.#stdin.write(key === 'esc' ? '\u001B' : (KEYS[key] ?? key));
      await sleep(key === 'esc' ? 60 : 4);
    }
    await this.settle();
  }

  /** The keyboard of a terminal that was closed. */
  loseKeyboard(event: string): void {
    this.#stdin.emit(event, new Error('read EIO'));
  }

  async resize(columns: number, rows: number): Promise<void> {
    this.terminal.resize(columns, rows);
    this.#stdout.columns = columns;
    this.#stdout.rows = rows;
    this.#stdout.emit('resize');
    await sleep(60);
    await this.settle();
  }

  async click(x: number, y: number): Promise<void> {
    await this.press(`\u001B[<0;${x + 1};${y + 1}M\u001B[<0;${x + 1};${y + 1}m`);
  }

  async wheel(x: number, y: number, direction: 'up' | 'down'): Promise<void> {
    await this.press(`\u001B[<${direction === 'up' ? 64 : 65};${x + 1};${y + 1}M`);
  }

  lines(): string[] {
    const buffer = this.terminal.buffer.active;
    return Array.from(
      { length: this.terminal.rows },
      (_, y) => buffer.getLine(buffer.viewportY + y)?.translateToString(true) ?? '',
    );
  }

  text(): string {
    return this.lines().join('\n');
  }

  line(y: number): string {
    return this.lines().at(y) ?? '';
  }

  /** What was written since the last time. */
  takeOutput(): string {
    const output = this.#output;
    this.#output = '';
    return output;
  }

  async quit(): Promise<RunEnd> {
    await this.press('ctrl-c');
    return this.ended;
  }
}

export async function open(options: ScreenOptions = {}): Promise<TestScreen> {
  const screen = new TestScreen(options);
  await screen.settle();
  // On a busy machine a moment of quiet may come before there is anything to show.
  for (let i = 0; i < 100 && options.connect === undefined && /^ {3}connecting to/m.test(screen.text()); i++)
    await screen.settle();
  return screen;
}
