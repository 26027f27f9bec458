import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import type { Pipe } from '../../transport.ts';
import { DaemonError } from '../protocol.ts';

/** Status and headers of a reply. */
export interface HttpHead {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

/** Callbacks of a request; an error thrown by one fails the request. */
export interface ReplyListener {
  readonly head: (head: HttpHead) => void;
  /** Called for each part of the body, or of the stream after an upgrade. */
  readonly body: (bytes: Buffer) => void;
  /** Called once when the reply is complete; never after an upgrade. */
  readonly done: () => void;
  /** Called at most once, and not after `done`. */
  readonly fail: (error: DaemonError) => void;
}

const MAX_HEAD_BYTES = 64 << 10;

/**
 * GET, or POST of a message in JSON, over a pipe of the collector. node:http frames it and parses the reply as it does for a socket: none is opened, and no name is
 * looked up. Its parser is strict: a violation of the RFC fails the request.
 */
export function requestOver(
  pipe: Pipe,
  path: string,
  headers: Readonly<Record<string, string>>,
  on: ReplyListener,
  message?: string,
): void {
  const stream = new PipeStream(pipe);
  let stderr = '';
  let over = false;
  const fail = (error: unknown) => {
    if (over) return;
    over = true;
    on.fail(daemonError(error, path, stderr));
  };
  const attempt = (work: () => void) => {
    if (over) return;
    try {
      work();
    } catch (error) {
      fail(error);
    }
  };
  const take = (bytes: Buffer) => attempt(() => on.body(bytes));
  const begin = (reply: IncomingMessage) => {
    on.head({ status: reply.statusCode ?? 0, headers: reply.headers });
  };
  // Loaded at the first request: it takes 7 MB, and most commands send none.
  const client = process.getBuiltinModule('node:http').request({
    createConnection: () => stream,
    path,
    method: message === undefined ? 'GET' : 'POST',
    // HTTP/1.1 requires a host, any will do: RFC 9112, 3.
    headers: { host: 'localhost', 'user-agent': 'crashcart', accept: '*/*', ...headers },
    maxHeaderSize: MAX_HEAD_BYTES,
  });
  client.on('response', (reply) => {
    attempt(() => {
      const coding = reply.headers['transfer-encoding'] ?? 'chunked';
      if (coding.toLowerCase() !== 'chunked') throw new DaemonError('failed', `not HTTP: transfer coding ${coding}`);
      begin(reply);
    });
    reply.on('data', take);
    reply.on('error', fail);
    reply.on('end', () =>
      attempt(() => {
        // Without a length the end of the connection is that of the reply, but not where it broke.
        if (stderr) throw broken(path, stderr);
        over = true;
        on.done();
      }),
    );
  });
  client.on('upgrade', (reply, socket, first) => {
    attempt(() => begin(reply));
    if (first.length > 0) take(first);
    socket.on('data', take);
    socket.on('error', fail);
    socket.on('end', () => fail(stderr ? broken(path, stderr) : new DaemonError('failed', `${path}: daemon closed the stream`))); // prettier-ignore
  });
  client.on('error', fail);
  pipe.stderr.on('data', (chunk: Buffer) => {
    stderr = `${stderr}${chunk.toString('utf8')}`.slice(0, 200);
  });
  client.end(message);
}

/** Both ends of a pipe as one stream. `Duplex.from` calls the end of one a premature close of the other. */
class PipeStream extends Duplex {
  readonly #pipe: Pipe;

  constructor(pipe: Pipe) {
    super();
    this.#pipe = pipe;
    pipe.stdout.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) pipe.stdout.pause();
    });
    pipe.stdout.on('end', () => this.push(null));
    // A daemon that reads no more may still reply.
    pipe.stdin.on('error', () => undefined);
  }

  override _read(): void {
    this.#pipe.stdout.resume();
  }

  override _write(chunk: Buffer, _: BufferEncoding, written: () => void): void {
    this.#pipe.stdin.write(chunk, () => written());
  }
}

const broken = (path: string, stderr: string): DaemonError =>
  new DaemonError('failed', `${path}: connection lost: ${stderr}`);

function daemonError(error: unknown, path: string, stderr: string): DaemonError {
  if (error instanceof DaemonError) return error;
  const { code, message } =
    error instanceof Error ? (error as NodeJS.ErrnoException) : { code: '', message: String(error) };
  if (code?.startsWith('HPE_')) return new DaemonError('failed', `not HTTP: ${message}`);
  if (stderr) return broken(path, stderr);
  // `socket hang up` before the head, `aborted` behind it.
  if (code === 'ECONNRESET') return new DaemonError('failed', 'connection closed in the middle of the reply');
  return new DaemonError('failed', `${path}: ${message}`);
}
