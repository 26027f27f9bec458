import type { Pipe } from '../../transport.ts';
import { DaemonError } from '../protocol.ts';
import { dockerStreamText, isDockerStream } from './docker-stream.ts';
import { requestOver } from './pipe-request.ts';

const MAX_BODY_BYTES = 8 << 20;

/** One request on its own connection, and the reply. */
export interface Exchange {
  readonly reply: Promise<string>;
  readonly kill: () => void;
}

/** GET, or POST of a message, over a new connection, which is closed when the reply is complete. */
export function exchangeOver(pipe: Pipe, path: string, message?: string): Exchange {
  const parts: Buffer[] = [];
  let size = 0;
  let status = 0;
  let type: string | undefined;
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  requestOver(
    pipe,
    path,
    { connection: 'close' },
    {
      head: (head) => {
        status = head.status;
        type = head.headers['content-type'];
      },
      body: (bytes) => {
        size += bytes.length;
        if (size > MAX_BODY_BYTES)
          throw new DaemonError('failed', `${path}: reply exceeds ${MAX_BODY_BYTES >> 20} MiB`);
        parts.push(bytes);
      },
      done: () => {
        const body = Buffer.concat(parts);
        const text = isDockerStream(type, body) ? dockerStreamText(body) : body.toString('utf8');
        if (status >= 200 && status < 300) resolve(text);
        else reject(statusError(status, text, path));
      },
      fail: reject,
    },
    message,
  );
  const finish = async () => {
    await promise.catch(() => undefined);
    pipe.kill();
  };
  void finish();
  return { reply: promise, kill: () => reject(new DaemonError('failed', `${path}: cancelled`)) };
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
