import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { writeCast } from '../../src/commands/cast.ts';
import { leftInCast } from '../../src/recording/cast-search.ts';
import { Recorder } from '../../src/recording/recorder.ts';
import { verifyRedaction } from '../../src/recording/verify-redaction.ts';
import { Redactor } from '../../src/redact/redactor.ts';

const HEADER = '{"version":3,"term":{"cols":40,"rows":5},"title":"sh"}';

async function* castOf(...output: readonly string[]): AsyncGenerator<string> {
  yield HEADER;
  for (const data of output) yield JSON.stringify([0.3, 'o', data]);
}

const redactor = new Redactor();
redactor.learn({ kind: 'guest', value: 'billing-3' });
const search = (line: string) => redactor.leftInLine(line);

test.each([
  ['in a line', ['guest billing-3 hangs\r\n']],
  ['in two events', ['guest bill', 'ing-3 hangs\r\n']],
  ['with colours between its letters', ['bill\u001B[31ming\u001B[0m-3\r\n']],
  ['painted in patches', ['\u001B[2;1H-3 hangs', '\u001B[2;1Hxx', '\u001B[1;1Hbilling', '\u001B[1;8H-3']],
  ['in the title', ['\u001B]0;x\u0007\r\n', 'on billing-3']],
])('leftInCast finds a name %s', async (_, output) => {
  expect([...(await leftInCast(castOf(...output), search))]).toContain('billing-3');
});

test('leftInCast finds an address by its form, and nothing in pseudonyms', async () => {
  expect([...(await leftInCast(castOf('up 10.20.30.40\r\n'), search))]).toEqual(['10.20.30.40']);
  expect([...(await leftInCast(castOf('vm-1 at 198.18.0.1 on host-2\r\n'), search))]).toEqual([]);
});

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crashcart-cast-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  vi.restoreAllMocks();
});

async function recordedOutput(isRedacted: boolean, ...output: readonly string[]): Promise<string> {
  const path = join(folder, 'r.cc.zst');
  const recorder = await Recorder.start({ path, host: 'h', kind: 'ssh', crashcart: '0', redacted: isRedacted, nowMs: () => 1000 }); // prettier-ignore
  recorder.add({ e: 'terminal', t: 1000, terminal: 'screen', title: 'crashcart', columns: 40, rows: 5 });
  for (const data of output) recorder.add({ e: 'output', t: 1000, terminal: 'screen', data });
  await recorder.close();
  return path;
}

const PATCHES = ['\u001B[1;1H10.20.', '\u001B[2;1Hx', '\u001B[1;7H30.40'];

test('writeCast writes no cast of a redacted recording with an address painted in patches', async () => {
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const command = { kind: 'cast', version: 3, terminal: 'screen' } as const;
  const path = await recordedOutput(true, ...PATCHES);
  await expect(writeCast({ ...command, file: path })).rejects.toThrow('cast not written: 1 identifiers left');
  expect(written).not.toHaveBeenCalled();
  rmSync(path);
  await writeCast({ ...command, file: await recordedOutput(false, ...PATCHES) });
  expect(written).toHaveBeenCalled();
});

test('verifyRedaction removes a recording whose screen paints an address in patches', async () => {
  const path = await recordedOutput(true, ...PATCHES);
  const inText = (text: string) => redactor.left(text);
  expect(await verifyRedaction(path, (text) => text, { inText, inLine: search })).toMatch(
    /^1 identifier left in output: recording removed$/,
  );
});
