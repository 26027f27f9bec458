import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';

/** A daemon on a unix socket that does what a test wants. */
export interface UnixServer {
  readonly path: string;
  /** Connections that were ever made, and those that are open. */
  readonly made: () => number;
  readonly open: () => number;
  /** All that was written to it. */
  readonly heard: () => string;
  readonly close: () => Promise<void>;
}

export async function unixServer(path: string, talk: (socket: Socket, heard: string) => void): Promise<UnixServer> {
  let made = 0;
  let heard = '';
  const sockets = new Set<Socket>();
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    made++;
    sockets.add(socket);
    let own = '';
    socket.on('data', (chunk: Buffer) => {
      own += chunk.toString('latin1');
      heard += chunk.toString('latin1');
      talk(socket, own);
    });
    socket.on('end', () => socket.end());
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
  });
  rmSync(path, { force: true });
  await new Promise<void>((resolve) => {
    server.listen(path, resolve);
  });
  return {
    path,
    made: () => made,
    open: () => sockets.size,
    heard: () => heard,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
