import { type AddressInfo, type Socket, connect, createServer } from 'node:net';

/** TCP proxy that can stall (no bytes, no FIN) or reset both ends. */
export interface StallProxy {
  readonly port: number;
  /** Stops bytes in both directions; the connections stay open. */
  readonly stall: () => void;
  readonly resume: () => void;
  readonly reset: () => void;
  readonly close: () => Promise<void>;
}

export async function stallProxy(targetPort: number): Promise<StallProxy> {
  const sockets = new Set<Socket>();
  let stalled = false;
  const server = createServer((near) => {
    const far = connect(targetPort, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (bytes) => to.write(bytes));
      from.on('end', () => to.end());
      from.on('error', () => to.destroy());
      from.on('close', () => sockets.delete(from));
      if (stalled) from.pause();
    }
  });
  await new Promise<void>((settle) => {
    server.listen(0, '127.0.0.1', settle);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stall: () => {
      stalled = true;
      for (const socket of sockets) socket.pause();
    },
    resume: () => {
      stalled = false;
      for (const socket of sockets) socket.resume();
    },
    reset: () => {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((settle) => {
        server.close(() => settle());
      });
    },
  };
}
