import { expect, test } from 'vitest';
import { holdStderr } from '../../src/commands/hold-stderr.ts';

test('what is written while the screen is up comes after it, once', () => {
  const written: string[] = [];
  const stderr = {
    write: (text: string) => {
      written.push(text);
      return true;
    },
  };
  let told = 0;
  {
    using resources = new DisposableStack();
    // Only write is used of the stream.
    resources.use(holdStderr(stderr as unknown as NodeJS.WriteStream));
    stderr.write('a warning\n');
    (stderr.write as unknown as (text: string, done: () => void) => boolean)('another\n', () => told++);
    expect(written).toEqual([]);
  }
  expect(written).toEqual(['a warning\nanother\n']);
  expect(told).toBe(1);
  stderr.write('later');
  expect(written.at(-1)).toBe('later');
});

test('holdStderr writes no control characters when a warning quotes some', () => {
  const written: string[] = [];
  const stderr = { write: (text: string) => written.push(text) > 0 };
  {
    using resources = new DisposableStack();
    // Only write is used of the stream.
    resources.use(holdStderr(stderr as unknown as NodeJS.WriteStream));
    stderr.write('a \u001B]52;c;aGk=\u0007\u202Ewarning\n');
  }
  expect(written).toEqual(['a ␛]52;c;aGk=␇\uFFFDwarning\n']);
});
