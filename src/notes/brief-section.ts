import type { Markup } from './markup.ts';

/** Section of the notes, with the bytes that it may take in brief notes. */
export interface BriefSection<Language extends string> {
  readonly title: string;
  readonly lines: readonly Markup<Language>[];
  readonly mostBytes: number;
}

/** Lines of a section within its bytes, and the number of those left out. */
export function cutSection<Language extends string>({
  lines,
  mostBytes,
}: BriefSection<Language>): { readonly lines: readonly Markup<Language>[]; readonly leftOut: number } {
  let bytes = 0;
  const end = lines.findIndex(({ text }) => {
    bytes += new TextEncoder().encode(text).length + 1;
    return bytes > mostBytes;
  });
  return end < 0 ? { lines, leftOut: 0 } : { lines: lines.slice(0, end), leftOut: lines.length - end };
}
