import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSosreport } from '../../src/host/sosreport.ts';
import { openRecording } from '../../src/recording/open-recording.ts';
import { ReplaySession } from '../../src/recording/replay-session.ts';
import { madeReport, tarOf } from '../helpers/made-sosreport.ts';

const sarText = await readFile(new URL('../fixtures/sar/sar30', import.meta.url), 'utf8');
const CENTRAL_MS = 8 * 3_600_000;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crashcart-sar-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function reportWith(files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const root = await mkdtemp(join(folder, 'report-'));
  for (const [name, content] of Object.entries({ ...madeReport, ...files })) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), content);
  }
  return root;
}

test('sosreport has the figures of sar in UTC', async () => {
  const report = await openSosreport(await reportWith({ 'sos_commands/sar/sar30': sarText }));
  const user = report?.sar?.series.find(({ column, object }) => column === '%user' && object === 'all');
  // The zone of the host is 8 hours ahead by `date` and `date --utc`.
  expect(user?.at[0]).toBe(Date.UTC(2026, 10, 30, 1, 24, 38) - CENTRAL_MS);
  expect(report?.sar?.untilMs).toBe(Date.UTC(2026, 10, 30, 1, 25, 18) - CENTRAL_MS);
  expect(report?.sar?.problems).toEqual([]);
});

test('sosreport takes a day once that is in two folders, and the newest days', async () => {
  const days = [26, 27, 28, 29].map((day) => [`var/log/sa/sar${day}`, sarText.replaceAll('11/30/26', `11/${day}/26`)]);
  const report = await openSosreport(
    await reportWith({
      ...Object.fromEntries(days),
      'sos_commands/sar/sar29': sarText.replaceAll('11/30/26', '11/29/26'),
    }),
  );
  const queue = report?.sar?.series.find(({ column }) => column === 'runq-sz');
  expect(queue?.at.length).toBe(3 * 41);
  expect(new Date((report?.sar?.sinceMs ?? 0) + CENTRAL_MS).getUTCDate()).toBe(27);
});

test('sosreport states that binary figures of sar are not readable', async () => {
  const report = await openSosreport(
    await reportWith({ 'var/log/sa/sa30': Buffer.from([0xd5, 0x96, 0x75, 0x21, 0, 0]) }),
  );
  expect(report?.sar?.series).toEqual([]);
  expect(report?.sar?.problems).toEqual([
    '/var/log/sa/sa30 is binary, not readable here: sar -A -f FILE prints it as text',
  ]);
  expect((await openSosreport(await reportWith({})))?.sar).toBeUndefined();
});

test('replay of a packed sosreport has the figures of sar', async () => {
  const file = join(folder, 'report.tar.gz');
  await writeFile(
    file,
    gzipSync(await tarOf({ ...madeReport, 'var/log/sysstat/sar30': sarText, 'var/log/messages': 'x' })),
  );
  const recording = await openRecording(file, []);
  const session = await ReplaySession.open({ recording, sources: [], findings: [], clock: () => 0, fromMs: Infinity });
  expect(session.sar?.series.length).toBeGreaterThan(50);
  await session.stop();
});
