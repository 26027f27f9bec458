import { plain, sanitizeLines } from '../lib/plain.ts';

/** Standard output of commands, without control characters. Resolves when it is out: an exit must not cut a pipe short. */
export const print = (text: string): Promise<void> =>
  new Promise((resolve) => {
    process.stdout.write(sanitizeLines(text), () => resolve());
  });

/** One line on standard error; quoted file contents and names are sanitised. */
export const warn = (line: string): void => void process.stderr.write(`crashcart: ${plain(line)}\n`);
