import { isListenerOf } from '../../../lib/listener-name.ts';
import { httpServers, type HttpEndpoint, type HttpServer } from './endpoints.ts';

/** Parts of a request. */
export interface HttpRequest {
  readonly verb: HttpEndpoint['verb'];
  /** Path with query, as sent. */
  readonly path: string;
  /** EACH: the resource below each item of the list. */
  readonly below: string | undefined;
}

/** `GET /path?query`, `RPC /path`, `EVENTS /path`, `EVENTS-WS /path`, or `EACH /list below`; undefined for anything else. */
export function parseRequest(request: string): HttpRequest | undefined {
  const [, verb, path, below] = /^(GET|RPC|EACH|EVENTS-WS|EVENTS) (\/[\x21-\x7e]*)(?: ([a-z]+))?$/.exec(request) ?? [];
  if (path === undefined || path.includes('#') || (verb === 'EACH') !== (below !== undefined)) return undefined;
  // The expression admits these verbs only.
  return { verb: verb as HttpEndpoint['verb'], path, below };
}

/** Server at a socket, or at a port of a process. */
export const serverAt = (to: string): HttpServer | undefined =>
  httpServers.find(
    ({ sockets, listener }) =>
      sockets.includes(to) || (listener && isListenerOf(to, 'listening', [listener.command], listener.port)),
  );

/** Reason that a request is not allowed at a socket; undefined when it is. */
export function httpRefusal(to: string, request: string): string | undefined {
  const server = serverAt(to);
  if (!server) return `${to}: not a socket of a known HTTP server`;
  const parsed = parseRequest(request);
  if (!parsed) return `${JSON.stringify(request.slice(0, 100))} is not a request`;
  const path = parsed.below === undefined ? parsed.path : `${parsed.path}/<each>/${parsed.below}`;
  return server.endpoints.some((endpoint) => endpoint.verb === parsed.verb && fits(endpoint, path))
    ? undefined
    : `${request}: not an allowed request to ${server.what}`;
}

/** An endpoint as the sheet of `allowed` requests shows it. */
export const describeEndpoint = ({ verb, path, query }: HttpEndpoint): string =>
  `${verb} ${path}${query ? `?${Object.keys(query).join('&')}` : ''}`;

const NAME = /^[A-Za-z0-9_][\w.@-]{0,254}$/;

function fits({ path, query = {}, needed = [] }: HttpEndpoint, request: string): boolean {
  const [given = '', ...rest] = request.split('?');
  const wanted = path.split('/');
  const parts = given.split('/');
  if (parts.length !== wanted.length || rest.length > 1) return false;
  if (!wanted.every((part, at) => (part === '<name>' ? NAME.test(parts[at] ?? '') : part === parts[at]))) return false;
  const pairs = (rest[0]?.split('&') ?? []).map((pair) => {
    const [name = '', ...value] = pair.split('=');
    return { name, text: decoded(value.join('=')) };
  });
  return (
    needed.every((one) => pairs.some(({ name }) => name === one)) &&
    pairs.every(
      ({ name, text }) => Object.hasOwn(query, name) && text !== undefined && query[name]?.test(text) === true,
    )
  );
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
