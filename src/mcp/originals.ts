import type { ScreenRedaction } from '../redact/screen-redaction.ts';

/** Text of a client with the names behind the pseudonyms that crashcart gave it: `vm-2 cpu` → `web-3 cpu`. */
export function originals(text: string, redaction: ScreenRedaction | undefined): string {
  if (!redaction) return text;
  const names = new Map(redaction.redactor.pseudonyms.all.map(({ pseudonym, value }) => [pseudonym, value]));
  return text.replaceAll(/[\w:@.-]+/g, (word) => names.get(word) ?? word);
}
