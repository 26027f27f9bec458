import {
  keyOf,
  missing,
  type AnswerOf,
  type Host,
  type Missing,
  type Read,
  type Reading,
} from '../../src/host/host.ts';
import { matchesPattern } from '../../src/lib/glob-pattern.ts';

/** A new text, no answer (`undefined`), the reason of none, or another answer made of the recorded one (`undefined` where there is none). */
export type Change = string | undefined | Missing | ((answer: never) => unknown);

/** Changed answers by path of a file, words of a command or key of a read; `* < upcall/show` is the end of a key. */
export type Changes = Readonly<Record<string, Change>>;

/** A host with some of its answers changed: the same host with a fault. Files show up in globs that match them as well. */
export function overlay(host: Host, changes: Changes): Host {
  const ends = Object.keys(changes).filter((key) => key.startsWith('* '));
  const read = async <R extends Read>(what: R): Promise<Reading<AnswerOf<R>>> => {
    const key = keyOf(what);
    const found = Object.hasOwn(changes, key) ? key : ends.find((end) => key.endsWith(end.slice(1)));
    if (found !== undefined) return changed(host, what, changes[found]);
    const reading = await host.read(what);
    if (what.kind !== 'glob') return reading;
    const files = new Map(reading.ok ? (reading.value as ReadonlyMap<string, string>) : []);
    for (const [path, text] of Object.entries(changes)) {
      if (!matchesPattern(what.pattern, path)) continue;
      if (text === undefined) files.delete(path);
      else if (typeof text === 'string') files.set(path, text);
    }
    if (files.size === 0) return reading.ok ? missing('absent', `${key}: taken away by the test`) : reading;
    // A glob answers with texts by path.
    return answer(host, files, reading);
  };
  return { ...host, read };
}

async function changed<R extends Read>(host: Host, what: R, change: Change): Promise<Reading<AnswerOf<R>>> {
  if (change === undefined) return missing('absent', `${keyOf(what)}: taken away by the test`);
  if (typeof change === 'string') return answer(host, change);
  if (typeof change === 'object') return change;
  const reading = await host.read(what);
  const other = change((reading.ok ? reading.value : undefined) as never);
  return other === undefined ? reading : answer(host, other, reading);
}

/** The test gives answers of the read's own kind. */
const answer = async <R extends Read>(
  host: Host,
  value: unknown,
  reading?: Reading<AnswerOf<R>>,
): Promise<Reading<AnswerOf<R>>> => ({
  ok: true,
  value: value as AnswerOf<R>,
  at: reading?.ok === true ? reading.at : await clockOf(host),
  tookMs: 0,
});

/** Clock of the host, which any answered read has; 0 for a host that answers nothing. */
async function clockOf(host: Host): Promise<number> {
  const reading = await host.read({ kind: 'file', path: '/proc/loadavg' });
  return reading.ok ? reading.at : 0;
}
