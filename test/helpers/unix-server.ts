import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';

/** Fake daemon on a unix socket. */
export interface UnixServer {
  readonly path: string;
  /** Count of all connections, and of the open ones. */
  readonly made: () => number;
  readonly open: () => number;
  /** All data that it received. */
  readonly received: () => string;
  readonly close: () => Promise<void>;
}

export async function unixServer(
  path: string,
  respond: (socket: Socket, request: string) => void,
): Promise<UnixServer> {
  let made = 0;
  let received = '';
  const sockets = new Set<Socket>();
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    made++;
    sockets.add(socket);
    let own = '';
    socket.on('data', (chunk: Buffer) => {
      own += chunk.toString('latin1');
      received += chunk.toString('latin1');
      respond(socket, own);
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
    received: () => received,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
