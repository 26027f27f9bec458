import { expect, test } from 'vitest';
import { holdStderr } from '../../src/commands/hold-stderr.ts';

test('holdStderr writes held text once when it is disposed', () => {
  const written: string[] = [];
  const stderr = {
    write: (text: string) => {
      written.push(text);
      return true;
    },
  };
  let callbacks = 0;
  {
    using resources = new DisposableStack();
    // Only write of the stream is used.
    resources.use(holdStderr(stderr as unknown as NodeJS.WriteStream));
    stderr.write('a warning\n');
    (stderr.write as unknown as (text: string, done: () => void) => boolean)('another\n', () => callbacks++);
    expect(written).toEqual([]);
  }
  expect(written).toEqual(['a warning\nanother\n']);
  expect(callbacks).toBe(1);
  stderr.write('later');
  expect(written.at(-1)).toBe('later');
});

test('holdStderr writes no control characters when a warning quotes some', () => {
  const written: string[] = [];
  const stderr = { write: (text: string) => written.push(text) > 0 };
  {
    using resources = new DisposableStack();
    // Only write of the stream is used.
    resources.use(holdStderr(stderr as unknown as NodeJS.WriteStream));
    stderr.write('a \u001B]52;c;aGk=\u0007\u202Ewarning\n');
  }
  expect(written).toEqual(['a ␛]52;c;aGk=␇\uFFFDwarning\n']);
});
