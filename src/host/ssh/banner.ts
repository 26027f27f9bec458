import { plain } from '../../lib/plain.ts';
import type { Prompter } from '../prompter.ts';

/** A banner is shown to people; a host may send any number of them, of any size. */
const MOST_LINES = 60;
const MOST_CHARACTERS = 300;

/** Tells a person what the host says before the login, harmless and bounded. */
export function bannerTo(prompter: Pick<Prompter, 'tell'>): (text: string) => void {
  let left = MOST_LINES;
  return (text) => {
    for (const line of text.slice(0, MOST_LINES * MOST_CHARACTERS).split(/\r?\n/)) {
      if (line.trim() === '') continue;
      if (left-- <= 0) return;
      prompter.tell(plain(line.slice(0, MOST_CHARACTERS).trimEnd()));
    }
  };
}
