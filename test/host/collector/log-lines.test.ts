import { appendFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { madeRoot, Table } from '../../helpers/collector-table.ts';

const { put, root } = madeRoot();

describe('log lines', () => {
  const TEXTS = ['fault', 'a.b'];
  const ask = (table: Table, tail = 1 << 20) => table.ask({ pattern: join(root(), '*.log'), tail, texts: TEXTS });
  const lines = async (table: Table, tail?: number) => (await ask(table, tail)).body.toString().split('\n').slice(1);

  test('are those with one of the texts, and each is sent again', async () => {
    put({ 'x.log': 'one fault\nfine\na.b\naxb\n' });
    using table = new Table('lines', root());
    expect(await lines(table)).toEqual(['one fault', 'a.b']);
    appendFileSync(join(root(), 'x.log'), 'two fault\nhalf a fau');
    expect(await lines(table)).toEqual(['one fault', 'a.b', 'two fault']);
    appendFileSync(join(root(), 'x.log'), 'lt\n');
    expect(await lines(table)).toEqual(['one fault', 'a.b', 'two fault', 'half a fault']);
    expect((await ask(table)).body.toString()).toMatch(/^newest \d+\.\d{3} half a fault\n/);
  });

  test('have only the parts that are kept, of long lines too', async () => {
    const line = (ms: number) =>
      `{"t":"09:00","msg":"slow fault","ns":"shop.orders","filter":{"card":"${'4711'.repeat(1000)}"},"ms":${ms}}`;
    put({ 'x.log': `${line(7)}\nfine\n${line(8)}\n` });
    using table = new Table('lines', root());
    const parts = ['"ns":"[^"]*"', '"ms":\\d+'];
    const answer = await table.ask({ pattern: join(root(), '*.log'), tail: 1 << 20, texts: TEXTS, parts });
    const [head, ...all] = answer.body.toString().split('\n');
    expect(all).toEqual(['"ns":"shop.orders" "ms":7', '"ns":"shop.orders" "ms":8']);
    expect(head).not.toContain('4711');
  });

  test('start again with a log that was rotated or cut', async () => {
    put({ 'x.log': 'one fault\n' });
    using table = new Table('lines', root());
    expect(await lines(table)).toEqual(['one fault']);
    rmSync(join(root(), 'x.log'));
    put({ 'x.log': 'other fault\n' });
    expect(await lines(table)).toContain('other fault');
    truncateSync(join(root(), 'x.log'));
    expect(await lines(table)).not.toContain('other fault');
  });

  test('are whole across the chunks that are read, whatever their place', async () => {
    const all = Array.from({ length: 400 }, (_, i) => `line ${i} ${'x'.repeat(i % 37)} fault ${i}`);
    put({ 'x.log': `${all.join('\n')}\n` });
    for (const chunk of [97, 1000, 4096]) {
      using table = new Table('lines', root(), { CHUNK: chunk });
      expect(await lines(table)).toEqual(all);
    }
    using tail = new Table('lines', root(), { CHUNK: 100 });
    expect(await lines(tail, 1000)).toEqual(all.slice(-(await lines(tail, 1000)).length));
  });

  test('of a log of 10 GB, binary data and a line of 1 MB take little time', async () => {
    const log = join(root(), 'x.log');
    writeFileSync(log, '');
    // A hole of 10 GB takes no space.
    truncateSync(log, 10 * 2 ** 30);
    appendFileSync(log, `\n${'fault '.repeat(1 << 18)}\n\u0000\u0001 \xff fault\nlast fault\n`);
    using table = new Table('lines', root());
    // The bound on CPU time is the collector's; a machine under load takes longer.
    const found = await lines(table, 4 << 20);
    expect(found.map((line) => line.length)).toEqual([1000, 10, 10]);
  });
});
