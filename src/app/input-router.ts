import type { ReadStream } from 'node:tty';
import { isReply, KeyParser, type Input, type InputEvent, type TerminalReply } from './key-parser.ts';

/** Time after which a lone escape byte is the escape key; sequences usually arrive in one piece. */
const ESCAPE_MS = 40;
/** That time while a reply of the terminal is expected, which a slow line may tear anywhere, and for how long one is. */
const REPLY_MS = 500;
const EXPECTED_MS = 2000;

/** Leader keys, which leave the terminal pane: Ctrl-], as in telnet, and F12, since many keyboards cannot type the former. */
const LEADERS = [Buffer.from('\u001D'), Buffer.from('\u001B[24~')];

/** Terminal input. */
export type Keyboard = Pick<ReadStream, 'on' | 'off' | 'setRawMode' | 'resume' | 'pause'>;

/** Only reader of the keyboard: parses bytes into events, or passes them raw to a tool's terminal until the leader key. */
export class InputRouter {
  readonly #keyboard: Keyboard;
  readonly #onEvent: (event: InputEvent) => void;
  readonly #onReply: (reply: TerminalReply) => void;
  readonly #parser = new KeyParser();
  #escape: NodeJS.Timeout | undefined;
  #expectsUntilMs = -Infinity;
  #sink: { readonly input: (bytes: Uint8Array) => void; readonly onLeader: () => void } | undefined;

  /** `onReply` gets replies of the terminal to queries; they are never events. */
  constructor(
    keyboard: Keyboard,
    onEvent: (event: InputEvent) => void,
    onReply: (reply: TerminalReply) => void = () => undefined,
  ) {
    this.#keyboard = keyboard;
    this.#onEvent = onEvent;
    this.#onReply = onReply;
  }

  start(): void {
    this.#keyboard.setRawMode(true);
    this.#keyboard.on('data', this.#onData);
    this.#keyboard.resume();
  }

  stop(): void {
    clearTimeout(this.#escape);
    this.#keyboard.off('data', this.#onData);
    this.#keyboard.setRawMode(false);
    this.#keyboard.pause();
  }

  /** Waits longer for the rest of a sequence, until the attributes of the terminal arrive or are given up. */
  expectReply(): void {
    this.#expectsUntilMs = performance.now() + EXPECTED_MS;
  }

  /** Passes raw bytes to `input` until the leader key, which calls `onLeader`. */
  capture(input: (bytes: Uint8Array) => void, onLeader: () => void): void {
    this.#sink = { input, onLeader };
  }

  release(): void {
    this.#sink = undefined;
  }

  readonly #onData = (bytes: Buffer): void => {
    const sink = this.#sink;
    if (!sink) {
      this.#parse(bytes);
      return;
    }
    const leader = leaderIn(bytes);
    if (leader?.from !== 0) sink.input(bytes.subarray(0, leader?.from));
    if (!leader) return;
    sink.onLeader();
    // Bytes after the leader key belong to the next reader.
    if (leader.to < bytes.length) this.#onData(bytes.subarray(leader.to));
  };

  #parse(bytes: Buffer): void {
    clearTimeout(this.#escape);
    this.#pass(this.#parser.feed(bytes));
    const waitMs = performance.now() < this.#expectsUntilMs ? REPLY_MS : ESCAPE_MS;
    if (this.#parser.waiting) this.#escape = setTimeout(() => this.#pass(this.#parser.flush()), waitMs);
  }

  #pass(inputs: readonly Input[]): void {
    for (const input of inputs) {
      if (!isReply(input)) this.#onEvent(input);
      else {
        if (input.kind === 'attributes') this.#expectsUntilMs = -Infinity;
        this.#onReply(input);
      }
    }
  }
}

/** First leader key in some input. */
function leaderIn(bytes: Buffer): { readonly from: number; readonly to: number } | undefined {
  return LEADERS.map((leader) => ({ from: bytes.indexOf(leader), length: leader.length }))
    .filter(({ from }) => from >= 0)
    .toSorted((a, b) => a.from - b.from)
    .map(({ from, length }) => ({ from, to: from + length }))
    .at(0);
}
