import { type Transport, TransportError } from '../transport.ts';
import type { SshConfig } from './ssh-config.ts';
import type { SshSocket } from './socket.ts';
import { type ConnectionDeps, openConnection } from './ssh2-connection.ts';
import { type ChannelPipe, openPipe } from './ssh2-pipe.ts';

/** Transport by ssh2: one connection, one session channel per command. */
export async function connectSsh2(resolved: SshConfig, socket: SshSocket, deps: ConnectionDeps): Promise<Transport> {
  const line = await openConnection(resolved, socket, deps);
  const pipes = new Set<ChannelPipe>();
  line.events.onLost(() => {
    for (const pipe of pipes) pipe.cutOff();
  });
  return {
    name: 'ssh2',
    facts: { algorithms: line.algorithms },
    async exec(command) {
      const why = line.events.lostWhy();
      if (why !== undefined) throw new TransportError(`Connection closed: ${why}`, { retry: true });
      const pipe = await openPipe(line.client, command);
      line.keepalive.sessionOpened();
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
