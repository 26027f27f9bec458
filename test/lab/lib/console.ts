import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawn, type IPty } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { paneKeys } from '../../../src/pane-keys.ts';

const launcher = resolve(import.meta.dirname, '../../../bin/crashcart.cjs');

const KEYS: Readonly<Record<string, string>> = {
  enter: '\r',
  tab: '\t',
  esc: '\u001B',
  space: ' ',
  backspace: '\u007F',
  up: '\u001B[A',
  down: '\u001B[B',
  right: '\u001B[C',
  left: '\u001B[D',
  home: '\u001B[H',
  end: '\u001B[F',
  pgdn: '\u001B[6~',
  'ctrl-c': '\u0003',
  'ctrl-d': '\u0004',
  'ctrl-]': '\u001D',
};

export interface ConsoleOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Path of a program to run, with `args`. Default: crashcart. */
  readonly program?: string;
}

export interface ProgramExit {
  /** Exit code; undefined when a signal ended it. */
  readonly code: number | undefined;
  readonly signal: number | undefined;
}

/**
 * The built program in a real pty with a terminal emulator. Its home, settings and state directories are temporary, and its
 * environment has no agent and no `CI`.
 */
export class Console implements AsyncDisposable {
  readonly ended: Promise<ProgramExit>;
  /** HOME of the program. */
  readonly home: string;
  /** Number of bytes of output. */
  bytes = 0;
  readonly #pty: IPty;
  readonly #terminal: xterm.Terminal;
  #alive = true;
  #lastOutputMs = performance.now();
  #drawn: Promise<void> = Promise.resolve();
  #all = '';

  constructor(args: readonly string[], options: ConsoleOptions = {}) {
    const { columns = 120, rows = 40 } = options;
    this.home = mkdtempSync(join(tmpdir(), 'crashcart-console-'));
    const env: Record<string, string | undefined> = {
      ...process.env,
      TERM: 'xterm-256color',
      LANG: 'C.UTF-8',
      HOME: this.home,
      XDG_CONFIG_HOME: join(this.home, 'config'),
      XDG_STATE_HOME: join(this.home, 'state'),
      XDG_RUNTIME_DIR: this.home,
      ...options.env,
    };
    for (const name of ['CI', 'NODE_ENV', 'VITEST', 'SSH_AUTH_SOCK', 'NO_COLOR', 'FORCE_COLOR', 'COLORTERM'])
      if (options.env?.[name] === undefined) delete env[name];
    this.#terminal = new xterm.Terminal({ cols: columns, rows, scrollback: 2000, allowProposedApi: true });
    const [file, argv] = options.program ? [options.program, args] : [process.execPath, [launcher, ...args]];
    this.#pty = spawn(file, [...argv], { cols: columns, rows, env, name: 'xterm-256color' });
    this.#pty.onData((data) => {
      this.bytes += Buffer.byteLength(data);
      this.#all = (this.#all + data).slice(-4_000_000);
      this.#lastOutputMs = performance.now();
      this.#drawn = new Promise((done) => this.#terminal.write(data, done));
    });
    // Replies of the terminal emulator to queries (cursor position, device attributes).
    this.#terminal.onData((data) => this.type(data));
    this.ended = new Promise((done) =>
      this.#pty.onExit(({ exitCode, signal }) => {
        this.#alive = false;
        done(signal ? { code: undefined, signal } : { code: exitCode, signal: undefined });
      }),
    );
  }

  get pid(): number {
    return this.#pty.pid;
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** The last 4 MB of output, with escape sequences. */
  get raw(): string {
    return this.#all;
  }

  /** Sends text as it is. */
  type(text: string): void {
    if (this.#alive) this.#pty.write(text);
  }

  /** Presses keys one after another: a name (`enter`, `ctrl-]`) or one character. */
  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      this.type(KEYS[key] ?? key);
      await sleep(40);
    }
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
    this.#pty.resize(columns, rows);
  }

  /** `performance.now()` of the next output. Fails after `limitMs`. */
  nextOutput(limitMs: number): Promise<number> {
    return new Promise((done, fail) => {
      const timer = setTimeout(() => {
        listening.dispose();
        fail(new Error(`No output for ${limitMs} ms:\n${this.text()}`));
      }, limitMs);
      const listening = this.#pty.onData(() => {
        clearTimeout(timer);
        listening.dispose();
        done(performance.now());
      });
    });
  }

  /** Rows of the screen, without trailing blanks. */
  lines(): string[] {
    const buffer = this.#terminal.buffer.active;
    return Array.from(
      { length: this.#terminal.rows },
      (_, row) => buffer.getLine(buffer.viewportY + row)?.translateToString(true) ?? '',
    );
  }

  text(): string {
    return this.lines().join('\n');
  }

  /**
   * Waits for text on the screen and returns the screen's text; an error holds the screen's text. Several patterns must be
   * on the screen at the same time.
   */
  async until(pattern: RegExp | string | readonly RegExp[], limitMs = 20_000): Promise<string> {
    const all = Array.isArray(pattern) ? (pattern as readonly RegExp[]) : [pattern as RegExp | string];
    const wanted = (text: string) =>
      all.every((one) => (typeof one === 'string' ? text.includes(one) : one.test(text)));
    const deadlineMs = performance.now() + limitMs;
    for (;;) {
      const over = !this.#alive;
      await this.#drawn;
      const text = this.text();
      if (wanted(text)) return text;
      if (over) throw new Error(`The program ended without ${String(pattern)} on the screen:\n${text}`);
      if (performance.now() > deadlineMs) throw new Error(`No ${String(pattern)} within ${limitMs} ms:\n${text}`);
      await sleep(25);
    }
  }

  /** Opens a pane by its key, once its tab is there: with its title, or the short one where the tabs fill the screen. */
  async go(pane: string): Promise<void> {
    const id = pane.toLowerCase().replaceAll(' ', '-');
    const found = paneKeys.find((one) => one.pane === id);
    if (!found) throw new Error(`${pane}: no such pane`);
    const { key, short } = found;
    const deadlineMs = performance.now() + 60_000;
    for (;;) {
      await this.until(new RegExp(String.raw`${key} (?:${pane}|${short})`), 60_000);
      await this.press(key);
      await this.settle();
      if (new RegExp(String.raw`\[${key} (?:${pane}|${short})`).test(this.text())) return;
      if (performance.now() > deadlineMs) throw new Error(`Pane ${pane} did not open:\n${this.text()}`);
    }
  }

  /** Waits until there was no output for `quietMs`. */
  async settle(quietMs = 200, limitMs = 5000): Promise<void> {
    const deadlineMs = performance.now() + limitMs;
    while (performance.now() < deadlineMs && performance.now() - this.#lastOutputMs < quietMs) await sleep(20);
    await this.#drawn;
  }

  /** Waits until the program exits; fails after `limitMs`. */
  async exit(limitMs = 10_000): Promise<ProgramExit> {
    const ended = await Promise.race([this.ended, sleep(limitMs, undefined, { ref: false })]);
    if (!ended) throw new Error(`The program still runs after ${limitMs} ms:\n${this.text()}`);
    await sleep(50);
    await this.#drawn;
    return ended;
  }

  /** Terminal modes that the program changed and did not restore. */
  leftovers(): string[] {
    const { modes, buffer } = this.#terminal;
    const left: string[] = [];
    if (buffer.active.type !== 'normal') left.push('alternate screen');
    if (modes.mouseTrackingMode !== 'none') left.push(`mouse ${modes.mouseTrackingMode}`);
    if (modes.bracketedPasteMode) left.push('bracketed paste');
    if (modes.applicationCursorKeysMode) left.push('application cursor keys');
    if (modes.sendFocusMode) left.push('focus reports');
    // Whether the last DECTCEM sequence hides the cursor.
    const cursor = this.#all.lastIndexOf('\u001B[?25l');
    if (cursor > this.#all.lastIndexOf('\u001B[?25h')) left.push('hidden cursor');
    return left;
  }

  kill9(): void {
    if (this.#alive) this.#pty.kill('SIGKILL');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#alive) this.#pty.kill('SIGTERM');
    await Promise.race([this.ended, sleep(3000)]);
    this.kill9();
    await this.ended;
    this.#terminal.dispose();
    rmSync(this.home, { recursive: true, force: true });
  }
}
