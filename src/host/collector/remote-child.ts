import { PassThrough, Writable } from 'node:stream';
import type { Pipe } from '../transport.ts';
import type { Frame } from './frames.ts';

/** RemoteChild is a child or a socket connection of the collector as a pipe. */
export class RemoteChild implements Pipe {
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  readonly stdin: Writable;
  readonly exited: Promise<number | undefined>;
  readonly #send: (op: 'write' | 'close' | 'kill', body?: Buffer) => void;
  #settle: (code: number | undefined) => void = () => undefined;

  constructor(send: (op: 'write' | 'close' | 'kill', body?: Buffer) => void) {
    this.#send = send;
    this.stdin = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        send('write', chunk);
        done();
      },
      final: (done) => {
        send('close');
        done();
      },
    });
    this.exited = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  kill(): void {
    this.#send('kill');
  }

  /** Handles a frame; true for the last one. */
  take({ head, body }: Frame): boolean {
    if (head['dialled'] === 1) return false;
    if (head['out'] === 1 || head['out'] === 2) {
      (head['out'] === 1 ? this.stdout : this.stderr).write(body);
      return false;
    }
    const stderr =
      typeof head['detail'] === 'string' ? head['detail'] : typeof head['err'] === 'string' ? head['err'] : '';
    this.finish(typeof head['exit'] === 'number' ? head['exit'] : undefined, stderr);
    return true;
  }

  finish(code: number | undefined, stderr: string): void {
    this.stderr.end(stderr);
    this.stdout.end();
    this.stdin.destroy();
    this.#settle(code);
  }
}
