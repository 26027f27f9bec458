import { httpPlaces, type HttpQuestion } from './endpoints.ts';

/** A request in its parts. */
export interface HttpRequest {
  readonly verb: HttpQuestion['verb'];
  /** With its query, as it goes on the wire. */
  readonly path: string;
  /** EACH: what is asked below each item of the list. */
  readonly below: string | undefined;
}

/** `GET /path?query`, `EVENTS /path`, `EVENTS-WS /path`, or `EACH /list below`; undefined when it is none of them. */
export function parseRequest(request: string): HttpRequest | undefined {
  const [, verb, path, below] = /^(GET|EACH|EVENTS-WS|EVENTS) (\/[\x21-\x7e]*)(?: ([a-z]+))?$/.exec(request) ?? [];
  if (path === undefined || path.includes('#') || (verb === 'EACH') !== (below !== undefined)) return undefined;
  // The expression has these and no others.
  return { verb: verb as HttpQuestion['verb'], path, below };
}

/** One sentence when that must not be asked there. */
export function httpRefusal(to: string, request: string): string | undefined {
  const place = httpPlaces.find(({ sockets }) => sockets.includes(to));
  if (!place) return `${to}: no socket that we speak HTTP to`;
  const parsed = parseRequest(request);
  if (!parsed) return `${JSON.stringify(request.slice(0, 100))} is no request`;
  const path = parsed.below === undefined ? parsed.path : `${parsed.path}/<each>/${parsed.below}`;
  return place.questions.some((question) => question.verb === parsed.verb && fits(question, path))
    ? undefined
    : `${request}: not asked of ${place.what}`;
}

/** How the list looks on the sheet. */
export const describeQuestion = ({ verb, path, query }: HttpQuestion): string =>
  `${verb} ${path}${query ? `?${Object.keys(query).join('&')}` : ''}`;

const NAME = /^[A-Za-z0-9_][\w.@-]{0,254}$/;

function fits({ path, query = {} }: HttpQuestion, asked: string): boolean {
  const [given = '', ...rest] = asked.split('?');
  const wanted = path.split('/');
  const parts = given.split('/');
  if (parts.length !== wanted.length || rest.length > 1) return false;
  if (!wanted.every((part, at) => (part === '<name>' ? NAME.test(parts[at] ?? '') : part === parts[at]))) return false;
  return (rest[0]?.split('&') ?? []).every((pair) => {
    const [name = '', ...value] = pair.split('=');
    const text = decoded(value.join('='));
    return Object.hasOwn(query, name) && text !== undefined && query[name]?.test(text) === true;
  });
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
