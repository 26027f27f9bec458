import { nearest } from '../lib/did-you-mean.ts';
import { commandEntries } from './command-line.ts';

const commandNames = commandEntries.map(({ name }) => name);

/** Command that a word may be a slip of; undefined for one that is a host by its form. */
export const meantCommand = (word: string): string | undefined =>
  /^[a-z]+$/.test(word) ? nearest(word, commandNames) : undefined;

/** ` did you mean crashcart replay?` after a message about a word that may be a slip of a command. */
export const commandGuess = (word: string): string => {
  const meant = meantCommand(word);
  return meant === undefined || meant === word ? '' : `; did you mean crashcart ${meant}?`;
};
