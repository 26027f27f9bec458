import type { ReadStream } from 'node:tty';
import { KeyParser, type InputEvent } from './key-parser.ts';

/** Time after which a lone escape byte is the escape key; sequences usually arrive in one piece. */
const ESCAPE_MS = 40;

/** Ctrl-], the leader key: leaves the terminal pane, as in telnet. */
const LEADER = 0x1d;

/** Terminal input. */
export type Keyboard = Pick<ReadStream, 'on' | 'off' | 'setRawMode' | 'resume' | 'pause'>;

/** Only reader of the keyboard: parses bytes into events, or passes them raw to a tool's terminal until the leader key. */
export class InputRouter {
  readonly #keyboard: Keyboard;
  readonly #onEvent: (event: InputEvent) => void;
  readonly #parser = new KeyParser();
  #escape: NodeJS.Timeout | undefined;
  #sink: { readonly input: (bytes: Uint8Array) => void; readonly onLeader: () => void } | undefined;

  constructor(keyboard: Keyboard, onEvent: (event: InputEvent) => void) {
    this.#keyboard = keyboard;
    this.#onEvent = onEvent;
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
    const at = bytes.indexOf(LEADER);
    if (at !== 0) sink.input(at < 0 ? bytes : bytes.subarray(0, at));
    if (at < 0) return;
    sink.onLeader();
    // Bytes after the leader key belong to the next reader.
    if (at + 1 < bytes.length) this.#onData(bytes.subarray(at + 1));
  };

  #parse(bytes: Buffer): void {
    clearTimeout(this.#escape);
    for (const event of this.#parser.feed(bytes)) this.#onEvent(event);
    if (this.#parser.waiting)
      this.#escape = setTimeout(() => {
        for (const event of this.#parser.flush()) this.#onEvent(event);
      }, ESCAPE_MS);
  }
}
