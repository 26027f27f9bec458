import type { Pipe } from '../../transport.ts';
import { DaemonError } from '../protocol.ts';
import { HttpReply, type HttpHead } from './reply.ts';

const MAX_BODY_BYTES = 8 << 20;

/** One request on its own connection, and the reply. */
export interface Exchange {
  readonly reply: Promise<string>;
  readonly kill: () => void;
}

/** GET over a new connection, which is closed when the reply is complete. */
export function exchangeOver(pipe: Pipe, path: string): Exchange {
  const parts: Buffer[] = [];
  let size = 0;
  let head: HttpHead | undefined;
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const reply = new HttpReply({
    head: (given) => {
      head = given;
    },
    body: (bytes) => {
      size += bytes.length;
      if (size > MAX_BODY_BYTES) throw new DaemonError('failed', `${path}: reply exceeds ${MAX_BODY_BYTES >> 20} MiB`);
      parts.push(bytes);
    },
  });
  listenTo(pipe, reply, path, reject, () => {
    if (!reply.done || !head) return;
    const text = Buffer.concat(parts).toString('utf8');
    if (head.status >= 200 && head.status < 300) resolve(text);
    else reject(statusError(head.status, text, path));
  });
  pipe.stdin.write(requestFor(path, { connection: 'close' }));
  const finish = async () => {
    await promise.catch(() => undefined);
    pipe.kill();
  };
  void finish();
  return { reply: promise, kill: () => reject(new DaemonError('failed', `${path}: cancelled`)) };
}

/** Feeds bytes of a pipe to a reply; `settled` is called after each chunk, `fail` once or never. */
export function listenTo(
  pipe: Pipe,
  reply: HttpReply,
  path: string,
  fail: (error: DaemonError) => void,
  settled: () => void,
): void {
  let stderr = '';
  let over = false;
  const attempt = (work: () => void) => {
    if (over) return;
    try {
      work();
      settled();
    } catch (error) {
      over = true;
      fail(error instanceof DaemonError ? error : new DaemonError('failed', `${path}: ${String(error)}`));
    }
  };
  pipe.stdout.on('data', (chunk: Buffer) => attempt(() => reply.push(chunk)));
  pipe.stdout.on('end', () =>
    attempt(() => {
      if (stderr) throw new DaemonError('failed', `${path}: connection lost: ${stderr}`);
      reply.close();
    }),
  );
  pipe.stderr.on('data', (chunk: Buffer) => {
    stderr = `${stderr}${chunk.toString('utf8')}`.slice(0, 200);
  });
  pipe.stdin.on('error', () => undefined);
}

/** Head of a GET. HTTP/1.1 requires a host, any will do: RFC 9112, 3. */
export function requestFor(path: string, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries({ host: 'localhost', 'user-agent': 'crashcart', accept: '*/*', ...headers });
  return `GET ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}

/** LXD's error for a cluster request on a lone server: HTTP 500, but not a fault. */
const NOT_HERE = /^(Server|This server) is not clustered/;

/** Error with the daemon's own message: field `message` of Docker, `error` of LXD. */
export function statusError(status: number, text: string, path: string): DaemonError {
  let message: unknown;
  try {
    const body = JSON.parse(text) as { readonly message?: unknown; readonly error?: unknown } | null;
    message = body?.message ?? body?.error;
  } catch {
    message = text;
  }
  const words = typeof message === 'string' ? message.trim().split('\n')[0]?.slice(0, 200) : '';
  const why =
    status === 404 || NOT_HERE.test(words ?? '') ? 'absent' : status === 401 || status === 403 ? 'denied' : 'failed';
  return new DaemonError(why, `${path}: HTTP ${status}${words ? `: ${words}` : ''}`);
}
