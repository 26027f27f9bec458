import { fields, json, numberOf, textOf } from '../../lib/json.ts';
import type { Why } from '../host.ts';
import type { Pipe } from '../transport.ts';
import { LazySession } from './lazy-session.ts';
import { DaemonError, type DaemonConnection, type Dial } from './protocol.ts';
import { RequestQueue } from './request-queue.ts';

const RETRY_MS = 10_000;
const MOST_LINE = 32 * 1024 * 1024;

interface PendingRequest {
  readonly resolve: (text: string) => void;
  readonly reject: (error: DaemonError) => void;
}

interface Session {
  readonly pipe: Pipe;
  readonly pending: Map<number, PendingRequest>;
}

/**
 * ProgramConnection sends requests to a program of crashcart on the host, a line of JSON each (`{"id":1,"ask":"…"}`), whose reply is a
 * line too: `{"id":1,"body":…}`, or `{"id":1,"why":"denied","text":"…"}`. The first request starts the program.
 */
export class ProgramConnection implements DaemonConnection {
  readonly #session: LazySession<Session>;
  readonly #queueOf: (request: string) => string;
  readonly #queues = new Map<string, RequestQueue>();
  #pipe: Pipe | undefined;
  #nextId = 1;
  #closed = false;

  /** Requests of one `queueOf` wait for each other. */
  constructor(dial: Dial, queueOf: (request: string) => string) {
    this.#queueOf = queueOf;
    this.#session = new LazySession(
      async (lost) => {
        if (this.#closed) throw new DaemonError('failed', 'closed');
        await this.#pipe?.exited;
        this.#pipe = await dial();
        return startSession(this.#pipe, lost);
      },
      () => RETRY_MS,
    );
  }

  request(request: string, timeoutMs: number): Promise<string> {
    const name = this.#queueOf(request);
    let queue = this.#queues.get(name);
    if (!queue) this.#queues.set(name, (queue = new RequestQueue()));
    return queue.run(name, timeoutMs, () => this.#send(request));
  }

  close(): void {
    this.#closed = true;
    this.#pipe?.kill();
  }

  async #send(request: string): Promise<string> {
    const { pipe, pending } = await this.#session.get();
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    pending.set(id, { resolve, reject });
    pipe.stdin.write(`${JSON.stringify({ id, ask: request })}\n`);
    return promise;
  }
}

/** Passes each line of a program to its request until it ends. */
function startSession(pipe: Pipe, onEnd: () => void): Session {
  const pending = new Map<number, PendingRequest>();
  let parts: Buffer[] = [];
  let length = 0;
  let stderr = '';
  const end = (detail: string) => {
    pipe.kill();
    for (const request of pending.values()) request.reject(new DaemonError('failed', detail));
    pending.clear();
    onEnd();
  };
  const take = (line: string) => {
    const message = fields(json(line));
    const id = numberOf(message['id']) ?? -1;
    const request = pending.get(id);
    pending.delete(id);
    if (message['why'] === undefined) request?.resolve(JSON.stringify(message['body'] ?? {}));
    else request?.reject(new DaemonError(whyOf(message['why']), textOf(message['text']) ?? 'no error text'));
  };
  pipe.stdout.on('data', (chunk: Buffer) => {
    let start = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, start)) {
      take(Buffer.concat([...parts, chunk.subarray(start, at)]).toString('utf8'));
      parts = [];
      length = 0;
      start = at + 1;
    }
    length += chunk.length - start;
    parts.push(chunk.subarray(start));
    if (length > MOST_LINE) end('reply over 32 MiB');
  });
  pipe.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString('utf8')).slice(-300);
  });
  pipe.stdin.on('error', () => undefined);
  void pipe.exited.then(() => end(stderr.trim() || 'the session on the host ended'));
  return { pipe, pending };
}

const WHYS: readonly Why[] = ['absent', 'denied', 'timeout'];
const whyOf = (value: unknown): Why => WHYS.find((why) => why === value) ?? 'failed';
