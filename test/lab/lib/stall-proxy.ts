import { createServer, connect, type Socket } from 'node:net';
import { once } from 'node:events';

/**
 * A TCP proxy on loopback that can go silent as a network does: connections stay open, nothing passes either way,
 * and neither side is told.
 */
export class StallProxy implements AsyncDisposable {
  readonly port: number;
  readonly #server: ReturnType<typeof createServer>;
  readonly #pairs: (readonly [Socket, Socket])[];
  #stalled = false;

  private constructor(server: ReturnType<typeof createServer>, pairs: (readonly [Socket, Socket])[], port: number) {
    this.#server = server;
    this.#pairs = pairs;
    this.port = port;
  }

  static async to(targetPort: number): Promise<StallProxy> {
    const pairs: (readonly [Socket, Socket])[] = [];
    let made: StallProxy | undefined;
    const server = createServer({ allowHalfOpen: true }, (near) => {
      const far = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true });
      pairs.push([near, far]);
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        from.setNoDelay(true);
        from.on('error', () => to.destroy());
        from.pipe(to);
        if (made?.stalled) from.pause();
      }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    // Listening on TCP: the address is an object.
    const { port } = server.address() as { port: number };
    made = new StallProxy(server, pairs, port);
    return made;
  }

  get stalled(): boolean {
    return this.#stalled;
  }

  /** Nothing passes any more, also on new connections. */
  stall(): void {
    this.#stalled = true;
    for (const pair of this.#pairs)
      for (const socket of pair) {
        socket.unpipe();
        socket.pause();
      }
  }

  resume(): void {
    this.#stalled = false;
    for (const [near, far] of this.#pairs) {
      near.pipe(far);
      far.pipe(near);
    }
  }

  /** Cuts all connections with RST. */
  reset(): void {
    for (const pair of this.#pairs.splice(0)) for (const socket of pair) socket.resetAndDestroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const pair of this.#pairs.splice(0)) for (const socket of pair) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
