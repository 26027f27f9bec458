import { unstyled } from '../lib/text-width.ts';
import type { Theme } from '../theme.ts';
import { compileFilter } from './filter.ts';

/** Search of lines: by the words of a filter. */
export interface LineSearch {
  readonly test: (line: string) => boolean;
  /** Line with its matches highlighted; a line without one as it is. */
  readonly marked: (line: string, theme: Theme) => string;
}

export function lineSearch(text: string): LineSearch {
  const { test, ranges } = compileFilter(text);
  return {
    test: (line) => test(unstyled(line)),
    marked: (line, theme) => {
      const bare = unstyled(line);
      if (text === '' || !test(bare)) return line;
      let out = '';
      let at = 0;
      for (const [from, to] of ranges(bare)) {
        out += bare.slice(at, from) + theme.paint('selected', bare.slice(from, to));
        at = to;
      }
      return at === 0 && out === '' ? theme.paint('title', bare) : out + bare.slice(at);
    },
  };
}
