import { hiddenIn, withAdvice } from '../entities/processes/hidden-processes.ts';
import { keyOf, type Missing, type Read } from '../host/host.ts';
import type { AnySource } from '../sources/source.ts';
import type { Timeline } from '../timeline/timeline.ts';
import { whyWords } from '../ui/kit/missing-reason.ts';

/** Counts of readings: "no findings" counts only readable ones. */
export interface ReadingsSummary {
  readonly answered: number;
  /** Denied, timed out or failed; absent counts as answered: it is not present. */
  readonly unread: readonly { readonly read: string; readonly missing: Missing }[];
  /** Sentence about hidden processes of other users. */
  readonly hidden: string | undefined;
  /** Titles of sources without a reading. */
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

/** Sentences of the summary. */
export function summaryWords({ answered, unread, hidden, waiting }: ReadingsSummary): readonly string[] {
  if (answered === 0 && unread.length === 0) return ['Not read yet.'];
  const out = [`No findings in ${answered} ${answered === 1 ? 'reading' : 'readings'}.`];
  if (hidden !== undefined) out.push(`${capitalised(withAdvice(hidden))}.`);
  if (unread.length > 0) {
    const some = unread.slice(0, 4).map(({ read, missing }) => `${read} (${whyWords(missing)})`);
    const more = unread.length > some.length ? `, and ${unread.length - some.length} more` : '';
    out.push(`${unread.length} not readable: ${some.join(', ')}${more}.`);
  }
  if (waiting.length > 0) out.push(`Not read yet: ${waiting.join(', ')}.`);
  return out;
}

const capitalised = (sentence: string): string => sentence.charAt(0).toUpperCase() + sentence.slice(1);
