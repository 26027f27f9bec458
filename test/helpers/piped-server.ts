import { PassThrough } from 'node:stream';
import type { Pipe } from '../../src/host/transport.ts';

/** Server that replies to each write with what `reply` makes of it, in pieces of `pieceBytes`; `end` closes after a reply. */
export function pipedServer(reply: (sent: string) => string | undefined, { pieceBytes = 1 << 20, end = false } = {}) {
  const sent: string[] = [];
  let dials = 0;
  const dial = (): Promise<Pipe> => {
    dials++;
    const [stdin, stdout] = [new PassThrough(), new PassThrough()];
    stdin.on('data', (chunk: Buffer) => {
      sent.push(chunk.toString());
      const bytes = Buffer.from(reply(chunk.toString()) ?? '');
      for (let at = 0; at < bytes.length; at += pieceBytes) stdout.write(bytes.subarray(at, at + pieceBytes));
      if (end && bytes.length > 0) stdout.end();
    });
    return Promise.resolve({ stdin, stdout, stderr: new PassThrough(), exited: new Promise(() => {}), kill: () => stdout.destroy() }); // prettier-ignore
  };
  return { dial, sent, dials: () => dials };
}
