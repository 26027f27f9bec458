import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { needsPython } from '../helpers/python.ts';

/** Dumps that any user may write to /var/crash: their cost is bounded. core_limits.py has what each check does. */
const folder = mkdtempSync(join(tmpdir(), 'crashcart-core-limits-'));
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(needsPython);

const check = (name: string): unknown =>
  JSON.parse(execFileSync('/usr/bin/python3', ['-I', join(import.meta.dirname, 'core_limits.py'), name, folder], { encoding: 'utf8' })); // prettier-ignore

test('CoreBytes keeps short values of the fields that are shown, of a report with long ones', () => {
  const { fields, ...others } = check('report') as { fields: Record<string, number> };
  expect(Object.keys(fields).toSorted()).toEqual(['Package', 'ProblemType', 'Signal', 'UnreportableReason']);
  expect(Math.max(...Object.values(fields))).toBeLessThanOrEqual(300);
  expect(others).toEqual({ reason: 'not of\nthis package ', core: 64 });
});

test('CoreBytes stops where the compressed stream ends, and looks at its limits where nothing comes out', () => {
  const { xz, gzip, zstd } = check('streams') as Record<string, { reads: number; end: string }>;
  // The head, and one piece; the file has 4096.
  expect(xz).toMatchObject({ reads: 2, end: 'stream' });
  expect(gzip).toMatchObject({ reads: 2, end: 'stream' });
  expect(zstd).toMatchObject({ end: 'limit' });
  expect(zstd?.reads).toBeLessThan(400);
});

test('core closes a file that is refused, or whose limit is reached in its first bytes', () => {
  expect(check('descriptors')).toEqual({ left: 0, last: expect.stringMatching(/limit of .* while the core was read/) });
});

test('Notes keep threads up to their limit, of the auxiliary vector what is used, of files as many names as stated', () => {
  const peaks = check('notes') as Record<string, { threads: number; left: number; mib: number }>;
  expect(peaks['threads']).toMatchObject({ threads: 5000, left: expect.any(Number) });
  expect(peaks['threads']?.left).toBeGreaterThan(10_000);
  expect(peaks['auxv']).toMatchObject({ threads: 1, left: 0 });
  // The file and the note are 16 MiB.
  for (const { mib } of Object.values(peaks)) expect(mib).toBeLessThan(40);
});

test('Notes end at the limits where they are empty and many', () => {
  expect(check('empty_notes')).toBe('limit');
});

test('CoreMap goes through the mapped files a few times for any number of paths, and keeps a limited number open', () => {
  const { turns, opened, left } = check('paths') as Record<string, number>;
  expect(turns).toBeLessThan(10);
  expect({ opened, left }).toEqual({ opened: 512, left: 0 });
});

test('core has the threads that were read where a limit is reached within a stack, and states it', () => {
  expect(check('words')).toEqual({
    steps: [512, 512],
    threads: 1,
    left: 2,
    notes: expect.arrayContaining(['native frames: not all read: limit of steps']),
  });
});

test('object_file opens regular files of local filesystems, and looks at nothing below another mount', () => {
  expect(check('object_files')).toEqual({
    opened: ['object', 'link', 'absolute', '../../../..'],
    left: 0,
    mounts: ['/net', '/proc', '/srv/a b'],
  });
});

test('Document keeps the thread that crashed, before all others, where it is full', () => {
  expect(check('stacks')).toEqual({ names: ['e', 'a', 'b'], notes: ['2 more stacks: limit of 3'] });
});
