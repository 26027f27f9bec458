import { sanitize } from '../lib/plain.ts';
import { TerminalFilter } from '../lib/terminal-filter.ts';
import type { CaseNotes, NotedTerminal } from './case-notes.ts';

declare const mark: unique symbol;

/** Case notes that may leave: no text of them holds a control or hidden character, and casts play harmlessly. */
export type SafeNotes = CaseNotes & { readonly [mark]: true };

/** Last gate before case notes are written. A recording may hold anything: every text goes through it, whatever field it is in. */
export function safeNotes(notes: CaseNotes): SafeNotes {
  const safe: CaseNotes = {
    // The shape stays: each text becomes a text.
    ...(sanitized({ ...notes, terminals: [] }) as CaseNotes),
    terminals: notes.terminals.map(({ cast, ...rest }) => ({
      ...(sanitized(rest) as Omit<NotedTerminal, 'cast'>),
      cast: safeCast(cast),
    })),
  };
  // The mark is the compiler's alone.
  return safe as SafeNotes;
}

function safeCast(cast: NotedTerminal['cast']): NotedTerminal['cast'] {
  const filter = new TerminalFilter();
  return cast.flatMap(([seconds, code, data]) => {
    const kept = code === 'o' ? filter.push(data) : sanitize(data);
    return kept === '' && data !== '' ? [] : [[seconds, sanitize(code), kept] as const];
  });
}

/** Names of fields are texts as well. */
function sanitized(value: unknown): unknown {
  if (typeof value === 'string') return sanitize(value);
  if (Array.isArray(value)) return value.map(sanitized);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [sanitize(name), sanitized(entry)]));
}
