import type { Protocol } from '../protocol.ts';
import { HttpConnection } from './connection.ts';
import { httpPlaces } from './endpoints.ts';
import { describeQuestion, httpRefusal } from './request.ts';

/**
 * HTTP/1.1 on a unix socket: `GET /path`, a list and what is below each of its things (`EACH /list below`), and streams that
 * are followed in the background (`EVENTS /path`, `EVENTS-WS /path`). RFC 9112, RFC 6455.
 */
export const http: Protocol = {
  name: 'http',
  what: httpPlaces.map(({ what, sockets }) => `${what} (${sockets.join(', ')})`).join(', '),
  allowed: httpPlaces.flatMap(({ what, questions }) =>
    questions.map((question) => `${what}: ${describeQuestion(question)}`),
  ),
  refusal: httpRefusal,
  daemons: (to) => httpPlaces.find(({ sockets }) => sockets.includes(to))?.daemons,
  converse: (dial) => new HttpConnection(dial),
};
