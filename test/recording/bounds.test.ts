import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { forgedFile, packed, segmentLines } from '../helpers/forged-recording.ts';
import { hostileFiles } from '../helpers/hostile-files.ts';

const MOST_MB = 300;
const CHILD = join(import.meta.dirname, '../helpers/recording-memory.ts');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'crashcart-bounds-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Measured {
  readonly residentMb: number;
  readonly seconds: number;
  readonly refusal?: string;
  readonly problems: readonly string[];
}

async function measured(name: string, bytes: Buffer): Promise<Measured> {
  const path = join(folder, `${name}.cc.zst`);
  writeFileSync(path, bytes);
  const { stdout } = await promisify(execFile)(process.execPath, [CHILD, path]);
  // Printed by the child.
  return JSON.parse(stdout) as Measured;
}

test('a recording opens with the reason for a segment when it needs a larger window', async () => {
  const { refusal, problems } = await measured(
    'window',
    forgedFile([packed(segmentLines(0, ['x'.repeat(16 << 20)]), 27)]),
  );
  expect(refusal).toBeUndefined();
  expect(problems).toEqual([expect.stringContaining('needs a window of more than the limit of 8 MiB')]);
});

// At once, as the children are on several CPUs.
test.concurrent.each(Object.entries(hostileFiles))(
  `a recording takes ${MOST_MB} MB or less when it is: %s`,
  async (name, make) => {
    const { residentMb, seconds, refusal, problems } = await measured(name, await make());
    console.log(`| ${name} | ${refusal ?? problems[0] ?? 'opens'} | ${residentMb} | ${seconds} |`);
    expect(residentMb).toBeLessThanOrEqual(MOST_MB);
    expect(refusal).toBeUndefined();
  },
  300_000,
);
