import { keyOf, missing, type AnswerOf, type Host, type Read, type Reading } from '../../src/host/host.ts';
import { matchesPattern } from '../../src/lib/glob-pattern.ts';

/**
 * Host with some readings replaced by a text or removed (`undefined`), by path of a file or words of a command.
 * Changed files also appear in globs that match them.
 */
export function overlay(host: Host, changes: Readonly<Record<string, string | undefined>>): Host {
  const read = async <R extends Read>(what: R): Promise<Reading<AnswerOf<R>>> => {
    const key = keyOf(what);
    if (Object.hasOwn(changes, key)) {
      const text = changes[key];
      if (text === undefined) return missing('absent', `${key}: removed by the test`);
      // Keys name only kinds of reads with a text as their reading.
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
    if (files.size === 0) return reading.ok ? missing('absent', `${key}: removed by the test`) : reading;
    // The reading of a glob is texts by path.
    return {
      ok: true,
      value: files as unknown as AnswerOf<R>,
      at: reading.ok ? reading.at : await clockOf(host),
      tookMs: 0,
    };
  };
  return { ...host, read };
}

/** The host's clock, from the time of a reading; 0 without one. */
async function clockOf(host: Host): Promise<number> {
  const reading = await host.read({ kind: 'file', path: '/proc/loadavg' });
  return reading.ok ? reading.at : 0;
}
