import type { Protocol } from '../protocol.ts';
import { HttpConnection } from './connection.ts';
import { httpServers } from './endpoints.ts';
import { describeEndpoint, httpRefusal, serverAt } from './request.ts';

/**
 * HTTP/1.1 on a unix socket or a port of a process: `GET /path`, `RPC /path`, a list and a resource below each item (`EACH /list below`), and streams that are
 * followed in the background (`EVENTS /path`, `EVENTS-WS /path`). RFC 9112, RFC 6455.
 */
export const http: Protocol = {
  name: 'http',
  what: httpServers
    .map(
      ({ what, sockets, listener }) =>
        `${what} (${listener ? `port ${listener.port ?? `of ${listener.command}`}` : sockets.join(', ')})`,
    )
    .join(', '),
  allowed: httpServers.flatMap(({ what, endpoints }) =>
    endpoints.map((endpoint) => `${what}: ${describeEndpoint(endpoint)}`),
  ),
  refusal: httpRefusal,
  daemons: (to) => serverAt(to)?.daemons,
  connect: (dial) => new HttpConnection(dial),
};
