import { PassThrough } from 'node:stream';
import type { Pipe } from '../../src/host/transport.ts';
import type { Dial } from '../../src/host/protocols/protocol.ts';

/** Request that the daemon received. */
export interface RpcRequest {
  readonly method: string;
  readonly params: readonly unknown[];
}

type Reply = { readonly result: unknown } | { readonly error: unknown } | 'silence';

/** JSON-RPC daemon without framing that sends its bytes in pieces of `pieceBytes`. */
export function rpcDaemon(reply: (request: RpcRequest) => Reply, pieceBytes = Number.MAX_SAFE_INTEGER) {
  const asked: RpcRequest[] = [];
  const answers: unknown[] = [];
  let dials = 0;
  let say: (message: object) => void = () => {};
  let hangUp = () => {};
  const dial: Dial = () => {
    dials++;
    const stdin = new PassThrough();
    const stdout = new PassThrough();
    say = (message) => {
      const bytes = Buffer.from(JSON.stringify(message));
      for (let at = 0; at < bytes.length; at += pieceBytes) stdout.write(bytes.subarray(at, at + pieceBytes));
    };
    hangUp = () => stdout.end();
    stdin.on('data', (chunk: Buffer) => {
      // The client writes one object at a time.
      const { id, method, params, result } = JSON.parse(chunk.toString()) as {
        readonly id: unknown;
        readonly method?: string;
        readonly params: unknown[];
        readonly result?: unknown;
      };
      if (method === undefined) {
        answers.push(result);
        return;
      }
      asked.push({ method, params });
      const outcome = reply({ method, params });
      if (outcome !== 'silence') say('error' in outcome ? { id, ...outcome } : { id, error: null, ...outcome });
    });
    const pipe: Pipe = {
      stdin,
      stdout,
      stderr: new PassThrough(),
      exited: new Promise(() => {}),
      kill: () => stdout.destroy(),
    };
    return Promise.resolve(pipe);
  };
  return {
    dial,
    asked,
    /** Results that the client sent in reply to the daemon's requests. */
    answers,
    dials: () => dials,
    say: (message: object) => say(message),
    hangUp: () => hangUp(),
  };
}
