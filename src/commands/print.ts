import { plain, sanitizeLines } from '../lib/plain.ts';

/** Writes to standard output without control characters. Resolves when written: an exit must not cut a pipe short. */
export const print = (text: string): Promise<void> =>
  new Promise((resolve) => {
    process.stdout.write(sanitizeLines(text), () => resolve());
  });

/** Writes one line to standard error; quoted file contents and names are sanitised. */
export const warn = (line: string): void => void process.stderr.write(`crashcart: ${plain(line)}\n`);
