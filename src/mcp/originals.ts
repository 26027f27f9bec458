import type { ScreenRedaction } from '../redact/screen-redaction.ts';

const WORDS = /[\w:@.-]+/g;

/**
 * Text of a client with the names behind the pseudonyms that crashcart gave it: `vm-2 cpu` → `web-3 cpu`. Undefined where it has such a name
 * itself: an answer would confirm a guess.
 */
export function originals(text: string, redaction: ScreenRedaction | undefined): string | undefined {
  if (!redaction) return text;
  const { all } = redaction.redactor.pseudonyms;
  const names = new Map(all.map(({ pseudonym, value }) => [pseudonym, value]));
  const known = new Set(all.map(({ value }) => value.toLowerCase()));
  const words = text.match(WORDS) ?? [];
  if (words.some((word) => !names.has(word) && known.has(word.toLowerCase()))) return undefined;
  return text.replaceAll(WORDS, (word) => names.get(word) ?? word);
}
