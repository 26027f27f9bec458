import type { Pipe } from '../transport.ts';
import { DaemonError, type DaemonConnection, type Dial } from './protocol.ts';
import { RequestQueue } from './request-queue.ts';

const MAX_REPLY_BYTES = 8 << 20;

/** OneReplyConnection sends each request on a separate connection, which the server closes after the reply. */
export class OneReplyConnection implements DaemonConnection {
  readonly #dial: Dial;
  readonly #command: string;
  readonly #isReply: (text: string) => boolean;
  readonly #queue = new RequestQueue();
  #pipe: Pipe | undefined;

  /** `isReply`: whether a text is a reply of such a server. */
  constructor(dial: Dial, command: string, isReply: (text: string) => boolean) {
    this.#dial = dial;
    this.#command = command;
    this.#isReply = isReply;
  }

  request(request: string, timeoutMs: number): Promise<string> {
    return this.#queue.run(request, timeoutMs, async (late) => {
      const pipe = await this.#dial();
      this.#pipe = pipe;
      const timer = setTimeout(() => pipe.kill(), timeoutMs);
      try {
        if (late()) throw new DaemonError('timeout', `${request}: not sent, timeout`);
        const text = await replyOver(pipe, this.#command);
        if (!this.#isReply(text)) throw new DaemonError('failed', `not a reply: ${text.slice(0, 100)}`);
        return text;
      } finally {
        clearTimeout(timer);
        pipe.kill();
      }
    });
  }

  close(): void {
    this.#pipe?.kill();
  }
}

function replyOver(pipe: Pipe, command: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const parts: Buffer[] = [];
  let size = 0;
  pipe.stdin.on('error', () => undefined);
  pipe.stdout.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > MAX_REPLY_BYTES) reject(new DaemonError('failed', `reply of more than ${MAX_REPLY_BYTES} bytes`));
    else parts.push(chunk);
  });
  for (const event of ['end', 'close', 'error'] as const)
    pipe.stdout.on(event, () => resolve(Buffer.concat(parts).toString('utf8')));
  pipe.stdin.write(command);
  return promise;
}
