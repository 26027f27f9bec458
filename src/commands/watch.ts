import { createConnection, type Socket } from 'node:net';
import { constants, hostname, userInfo } from 'node:os';
import { cut, cutStyled, dropStyled, padStyled } from '../lib/text-width.ts';
import { plain } from '../lib/plain.ts';
import { sanitizeLine } from '../ui/sanitize-line.ts';
import { helloMessage } from '../viewers/hello.ts';
import { MAX_MESSAGE_CHARACTERS, takeMessage, type SharedFrame } from '../viewers/shared-frame.ts';
import type { DataCommand } from './data-arguments.ts';
import { warn } from './print.ts';
import { UsageError } from './usage-error.ts';

type WatchCommand = Extract<DataCommand, { kind: 'watch' }>;

const ENTER = '\u001B[?1049h\u001B[?25l';
const LEAVE = '\u001B[?25h\u001B[?1049l\u001B[0m';
const SIGNALS: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGINT'];
/** Cells that a key moves the shown part of a larger screen. */
const STEP = { columns: 8, rows: 4 };

/** Shows the shared screen of another crashcart until either end leaves, or a signal comes. Resolves with the exit code. */
export async function watchScreen({ at, ticket }: WatchCommand): Promise<number> {
  const { stdin, stdout } = process;
  if (!stdin.isTTY || !stdout.isTTY) throw new UsageError('watch needs a terminal');
  const socket = 'path' in at ? createConnection(at.path) : createConnection(at.port, at.host);
  const view = new SharedView((text) => stdout.write(text), () => ({ columns: stdout.columns, rows: stdout.rows })); // prettier-ignore
  const over = Promise.withResolvers<string>();
  let signalled = 0;
  const keys = (data: string) => {
    for (const key of keysOf(data)) {
      if (key === 'q' || key === '\u0003') over.resolve('');
      else view.move(key);
    }
  };
  const signal = (_: NodeJS.Signals, number: number) => {
    signalled = number;
    over.resolve('');
  };
  const lost = () => signal('SIGHUP', constants.signals.SIGHUP);
  const from = 'path' in at ? at.path : `${at.host}:${at.port}`;
  const showWaiting = () =>
    stdout.write(`\u001B[H${cut(`waiting for the screen of ${plain(from)}, q leaves`, stdout.columns)}`);
  const resize = () => {
    view.redraw();
    if (!view.hasShown) showWaiting();
  };
  const restore = () => {
    stdin.setRawMode(false);
    stdout.write(LEAVE);
  };
  // Also for an exception.
  process.on('exit', restore);
  for (const name of SIGNALS) process.on(name, signal);
  stdin.on('data', keys).on('error', lost).on('end', lost);
  stdout.on('resize', resize).on('error', lost);
  stdin.setRawMode(true).setEncoding('utf8');
  stdout.write(ENTER);
  showWaiting();
  receive(socket, ticket, view, over.resolve);
  const why = await over.promise;
  socket.destroy();
  stdout.off('resize', resize);
  stdin.off('data', keys).pause();
  for (const name of SIGNALS) process.off(name, signal);
  process.off('exit', restore);
  restore();
  if (signalled > 0) return 128 + signalled;
  if (why !== '') warn(plain(why));
  return view.hasShown ? 0 : 1;
}

/** Keys of one read: of a key that repeats, or on a busy machine, it has several. */
export const keysOf = (data: string): readonly string[] => data.match(/\u001B[[O][0-9;]*[A-Za-z~]|[^]/g) ?? [];

function receive(socket: Socket, ticket: string | undefined, view: SharedView, end: (why: string) => void): void {
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('connect', () => socket.write(helloMessage({ name: `${userInfo().username}@${hostname()}`, ticket })));
  socket.on('error', (error) => end(error.message));
  socket.on('close', () => end('connection closed'));
  socket.on('data', (data: string) => {
    rest += data;
    for (let at = rest.indexOf('\n'); at !== -1; at = rest.indexOf('\n')) {
      const why = view.take(rest.slice(0, at));
      rest = rest.slice(at + 1);
      if (why !== undefined) end(why);
    }
    if (rest.length > MAX_MESSAGE_CHARACTERS) end('a message above the limit');
  });
}

/**
 * View of a shared screen on a terminal of any size: a larger one shows it in its upper left, a smaller one the part that the arrow keys
 * choose, above a line that states it. Lines of the other side are sanitised.
 */
export class SharedView {
  readonly #write: (text: string) => void;
  readonly #size: () => { readonly columns: number; readonly rows: number };
  #frame: SharedFrame | undefined;
  #drawn: readonly string[] = [];
  #left = 0;
  #top = 0;

  constructor(write: (text: string) => void, size: () => { readonly columns: number; readonly rows: number }) {
    this.#write = write;
    this.#size = size;
  }

  get hasShown(): boolean {
    return this.#frame !== undefined;
  }

  /** Takes a message; the result is the reason of the end. */
  take(message: string): string | undefined {
    const taken = takeMessage(this.#frame, message);
    if (taken === undefined) return 'not a shared screen of crashcart';
    if ('end' in taken) return taken.end;
    this.#frame = taken;
    this.#draw();
    return undefined;
  }

  /** Moves the shown part by an arrow key or h, j, k, l. */
  move(key: string): void {
    const arrow = /^(?:\u001B[[O]([ABCD])|([hjkl]))$/.exec(key);
    const [, letter = 'ABCD'['kjlh'.indexOf(arrow?.[2] ?? ' ')]] = arrow ?? [];
    if (letter === 'A') this.#top -= STEP.rows;
    if (letter === 'B') this.#top += STEP.rows;
    if (letter === 'C') this.#left += STEP.columns;
    if (letter === 'D') this.#left -= STEP.columns;
    this.#draw();
  }

  redraw(): void {
    this.#drawn = [];
    this.#write('\u001B[0m\u001B[2J');
    this.#draw();
  }

  #draw(): void {
    if (!this.#frame) return;
    const { columns, rows } = this.#size();
    const lines = this.#visible(this.#frame, columns, rows);
    const out = lines.map((line, row) => (this.#drawn[row] === line ? '' : `\u001B[${row + 1};1H\u001B[0m${line}`));
    this.#drawn = lines;
    this.#write(`\u001B[?2026h${out.join('')}\u001B[?2026l`);
  }

  #visible(frame: SharedFrame, columns: number, rows: number): readonly string[] {
    const isWhole = frame.columns <= columns && frame.rows <= rows;
    const room = isWhole ? rows : rows - 1;
    this.#left = Math.max(0, Math.min(this.#left, frame.columns - columns));
    this.#top = Math.max(0, Math.min(this.#top, frame.rows - room));
    const lines = Array.from({ length: room }, (_, row) => {
      const line = sanitizeLine(frame.lines[this.#top + row] ?? '');
      return padStyled(cutStyled(dropStyled(line, this.#left), columns), columns);
    });
    if (isWhole) return lines;
    const part = `part of ${frame.columns}x${frame.rows} from column ${this.#left + 1}, line ${this.#top + 1}: arrows move it, q leaves`; // prettier-ignore
    return [...lines, padStyled(cutStyled(part, columns), columns)];
  }
}
