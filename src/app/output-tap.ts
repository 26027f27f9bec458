import type { WriteStream } from 'node:tty';

/** Terminal whose writes are copied to `listen`. */
export function tapped(stdout: WriteStream, listen: (text: string) => void): WriteStream {
  const write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    listen(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'));
    // The overloads of `write` differ in their parameters, not in their result.
    return (stdout.write as (chunk: string | Uint8Array, ...rest: unknown[]) => boolean)(chunk, ...rest);
  };
  return new Proxy(stdout, {
    get: (target, name) => {
      if (name === 'write') return write;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
