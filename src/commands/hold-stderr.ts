import { sanitizeLines } from '../lib/plain.ts';

/** Bound of the held text: a library that warns without end must not fill the memory. */
const MAX_CHARACTERS = 64_000;

/** Holds writes to stderr while the full screen is up and releases them after it: a warning of Node would land in the picture. */
export function holdStderr(stderr: NodeJS.WriteStream): Disposable {
  const write = stderr.write.bind(stderr);
  let held = '';
  const hold = (chunk: Uint8Array | string, encoding?: unknown, done?: unknown): boolean => {
    if (held.length < MAX_CHARACTERS) held += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    const callback = typeof encoding === 'function' ? encoding : done;
    if (typeof callback === 'function') callback();
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
