import type { DaemonRead } from '../../host/host.ts';
import { countOf, fields, items, json, textOf } from '../../lib/json.ts';
import { logEpochSeconds } from '../../lib/log-time.ts';
import { defineDetail } from '../source.ts';

/** Time for the ends of all logs, up to 64 MiB. */
const TIMEOUT_MS = 15_000;

export const openstackRead = (request: string, timeoutMs: number): DaemonRead => ({
  kind: 'talk',
  dialect: 'openstack',
  to: '/etc/openstack',
  request,
  as: 'root',
  timeoutMs,
});

/** Entry of a service's log; a traceback is its last line. */
export interface LogEntry {
  readonly key: string;
  /** Time by the host's clock, seconds since 1970 if that is UTC: for order and differences. */
  readonly seconds: number | undefined;
  /** `11-23 17:34:20.177`, as it was logged. */
  readonly time: string | undefined;
  /** `nova-compute`, by the name of the file. */
  readonly service: string;
  readonly path: string;
  /** `ERROR`, `WARNING`, `INFO`. */
  readonly level: string | undefined;
  readonly module: string | undefined;
  /** Request of a user, `req-…`; undefined without one. */
  readonly request: string | undefined;
  /** Duration that the line states: of an API request. */
  readonly tookSeconds: number | undefined;
  readonly text: string;
}

export interface LogLines {
  readonly entries: readonly LogEntry[];
  /** Files that were read, those of which only the end was, and those left out by the limits. */
  readonly read: number | undefined;
  readonly cut: number | undefined;
  readonly left: number | undefined;
  /** Lines found beyond those listed. */
  readonly more: number;
  /** Requests that name the object. */
  readonly requests: number | undefined;
}

/**
 * Line of oslo.log:
 *
 *     2026-11-23 17:34:20.177 14119 INFO nova.osapi_compute.wsgi.server [None req-1edd7453-… USER PROJECT - - default default] 127.0.0.1 "POST …
 *
 * https://docs.openstack.org/oslo.log/latest/configuration/index.html
 */
const LINE = /^(\d{4}-(\d\d-\d\d) (\d\d:\d\d:\d\d[.,]\d{3})) \d+ ([A-Z]+) (\S+) ?(.*)$/s;
/** Line of the journal: `2026-11-23T17:34:20.177000+0000 host nova-compute[812]: …`. */
const JOURNAL = /^(\d{4}-\d\d-\d\dT\S+) \S+ ([\w.@-]+)(?:\[\d+\])?: (.*)$/s;
const CONTEXT = /^\[(?:[^\]]*?)\] ?/;
const REQUEST = /\breq-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g;
/** Duration at the end of a line of Nova's API, and of eventlet's server of Glance: `status: 200 len: 15 … time: 0.239635`, `HTTP/1.1" 200 1105 0.007`. */
const TOOK = /(?:\btime: | HTTP\/1\.\d" \d{3} \d+ )(\d+\.\d+)$/;
/** Colour of a log on a terminal, of which uwsgi's logs have the end. */
const COLOUR = /\u001B\[[\d;]*m/g;
const MOST_CHARACTERS = 2000;

/** Entries of a reply in order of time; lines of a traceback are joined into their first. */
export function parseLogLines(text: string | undefined): LogLines | undefined {
  const reply = fields(json(text));
  if (!Array.isArray(reply['logs'])) return undefined;
  let more = 0;
  const entries = items(reply['logs']).flatMap((log): readonly LogEntry[] => {
    const { path, lines, more: left } = fields(log);
    more += countOf(left) ?? 0;
    return joined(items(lines).flatMap((line, i) => entryOf(textOf(path) ?? '', textOf(line), i) ?? []));
  });
  return {
    // A stable sort: lines of one log and one time keep their order.
    entries: entries.toSorted((a, b) => (a.seconds ?? Infinity) - (b.seconds ?? Infinity)),
    read: countOf(reply['read']),
    cut: countOf(reply['cut']),
    left: countOf(reply['left']),
    more,
    requests: countOf(reply['requests']),
  };
}

function entryOf(path: string, line: string | undefined, index: number): LogEntry | undefined {
  if (line === undefined) return undefined;
  const bare = line.replaceAll(COLOUR, '');
  const [, stamp, program, logged = bare] = JOURNAL.exec(bare) ?? [];
  const [, time = stamp, date, clock, level, module, rest = logged] = LINE.exec(logged) ?? [];
  const context = CONTEXT.exec(rest)?.[0] ?? '';
  const requests = context.match(REQUEST) ?? [];
  const took = TOOK.exec(rest)?.[1];
  return {
    key: `${path} ${index}`,
    seconds: time === undefined ? undefined : logEpochSeconds(time),
    time: date === undefined ? stamp?.slice(5, 23).replace('T', ' ') : `${date} ${clock}`,
    service: program ?? serviceOf(path),
    path,
    level,
    module,
    request: requests.at(0),
    tookSeconds: took === undefined ? undefined : Number(took),
    text: rest.slice(requests.length > 0 || context.startsWith('[-]') ? context.length : 0).slice(0, MOST_CHARACTERS),
  };
}

/** A traceback in place of its lines: the exception in its last line goes into the entry that introduced it. */
function joined(lines: readonly LogEntry[]): readonly LogEntry[] {
  const entries: LogEntry[] = [];
  let inTraceback = false;
  for (const line of lines) {
    const last = entries.at(-1);
    const body = line.text.replace(/^\[instance: [0-9a-f-]{36}\] ?/, '');
    if (body.trim() === '') continue;
    // Its lines have the time of the first, and no request.
    const follows = line.time !== undefined && line.time === last?.time && line.request === undefined;
    inTraceback = follows && (inTraceback || body.startsWith('Traceback (most recent call last)'));
    if (!inTraceback || last === undefined) entries.push(line);
    else if (EXCEPTION.test(body) && !last.text.includes(body.slice(0, 80)))
      entries[entries.length - 1] = { ...last, text: `${last.text}: ${body}`.slice(0, MOST_CHARACTERS) };
  }
  return entries;
}

/** `nova.exception.PortBindingFailed: Binding failed …`. */
const EXCEPTION = /^[\w.]*[A-Z]\w+(?:: |$)/;

/** `nova-compute` of `/var/log/nova/nova-compute.log`. */
const serviceOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1).replace(/\.log$/, '') || 'log';

/** Lines of all services' logs about one id: a request, or an object with the requests that name it. */
export const openstackStory = defineDetail({
  id: 'openstack-story',
  title: 'Story of a request',
  why: 'Shows the lines of the logs of OpenStack services about a request, instance, port or volume, while its page is open.',
  everySeconds: 120,
  example: { id: '00000000-0000-0000-0000-000000000000' },
  reads: ({ id }: { readonly id: string }) => ({ logs: openstackRead(`story ${id}`, TIMEOUT_MS) }),
  parse: ({ logs }): LogLines | undefined => parseLogLines(logs),
});

/** Errors in the logs of the services of this host. */
export const openstackErrors = defineDetail({
  id: 'openstack-errors',
  title: 'Errors in OpenStack logs',
  why: 'Shows lines of level ERROR in the logs of OpenStack services with their requests, while their page is open.',
  everySeconds: 120,
  example: {},
  reads: () => ({ logs: openstackRead('errors', TIMEOUT_MS) }),
  parse: ({ logs }): LogLines | undefined => parseLogLines(logs),
});

export const STORY_ID = /^(?:req-)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
