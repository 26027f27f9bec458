import { type Transport, TransportError } from '../transport.ts';
import type { Prompter } from '../prompter.ts';
import type { Keyring } from './connection.ts';
import type { Resolved } from './resolved.ts';
import type { Wire } from './socket.ts';
import { openLine } from './ssh2-line.ts';
import { type ChannelPipe, openPipe } from './ssh2-pipe.ts';

/** The ssh2 library as a transport: one connection over a wire, one session channel for each command. */
export async function connectSsh2(
  resolved: Resolved,
  wire: Wire,
  deps: { readonly prompter: Prompter; readonly keyring: Keyring },
): Promise<Transport> {
  const line = await openLine(resolved, wire, deps);
  const pipes = new Set<ChannelPipe>();
  line.events.onLost(() => {
    for (const pipe of pipes) pipe.cutOff();
  });
  return {
    name: 'ssh2',
    async exec(command) {
      const why = line.events.lostWhy();
      if (why !== undefined) throw new TransportError(`The connection is gone: ${why}.`, { retry: true });
      const pipe = await openPipe(line.client, command);
      line.keepalive.entered();
      if (line.events.lostWhy() !== undefined) pipe.cutOff();
      pipes.add(pipe);
      void pipe.exited.then(() => pipes.delete(pipe));
      return pipe;
    },
    onLost: line.events.onLost,
    onSilence: line.events.onSilence,
    setVigilant: line.keepalive.setVigilant,
    close: line.close,
  };
}
