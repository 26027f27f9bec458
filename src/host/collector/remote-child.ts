import { PassThrough, Writable } from 'node:stream';
import type { Pipe } from '../transport.ts';
import type { Frame } from './frames.ts';

/** A two-way child of the collector, or a connection that it dialled, seen from here as a pipe. */
export class RemoteChild implements Pipe {
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  readonly stdin: Writable;
  readonly exited: Promise<number | undefined>;
  readonly #tell: (op: 'write' | 'close' | 'kill', body?: Buffer) => void;
  #settle: (code: number | undefined) => void = () => undefined;

  constructor(tell: (op: 'write' | 'close' | 'kill', body?: Buffer) => void) {
    this.#tell = tell;
    this.stdin = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        tell('write', chunk);
        done();
      },
      final: (done) => {
        tell('close');
        done();
      },
    });
    this.exited = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  kill(): void {
    this.#tell('kill');
  }

  /** True when that was its last frame. */
  take({ head, body }: Frame): boolean {
    if (head['dialled'] === 1) return false;
    if (head['out'] === 1 || head['out'] === 2) {
      (head['out'] === 1 ? this.stdout : this.stderr).write(body);
      return false;
    }
    const said =
      typeof head['detail'] === 'string' ? head['detail'] : typeof head['err'] === 'string' ? head['err'] : '';
    this.finish(typeof head['exit'] === 'number' ? head['exit'] : undefined, said);
    return true;
  }

  finish(code: number | undefined, stderr: string): void {
    this.stderr.end(stderr);
    this.stdout.end();
    this.stdin.destroy();
    this.#settle(code);
  }
}
