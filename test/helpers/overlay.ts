import { keyOf, missing, type AnswerOf, type Host, type Read, type Reading } from '../../src/host/host.ts';
import { matchesPattern } from '../../src/lib/glob-pattern.ts';

/**
 * A host with some of its answers changed: a new text, or gone (`undefined`), by path of a file or words of a command.
 * Files show up in globs that match them as well. Made for "the same host, but with this fault".
 */
export function overlay(host: Host, changes: Readonly<Record<string, string | undefined>>): Host {
  const read = async <R extends Read>(what: R): Promise<Reading<AnswerOf<R>>> => {
    const key = keyOf(what);
    if (Object.hasOwn(changes, key)) {
      const text = changes[key];
      if (text === undefined) return missing('absent', `${key}: taken away by the test`);
      // Only kinds whose answer is text are changed by key.
      return { ok: true, value: text as AnswerOf<R>, at: await clockOf(host), tookMs: 0 };
    }
    const reading = await host.read(what);
    if (what.kind !== 'glob') return reading;
    const files = new Map(reading.ok ? (reading.value as ReadonlyMap<string, string>) : []);
    for (const [path, text] of Object.entries(changes)) {
      if (!matchesPattern(what.pattern, path)) continue;
      if (text === undefined) files.delete(path);
      else files.set(path, text);
    }
    if (files.size === 0) return reading.ok ? missing('absent', `${key}: taken away by the test`) : reading;
    // A glob answers with texts by path.
    return {
      ok: true,
      value: files as unknown as AnswerOf<R>,
      at: reading.ok ? reading.at : await clockOf(host),
      tookMs: 0,
    };
  };
  return { ...host, read };
}

/** Any answered read tells the host's clock; a host that answers nothing stands at 0. */
async function clockOf(host: Host): Promise<number> {
  const reading = await host.read({ kind: 'file', path: '/proc/loadavg' });
  return reading.ok ? reading.at : 0;
}
