import type { Pipe } from '../../transport.ts';
import { fields, items } from '../../../lib/json.ts';
import { DaemonError } from '../protocol.ts';
import { JsonObjects } from '../json-objects.ts';

interface PendingCall {
  readonly settle: (result: unknown) => void;
  readonly fail: (error: DaemonError) => void;
}

/**
 * JSON-RPC 1.0 over one connection: https://www.jsonrpc.org/specification_v1, as RFC 7047 section 4 and unixctl use it.
 * It replies to `echo`, or OVSDB drops the connection (RFC 7047, 4.1.11); notifications go to `onNotice`.
 */
export class JsonRpc {
  readonly #pipe: Pipe;
  readonly #waiting = new Map<number, PendingCall>();
  readonly #onNotice: (method: string, parameters: readonly unknown[]) => void;
  #next = 0;
  #lost: DaemonError | undefined;

  constructor(pipe: Pipe, onNotice: (method: string, parameters: readonly unknown[]) => void = () => {}) {
    this.#pipe = pipe;
    this.#onNotice = onNotice;
    const objects = new JsonObjects();
    pipe.stdout.on('data', (chunk: Uint8Array) => {
      if (this.#lost) return;
      try {
        for (const text of objects.push(chunk)) this.#take(JSON.parse(text) as unknown);
      } catch (error) {
        this.#end(new DaemonError('failed', `not a JSON-RPC reply: ${wordsOf(error)}`, { cause: error }));
      }
    });
    const closed = () => this.#end(new DaemonError('failed', 'the connection was closed'));
    pipe.stdout.on('end', closed);
    pipe.stdout.on('close', closed);
    pipe.stdout.on('error', (error: Error) => this.#end(new DaemonError('failed', wordsOf(error))));
    pipe.stdin.on('error', (error: Error) => this.#end(new DaemonError('failed', wordsOf(error))));
  }

  get open(): boolean {
    return this.#lost === undefined;
  }

  /** Result of a call; rejects with the error text of the daemon, and when the connection is lost. */
  call(method: string, parameters: readonly unknown[]): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    if (this.#lost) {
      reject(this.#lost);
      return promise;
    }
    const id = this.#next++;
    this.#waiting.set(id, { settle: resolve, fail: reject });
    this.#send({ id, method, params: parameters });
    return promise;
  }

  close(): void {
    this.#end(new DaemonError('failed', 'the connection was closed'));
  }

  #send(message: object): void {
    this.#pipe.stdin.write(JSON.stringify(message));
  }

  #take(message: unknown): void {
    const { id, method, params, result, error } = fields(message);
    if (typeof method === 'string') {
      if (method === 'echo') this.#send({ id, result: params, error: null });
      else this.#onNotice(method, items(params));
      return;
    }
    // Replies with an unknown id are ignored.
    const waiting = typeof id === 'number' ? this.#waiting.get(id) : undefined;
    if (!waiting) return;
    this.#waiting.delete(id as number);
    // unixctl leaves `result` out of a refusal altogether.
    if (error === null || error === undefined) waiting.settle(result);
    else waiting.fail(refused(error));
  }

  #end(error: DaemonError): void {
    if (this.#lost) return;
    this.#lost = error;
    for (const { fail } of this.#waiting.values()) fail(error);
    this.#waiting.clear();
    this.#pipe.kill();
  }
}

/** Error of a refused call; an unknown command means that the feature is absent. */
function refused(error: unknown): DaemonError {
  const words = typeof error === 'string' ? error.trim() : JSON.stringify(error);
  return new DaemonError(
    /is not a valid command|unknown database|unknown cluster/.test(words) ? 'absent' : 'failed',
    words,
  );
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
