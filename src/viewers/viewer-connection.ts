import type { Socket } from 'node:net';
import { MAX_HELLO_BYTES, takeHello, type Hello } from './hello.ts';
import { endMessage, frameMessage, type SharedFrame } from './shared-frame.ts';

/** Limits of the time for the first line, and for one frame. */
const HELLO_MS = 5000;
const STUCK_MS = 30_000;

export interface ConnectionEvents {
  /** Takes the first line: a reason to refuse the viewer, or undefined. */
  readonly hello: (hello: Hello) => string | undefined;
  readonly closed: (why: string) => void;
}

/**
 * Connection of one viewer. One frame is on its way at a time: while a slow viewer takes it, later frames replace each other, so that whole
 * frames are dropped and never more than one is kept for it. Input after the first line is read and forgotten.
 */
export class ViewerConnection {
  readonly #socket: Socket;
  readonly #events: ConnectionEvents;
  #admitted = false;
  #input = '';
  #wanted: SharedFrame | undefined;
  #sent: SharedFrame | undefined;
  #busy = false;
  #timer: NodeJS.Timeout;
  #why = 'connection closed';

  constructor(socket: Socket, events: ConnectionEvents) {
    this.#socket = socket;
    this.#events = events;
    this.#timer = setTimeout(() => this.#drop('no first line of a viewer'), HELLO_MS);
    // latin1: a byte is a character, so that the limit is one of bytes.
    socket.setEncoding('latin1');
    socket.on('data', (data: string) => this.#take(data));
    socket.on('drain', () => {
      clearTimeout(this.#timer);
      this.#busy = false;
      this.#send();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(this.#timer);
      events.closed(this.#why);
    });
  }

  /** Whether anything came in. */
  get hasSent(): boolean {
    return this.#socket.bytesRead > 0;
  }

  show(frame: SharedFrame): void {
    this.#wanted = frame;
    this.#send();
  }

  /** Ends the connection with a reason, without waiting for a slow viewer. */
  end(why: string): void {
    this.#why = why;
    if (this.#admitted && !this.#busy) this.#socket.end(endMessage(why));
    // A viewer that does not close its end is left after the message.
    setTimeout(() => this.#socket.destroy(), 200).unref();
  }

  #drop(why: string): void {
    this.#why = why;
    this.#socket.destroy();
  }

  #take(data: string): void {
    if (this.#admitted) return;
    this.#input += data;
    const end = this.#input.indexOf('\n');
    if (end === -1 && this.#input.length <= MAX_HELLO_BYTES) return;
    const line = Buffer.from(this.#input.slice(0, end === -1 ? 0 : end), 'latin1').toString('utf8');
    this.#input = '';
    const hello = end > MAX_HELLO_BYTES ? undefined : takeHello(line);
    const refusal = hello ? this.#events.hello(hello) : 'no first line of a viewer';
    if (refusal !== undefined) {
      this.#why = refusal;
      this.#socket.end(endMessage(refusal));
      this.#socket.destroySoon();
      return;
    }
    clearTimeout(this.#timer);
    this.#admitted = true;
    this.#send();
  }

  #send(): void {
    if (!this.#admitted || this.#busy || !this.#wanted || this.#socket.destroyed) return;
    const message = frameMessage(this.#sent, this.#wanted);
    if (message === undefined) return;
    this.#sent = this.#wanted;
    if (this.#socket.write(message)) return;
    this.#busy = true;
    this.#timer = setTimeout(() => this.#drop(`took no frame for ${STUCK_MS / 1000} s`), STUCK_MS);
  }
}
