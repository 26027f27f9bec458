import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { OPEN_METRICS_TYPE } from '../exports/open-metrics.ts';

const PATH = '/metrics';
/** Time for which a text answers further requests. */
const FRESH_MS = 1000;
const MOST_CONNECTIONS = 8;
const REQUEST_MS = 10_000;

/** Names by which this machine is asked; another one is of a web page that had its name point here (DNS rebinding). */
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/;

/** HTTP server of one text, made for each request; `onError` takes the reason of one that could not be made. */
export function metricsServer(text: () => string, onError: (why: string) => void): Server {
  let known: { readonly text: string; readonly madeMs: number } | undefined;
  const server = createServer((request, response) => {
    const refusal = refusalOf(request);
    if (refusal) return answer(response, ...refusal);
    try {
      if (!known || Date.now() - known.madeMs > FRESH_MS) known = { text: text(), madeMs: Date.now() };
      return answer(response, 200, known.text, OPEN_METRICS_TYPE);
    } catch (error) {
      onError(`${PATH}: ${error instanceof Error ? error.message : String(error)}`);
      return answer(response, 500, 'not made, see the standard error of crashcart\n');
    }
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.requestTimeout = REQUEST_MS;
  server.headersTimeout = REQUEST_MS;
  return server;
}

/** Address of a server that listens: `http://127.0.0.1:9465/metrics`. */
export function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') return PATH;
  return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}${PATH}`;
}

function refusalOf({ headers, method, url }: IncomingMessage): readonly [status: number, text: string] | undefined {
  if (!LOOPBACK.test(headers.host ?? '')) return [403, 'only by a loopback address\n'];
  if (url?.split('?')[0] !== PATH) return [404, `only ${PATH}\n`];
  return method === 'GET' || method === 'HEAD' ? undefined : [405, 'only GET\n'];
}

function answer(response: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8'): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text), 'x-content-type-options': 'nosniff' }); // prettier-ignore
  response.end(text);
}
