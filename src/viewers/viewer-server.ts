import { chmod } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import type { Tickets } from './hello.ts';
import { Refusals, type Refused } from './refusals.ts';
import type { SharedFrame } from './shared-frame.ts';
import { ViewerConnection } from './viewer-connection.ts';

/** Viewer as it names itself; `number` counts all of a session. */
export interface Viewer {
  readonly number: number;
  readonly name: string;
}

export interface ViewerEvents {
  readonly joined: (viewer: Viewer) => void;
  readonly left: (viewer: Viewer, why: string) => void;
  /** Connections that did not become viewers, once in 10 s at most; without those that sent nothing. */
  readonly refused: (refused: Refused) => void;
}

/** Unix socket with its mode, or a port of 127.0.0.1 (0: a free one) for viewers with a ticket. */
export type ListenAt =
  | { readonly path: string; readonly mode: number }
  | { readonly port: number; readonly tickets: Tickets };

const MOST_VIEWERS = 8;
/** Shortest time between two frames. */
const FRAME_MS = 100;

/** Server of one screen for viewers, which see it and can do nothing. It never waits for a viewer. */
export class ViewerServer {
  readonly #server: Server;
  readonly #events: ViewerEvents;
  readonly #refusals: Refusals;
  readonly #tickets: Tickets | undefined;
  readonly #connections = new Map<ViewerConnection, Viewer | undefined>();
  #frame: SharedFrame | undefined;
  #timer: NodeJS.Timeout | undefined;
  #count = 0;
  #ended = false;

  private constructor(tickets: Tickets | undefined, events: ViewerEvents) {
    this.#tickets = tickets;
    this.#events = events;
    this.#refusals = new Refusals(events.refused);
    this.#server = createServer((socket) => this.#connect(socket));
    this.#server.on('error', (error) => this.#refusals.add(error.message));
    // Some connections that are no viewers yet.
    this.#server.maxConnections = 2 * MOST_VIEWERS;
  }

  /** Listens; rejects where that fails. */
  static async listen(at: ListenAt, events: ViewerEvents): Promise<ViewerServer> {
    const made = new ViewerServer('tickets' in at ? at.tickets : undefined, events);
    const server = made.#server;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once('error', reject);
    if ('path' in at) server.listen(at.path, resolve);
    else server.listen(at.port, '127.0.0.1', resolve);
    await promise;
    server.off('error', reject);
    if ('path' in at) await chmod(at.path, at.mode);
    return made;
  }

  /** Port that it listens on; undefined for a socket. */
  get port(): number | undefined {
    const address = this.#server.address();
    return address === null || typeof address === 'string' ? undefined : address.port;
  }

  readonly viewers = (): readonly Viewer[] => [...this.#connections.values()].filter((viewer) => viewer !== undefined);

  /** Shows a frame to all viewers, up to ten times a second; of several within that time the last. */
  readonly show = (frame: SharedFrame): void => {
    this.#frame = frame;
    if (this.#ended || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#frame) for (const connection of this.#connections.keys()) connection.show(this.#frame);
    }, FRAME_MS);
  };

  /** Stops to listen and ends all viewers. */
  readonly end = (why: string): void => {
    this.#ended = true;
    this.#refusals.end();
    clearTimeout(this.#timer);
    this.#server.close();
    for (const connection of this.#connections.keys()) connection.end(why);
    this.#connections.clear();
  };

  #connect(socket: Socket): void {
    const connection: ViewerConnection = new ViewerConnection(socket, {
      hello: ({ name, ticket }) => {
        if (this.viewers().length >= MOST_VIEWERS) return `${MOST_VIEWERS} viewers are the limit`;
        if (this.#tickets && !this.#tickets.take(ticket)) return 'unknown or used ticket';
        const viewer = { number: ++this.#count, name };
        this.#connections.set(connection, viewer);
        this.#events.joined(viewer);
        return undefined;
      },
      closed: (why) => {
        const viewer = this.#connections.get(connection);
        if (!this.#connections.delete(connection) || this.#ended) return;
        if (viewer) this.#events.left(viewer, why);
        else if (connection.hasSent) this.#refusals.add(why);
      },
    });
    this.#connections.set(connection, undefined);
    if (this.#frame) connection.show(this.#frame);
  }
}
