import { sanitizeLines } from '../lib/plain.ts';

/** Enough to tell what went wrong; a library that warns without end must not fill the memory. */
const MAX_CHARACTERS = 64_000;

/**
 * Keeps what is written to stderr while the full screen is up, and writes it when that is over: a warning of Node or of
 * a library would land in the middle of the picture.
 */
export function holdStderr(stderr: NodeJS.WriteStream): Disposable {
  const write = stderr.write.bind(stderr);
  let held = '';
  const hold = (chunk: Uint8Array | string, encoding?: unknown, done?: unknown): boolean => {
    if (held.length < MAX_CHARACTERS) held += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    const told = typeof encoding === 'function' ? encoding : done;
    if (typeof told === 'function') told();
    return true;
  };
  stderr.write = hold;
  return {
    [Symbol.dispose]() {
      stderr.write = write;
      if (held) stderr.write(sanitizeLines(held));
    },
  };
}
