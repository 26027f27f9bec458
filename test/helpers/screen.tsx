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
  f12: '\u001B[24~',
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
  readonly openHost?: RunOptions['openHost'];
  readonly fleet?: RunOptions['fleet'];
  readonly tools?: RunOptions['tools'];
  readonly shortReport?: RunOptions['shortReport'];
  readonly keymap?: RunOptions['keymap'];
  readonly own?: RunOptions['own'];
  readonly tab?: string;
  readonly startRecording?: RunOptions['startRecording'];
  readonly startSharing?: RunOptions['startSharing'];
  readonly cutSlice?: RunOptions['cutSlice'];
  readonly onWritten?: RunOptions['onWritten'];
  readonly tour?: boolean;
  readonly asksBackground?: boolean;
  readonly alerts?: RunOptions['alerts'];
  readonly veil?: RunOptions['veil'];
}

/** The whole program in a headless terminal emulator. */
export class TestScreen {
  readonly terminal: InstanceType<typeof xterm.Terminal>;
  readonly ended: Promise<RunEnd>;
  readonly session: FakeSession;
  /** Bytes written since `takeOutput` was called last. */
  #output = '';
  #written: Promise<void> = Promise.resolve();
  #writes = 0;
  #over = false;
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
          // Output processing (OPOST) stays on in raw mode: LF becomes CR LF.
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
        // The return value of a tty's setRawMode is unused.
        return this.#stdin as never;
      },
    }) as never;
    this.ended = runApp({
      target: 'support@node-7',
      connect: options.connect ?? (async () => this.session),
      theme: options.theme ?? makeTheme({ colour: true, ascii: false }),
      panes: options.panes ?? fakePanes,
      openHost: options.openHost,
      fleet: options.fleet,
      tools: options.tools,
      own: options.own,
      shortReport: options.shortReport,
      tab: options.tab,
      startRecording: options.startRecording,
      startSharing: options.startSharing,
      cutSlice: options.cutSlice,
      onWritten: options.onWritten,
      tour: options.tour,
      asksBackground: options.asksBackground,
      alerts: options.alerts,
      veil: options.veil,
      ...(options.keymap && { keymap: options.keymap }),
      stdin: keyboard,
      // A subset of WriteStream: the part that Ink and the app use.
      stdout: this.#stdout as unknown as WriteStream,
      clock: () => this.session.nowMs,
    });
    // A rejection reaches the tests that await `ended`.
    void this.ended
      .catch(() => undefined)
      .finally(() => {
        this.#over = true;
      });
  }

  /** Waits until no write happened for `quietMs`, counted in timer ticks, because wall time passes without ticks on a busy machine. */
  async settle(quietMs = 60): Promise<void> {
    for (let quiet = 0; quiet < quietMs; quiet += 10) {
      const before = this.#writes;
      await sleep(10);
      if (this.#writes !== before) quiet = -10;
    }
    await this.#written;
  }

  /** Presses keys: a name of `KEYS` or `esc`, or text that is typed as it stands. */
  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      this.#stdin.write(key === 'esc' ? '\u001B' : (KEYS[key] ?? key));
      await sleep(key === 'esc' ? 60 : 4);
    }
    await this.settle();
  }

  /** Emits an event of a closed terminal on stdin. */
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

  /** Bytes written since the last call. */
  takeOutput(): string {
    const output = this.#output;
    this.#output = '';
    return output;
  }

  async quit(): Promise<RunEnd> {
    // The first presses may close dialogs.
    for (let i = 0; i < 5 && !this.#over; i++) await this.press(this.text().includes('d: discard') ? 'd' : 'ctrl-c');
    return this.ended;
  }
}

/** Screen of the started app, after its first frame. */
export async function open(options: ScreenOptions = {}): Promise<TestScreen> {
  const screen = new TestScreen(options);
  await screen.settle();
  // On a busy machine `settle` may return before the first frame.
  for (let i = 0; i < 100 && options.connect === undefined && /^ {3}connecting to/m.test(screen.text()); i++)
    await screen.settle();
  return screen;
}
