import { plain } from '../../lib/plain.ts';
import type { Prompter } from '../prompter.ts';

/** Limits of what is shown: a host may send any number of banners, of any size. */
const MAX_LINES = 60;
const MAX_CHARACTERS = 300;

/** Shows the banners of a host before the login, sanitised and bounded. */
export function bannerTo(prompter: Pick<Prompter, 'notify'>): (text: string) => void {
  let left = MAX_LINES;
  return (text) => {
    for (const line of text.slice(0, MAX_LINES * MAX_CHARACTERS).split(/\r?\n/)) {
      if (line.trim() === '') continue;
      if (left-- <= 0) return;
      prompter.notify(plain(line.slice(0, MAX_CHARACTERS).trimEnd()));
    }
  };
}
