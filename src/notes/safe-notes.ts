import { sanitize } from '../lib/plain.ts';
import { TerminalFilter } from '../lib/terminal-filter.ts';
import type { CaseNotes, NotedTerminal } from './case-notes.ts';

declare const mark: unique symbol;

/** Case notes that may be written: texts without control and hidden characters, casts without unsafe sequences. */
export type SafeNotes = CaseNotes & { readonly [mark]: true };

/** Sanitises every text of case notes before they are written, since a recording may hold anything. */
export function safeNotes(notes: CaseNotes): SafeNotes {
  const safe: CaseNotes = {
    // Same shape: texts stay texts.
    ...(sanitized({ ...notes, terminals: [] }) as CaseNotes),
    terminals: notes.terminals.map(({ cast, ...rest }) => ({
      ...(sanitized(rest) as Omit<NotedTerminal, 'cast'>),
      cast: safeCast(cast),
    })),
  };
  // The mark exists for the compiler only.
  return safe as SafeNotes;
}

function safeCast(cast: NotedTerminal['cast']): NotedTerminal['cast'] {
  const filter = new TerminalFilter();
  return cast.flatMap(([seconds, code, data]) => {
    const kept = code === 'o' ? filter.push(data) : sanitize(data);
    return kept === '' && data !== '' ? [] : [[seconds, sanitize(code), kept] as const];
  });
}

/** Sanitises field names as well. */
function sanitized(value: unknown): unknown {
  if (typeof value === 'string') return sanitize(value);
  if (Array.isArray(value)) return value.map(sanitized);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [sanitize(name), sanitized(entry)]));
}
