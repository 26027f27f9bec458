import { createConnection, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { helloMessage } from '../../src/viewers/hello.ts';
import { takeMessage, type SharedFrame } from '../../src/viewers/shared-frame.ts';

/** Viewer of a shared screen, by its protocol. */
export class TestViewer {
  readonly socket: Socket;
  frame: SharedFrame | undefined;
  /** Number of messages with a frame. */
  frames = 0;
  /** Reason of the end. */
  end: string | undefined;
  closed = false;

  constructor(at: string | number, hello: string = helloMessage({ name: 'alice', ticket: undefined })) {
    this.socket = typeof at === 'string' ? createConnection(at) : createConnection(at, '127.0.0.1');
    this.socket.setEncoding('utf8').on('error', () => undefined);
    this.socket.on('close', () => (this.closed = true));
    this.socket.write(hello);
    let rest = '';
    this.socket.on('data', (data) => {
      const lines = (rest + String(data)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.#take(line);
    });
  }

  text(): string {
    return this.frame?.lines.join('\n') ?? '';
  }

  #take(line: string): void {
    const taken = takeMessage(this.frame, line);
    if (taken && 'end' in taken) this.end = taken.end;
    else if (taken) {
      this.frame = taken;
      this.frames++;
    }
  }
}

/** Waits until a condition holds; fails after `limitMs`. */
export async function until(holds: () => boolean, limitMs = 10_000): Promise<void> {
  const deadlineMs = performance.now() + limitMs;
  while (!holds()) {
    if (performance.now() > deadlineMs) throw new Error('condition not met in time');
    await sleep(10);
  }
}
