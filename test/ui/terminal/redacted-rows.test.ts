import { expect, test } from 'vitest';
import { textWidth, unstyled } from '../../../src/lib/text-width.ts';
import { Redactor } from '../../../src/redact/redactor.ts';
import { secretsOnly } from '../../../src/redact/stream-redactor.ts';
import { makeTheme } from '../../../src/theme.ts';
import { redactedRows } from '../../../src/ui/terminal/redacted-rows.ts';
import { Emulator } from '../../../src/ui/terminal/emulator.ts';

const theme = makeTheme({ colour: true, ascii: false });

async function rows(text: string, columns: number): Promise<readonly string[]> {
  const emulator = new Emulator(columns, 6);
  const drawn = new Promise<void>((resolve) => emulator.subscribe(resolve));
  emulator.feed(new TextEncoder().encode(text));
  await drawn;
  const lines = emulator.lines(theme, false);
  emulator.dispose();
  return lines;
}

const redactor = new Redactor();
redactor.learn({ kind: 'guest', value: 'billing-3' });

test.each([
  ['plain', 'x billing-3 hangs', 40],
  ['colours between its letters', 'x bil\u001B[31mling\u001B[0m-3 hangs', 40],
  ['over the edge of a row', 'xxxxxxxxxx billing-3 hangs', 15],
  ['put together by the cursor', 'bil\u001B[2;1Hx\u001B[1;4Hling-3', 40],
  ['beside another word in the next row', 'xxxxx billing-3foo', 15],
])('redactedRows replaces a name in rows of the same width: %s', async (_, text, columns) => {
  const lines = redactedRows(await rows(text, columns), redactor);
  expect(lines.map(unstyled).join('')).not.toMatch(/bil|ling-3/);
  expect(lines.map(unstyled).join('')).toContain('vm-1');
  expect(lines.map((line) => textWidth(line))).toEqual(lines.map(() => columns));
});

test('redactedRows masks secrets without redaction, keys over several rows', async () => {
  const text =
    'API_TOKEN=hunter2secret\r\n-----BEGIN RSA PRIVATE KEY-----\r\nMIIEhunter2\r\n-----END RSA PRIVATE KEY-----\r\n(gdb) bt';
  const lines = redactedRows(await rows(text, 40), secretsOnly).map(unstyled);
  expect(lines.join('\n')).not.toMatch(/hunter2|MIIE/);
  expect(lines[4]).toMatch(/^\(gdb\) bt/);
});
