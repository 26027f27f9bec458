import { hiddenIn, withAdvice } from '../entities/processes/hidden-processes.ts';
import { keyOf, type Missing, type Read } from '../host/host.ts';
import type { AnySource } from '../sources/source.ts';
import type { Timeline } from '../timeline/timeline.ts';

/** What was looked at, so that "nothing found" is never said of what could not be read. */
export interface ReadingsSummary {
  readonly answered: number;
  /** Denied, timed out or failed; absent is an answer too: it is not on this host. */
  readonly unread: readonly { readonly read: string; readonly missing: Missing }[];
  /** That processes of other users are hidden. */
  readonly hidden: string | undefined;
  /** Titles of sources that have not answered yet. */
  readonly waiting: readonly string[];
}

export function summarise(sources: readonly AnySource[], timeline: Timeline): ReadingsSummary {
  let answered = 0;
  const unread: { read: string; missing: Missing }[] = [];
  const waiting: string[] = [];
  for (const source of new Set(sources)) {
    const entry = timeline.latest(source.id);
    if (!entry) {
      waiting.push(source.title);
      continue;
    }
    // A source's reads are plain data: see `Reads`.
    for (const [name, read] of Object.entries(source.reads as Readonly<Record<string, Read>>)) {
      const missing = entry.missing[name];
      if (missing && missing.why !== 'absent') unread.push({ read: keyOf(read), missing });
      else answered++;
    }
  }
  return { answered, unread, waiting, hidden: hiddenIn(timeline) };
}

/** In words, one sentence each. */
export function summaryWords({ answered, unread, hidden, waiting }: ReadingsSummary): readonly string[] {
  if (answered === 0 && unread.length === 0) return ['Nothing has been read yet.'];
  const out = [`Nothing found in ${answered} ${answered === 1 ? 'reading' : 'readings'}.`];
  if (hidden !== undefined) out.push(`But ${withAdvice(hidden)}.`);
  if (unread.length > 0) {
    const some = unread.slice(0, 4).map(({ read, missing }) => `${read} (${missing.why})`);
    const more = unread.length > some.length ? `, and ${unread.length - some.length} more` : '';
    out.push(`${unread.length} could not be read: ${some.join(', ')}${more}.`);
  }
  if (waiting.length > 0) out.push(`Not answered yet: ${waiting.join(', ')}.`);
  return out;
}
