import type { Protocol } from '../protocol.ts';
import { HttpConnection } from './connection.ts';
import { httpServers } from './endpoints.ts';
import { describeEndpoint, httpRefusal } from './request.ts';

/**
 * HTTP/1.1 on a unix socket: `GET /path`, a list and a resource below each item (`EACH /list below`), and streams that are
 * followed in the background (`EVENTS /path`, `EVENTS-WS /path`). RFC 9112, RFC 6455.
 */
export const http: Protocol = {
  name: 'http',
  what: httpServers.map(({ what, sockets }) => `${what} (${sockets.join(', ')})`).join(', '),
  allowed: httpServers.flatMap(({ what, endpoints }) =>
    endpoints.map((endpoint) => `${what}: ${describeEndpoint(endpoint)}`),
  ),
  refusal: httpRefusal,
  daemons: (to) => httpServers.find(({ sockets }) => sockets.includes(to))?.daemons,
  connect: (dial) => new HttpConnection(dial),
};
