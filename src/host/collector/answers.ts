import type { AnswerOf, Answers, Missing, Reading, Why } from '../host.ts';
import type { ReadPart } from '../../lib/read-part.ts';
import type { HostRead } from '../lane.ts';
import { keyOf, missing } from '../host.ts';
import { ProtocolError, type Frame, type Head } from './frames.ts';
import type { Tables } from './tables.ts';

/** Request frame of a read. An answer in `last` is not sent again while it is unchanged. */
export function requestOf(
  what: HostRead,
  last: ReadonlyMap<string, unknown>,
  tables: Tables,
): { head: Head; body?: Buffer | undefined } {
  switch (what.kind) {
    case 'file':
      return { head: { op: 'read', what: ['file', what.path, what.tailBytes ?? 0], have: last.has(lastKey(what)) } };
    case 'glob':
      return {
        head: {
          op: 'read',
          what:
            what.matching === undefined
              ? ['glob', what.pattern, what.links ?? false, what.tailBytes ?? 0]
              : [
                  'lines',
                  what.pattern,
                  what.tailBytes ?? 0,
                  tables.textsOnce(what.pattern, what.matching) ?? null,
                  what.keeping ?? [],
                ],
          have: last.has(lastKey(what)),
        },
      };
    case 'statfs':
      return { head: { op: 'read', what: ['statfs', what.path] } };
    case 'mounts':
      return { head: { op: 'read', what: ['mounts', what.usersOf ?? ''] } };
    case 'processes':
      return { head: { op: 'read', what: ['processes', ''] } };
    case 'limits':
      return { head: { op: 'read', what: ['limits', ''] } };
    case 'cgroups':
      return { head: { op: 'read', what: ['cgroups', '', tables.cgroups.request()] } };
    case 'threads':
      return { head: { op: 'read', what: ['threads', what.commands.join(), tables.threadsOf(what).request(what)] } };
    case 'run':
      return { head: { op: 'run', argv: what.argv } };
  }
}

const lastKey = (what: HostRead): string => `${what.kind} ${keyOf(what)}`;

/** Reading from a reply frame. `last` keeps whole answers, for `same as before`. */
export function answerOf<R extends HostRead>(
  what: R,
  { head, body }: Frame,
  last: Map<string, unknown>,
  tables: Tables,
): Reading<AnswerOf<R>> {
  const why = whyOf(head['why']);
  if (why) return missing(why, typeof head['detail'] === 'string' ? head['detail'] : 'no reason given');
  const at = head['at'];
  const tookMs = head['ms'];
  if (typeof at !== 'number' || typeof tookMs !== 'number') throw new ProtocolError('a reply without a time');
  const value = valueOf(what, head, body, at, last, tables);
  if (isMissing(value)) return value;
  // valueOf depends on the kind of the read.
  const part = partOf(head['part']);
  return { ok: true, value: value as AnswerOf<R>, at, tookMs, ...(part && { part }) };
}

function valueOf(
  what: HostRead,
  head: Head,
  body: Buffer,
  at: number,
  last: Map<string, unknown>,
  tables: Tables,
): Answers[keyof Answers] | Missing {
  if (what.kind === 'processes') return tables.processes.apply(body, numbersOf(head['gone']), unreadOf(head['unread']));
  if (what.kind === 'cgroups') return tables.cgroups.apply(head, body, at);
  if (what.kind === 'threads') return tables.threadsOf(what).apply(head, body);
  if (what.kind === 'run') return ranTo(what.argv[0] ?? '', head, body, what.okExits ?? [0], what.timeoutMs ?? 10_000);
  const key = lastKey(what);
  if (head['same'] === 1) {
    const known = last.get(key);
    if (known === undefined) throw new ProtocolError(`"same" for ${key}, which was never read`);
    // Kept below under the same kind and key.
    return known as string | ReadonlyMap<string, string>;
  }
  const value = what.kind === 'glob' ? filesOf(head['files'], body) : body.toString('utf8');
  last.set(key, value);
  return value;
}

function ranTo(
  program: string,
  head: Head,
  body: Buffer,
  okExits: readonly number[],
  timeoutMs: number,
): string | Missing {
  const late = head['late'];
  // Of a command that outlives its kill the state is known.
  if (late !== undefined && late !== false)
    return missing('timeout', `${program}: ${typeof late === 'string' ? late : `timeout after ${timeoutMs / 1000} s`}`);
  if (head['over'] === true) return missing('failed', `${program}: output exceeds 8 MiB`);
  const exit = head['exit'];
  if (typeof exit === 'number' && okExits.includes(exit)) return body.toString('utf8');
  // Commands with a timeout option end by SIGALRM.
  if (exit === -14) return missing('timeout', `${program}: timeout (SIGALRM)`);
  const err = typeof head['err'] === 'string' ? head['err'].trim().split('\n')[0] : '';
  return missing('failed', `${program}: exit ${String(exit)}${err ? `: ${err}` : ''}`);
}

function filesOf(list: unknown, body: Buffer): Map<string, string> {
  if (!Array.isArray(list)) throw new ProtocolError('a glob without its list of files');
  const files = new Map<string, string>();
  let start = 0;
  for (const entry of list) {
    if (!Array.isArray(entry)) throw new ProtocolError('a glob entry that is not a pair');
    const [path, size]: unknown[] = entry;
    // An unreadable file has the reason in the place of its size.
    if (typeof path !== 'string' || typeof size !== 'number') continue;
    if (size < 0 || start + size > body.length) throw new ProtocolError('a glob entry that is longer than its frame');
    files.set(path, body.toString('utf8', start, start + size));
    start += size;
  }
  return files;
}

/** Paths that match a pattern. */
export function namesOf(head: Head): readonly string[] | Missing {
  const why = whyOf(head['why']);
  if (why) return missing(why, typeof head['detail'] === 'string' ? head['detail'] : 'no reason given');
  const names = head['names'];
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
}

function partOf(value: unknown): ReadPart | undefined {
  const [read, of] = numbersOf(value);
  return read === undefined || of === undefined ? undefined : { read, of };
}

/** Processes with an unreadable file: its name and the reason. */
const unreadOf = (list: unknown): Map<number, string> =>
  new Map(
    (Array.isArray(list) ? list : []).flatMap((entry: unknown): [number, string][] => {
      if (!Array.isArray(entry)) return [];
      const [pid, file, why]: unknown[] = entry;
      return typeof pid === 'number' && typeof file === 'string' && typeof why === 'string'
        ? [[pid, `${file} not readable: ${why}`]]
        : [];
    }),
  );

const numbersOf = (list: unknown): number[] =>
  Array.isArray(list) ? list.filter((one) => typeof one === 'number') : [];

export const whyOf = (why: unknown): Why | undefined =>
  why === 'absent' || why === 'denied' || why === 'timeout' || why === 'failed' ? why : undefined;

const isMissing = (value: Answers[keyof Answers] | Missing): value is Missing =>
  typeof value === 'object' && 'ok' in value;
