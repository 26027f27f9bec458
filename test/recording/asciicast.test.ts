import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { asciicast } from '../../src/recording/asciicast.ts';
import { Recorder } from '../../src/recording/recorder.ts';
import { Recording } from '../../src/recording/recording.ts';

const START_MS = Date.UTC(2026, 4, 1, 10, 0, 0);
let folder = '';
let recording: Recording;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'crashcart-cast-'));
  const path = join(folder, 'a');
  const recorder = await Recorder.start({ path, host: 'node-7', kind: 'ssh', crashcart: '0', redacted: false, nowMs: () => START_MS }); // prettier-ignore
  const t = (seconds: number) => START_MS + seconds * 1000;
  recorder.add({ e: 'output', t: t(0), terminal: 'screen', data: 'before its size is known' });
  recorder.add({ e: 'terminal', t: t(1), terminal: 'screen', title: 'crashcart', columns: 80, rows: 24 });
  recorder.add({ e: 'output', t: t(1.5), terminal: 'screen', data: '\u001B[1mHé"llo\r\n' });
  recorder.add({ e: 'terminal', t: t(2), terminal: '1', title: 'gdb', columns: 78, rows: 20 });
  recorder.add({ e: 'output', t: t(2.25), terminal: '1', data: '(gdb) ' });
  recorder.add({ e: 'marker', t: t(3), text: '' });
  recorder.add({ e: 'terminal', t: t(3.5), terminal: 'screen', title: 'crashcart', columns: 120, rows: 40 });
  recorder.add({ e: 'output', t: t(3.4), terminal: 'screen', data: 'the clock went back' });
  recorder.add({ e: 'marker', t: t(4), text: 'restarted it' });
  await recorder.close();
  recording = await Recording.open(path);
});
afterEach(async () => {
  await recording.close();
  rmSync(folder, { recursive: true, force: true });
});

const cast = async (version: 2 | 3, terminal?: string): Promise<unknown[]> => {
  const lines: unknown[] = [];
  for await (const line of asciicast(recording, version, terminal)) lines.push(JSON.parse(line));
  return lines;
};

test('asciicast v3 counts from the event before', async () => {
  expect(await cast(3)).toEqual([
    {
      version: 3,
      term: { cols: 80, rows: 24, type: 'xterm-256color' },
      timestamp: START_MS / 1000 + 1,
      title: 'crashcart',
    },
    [0.5, 'o', '\u001B[1mHé"llo\r\n'],
    [1.5, 'm', ''],
    [0.5, 'r', '120x40'],
    [0, 'o', 'the clock went back'],
    [0.5, 'm', 'restarted it'],
  ]);
});

test('asciicast v2 counts from the beginning', async () => {
  expect(await cast(2)).toEqual([
    { version: 2, width: 80, height: 24, timestamp: START_MS / 1000 + 1, title: 'crashcart' },
    [0.5, 'o', '\u001B[1mHé"llo\r\n'],
    [2, 'm', ''],
    [2.5, 'r', '120x40'],
    [2.5, 'o', 'the clock went back'],
    [3, 'm', 'restarted it'],
  ]);
});

test('asciicast writes the terminal of a tool, and lists the terminals when it is unknown', async () => {
  expect(await cast(3, '1')).toEqual([
    { version: 3, term: { cols: 78, rows: 20, type: 'xterm-256color' }, timestamp: START_MS / 1000 + 2, title: 'gdb' },
    [0.25, 'o', '(gdb) '],
    [0.75, 'm', ''],
    [1, 'm', 'restarted it'],
  ]);
  await expect(cast(3, '2')).rejects.toThrow('no terminal "2", recorded: screen, 1');
});

/** Faults of a file by https://docs.asciinema.org/manual/asciicast/v3/. */
function faultsOfV3(lines: readonly unknown[]): string[] {
  const [header, ...events] = lines;
  const { version, term, timestamp, title, ...rest } = header as Record<string, unknown>;
  const { cols, rows, type, ...more } = term as Record<string, unknown>;
  const isCount = (value: unknown) => Number.isSafeInteger(value) && Number(value) > 0;
  const faults = [
    ...(version === 3 ? [] : ['version']),
    ...(isCount(cols) && isCount(rows) && typeof type === 'string' ? [] : ['term']),
    ...(isCount(timestamp) && typeof title === 'string' ? [] : ['timestamp or title']),
    ...[...Object.keys(rest), ...Object.keys(more)].map((key) => `unknown field ${key}`),
  ];
  for (const [at, event] of events.entries()) {
    const [interval, code, data, ...others] = event as unknown[];
    const isTime = typeof interval === 'number' && Number.isFinite(interval) && interval >= 0;
    const isData = typeof data === 'string' && (code !== 'r' || /^[1-9]\d*x[1-9]\d*$/.test(data));
    if (!isTime || !isData || others.length > 0 || !['o', 'i', 'm', 'r', 'x'].includes(String(code)))
      faults.push(`event ${at}: ${JSON.stringify(event)}`);
  }
  return faults;
}

test.each(['screen', '1'])('asciicast v3 of terminal %s conforms to the specification', async (terminal) => {
  const lines = await cast(3, terminal);
  expect(faultsOfV3(lines)).toEqual([]);
  expect(lines.filter((line) => Array.isArray(line) && line[1] === 'm')).toHaveLength(2);
  expect(faultsOfV3([{ version: 2, term: {}, x: 1 }, [-1, 'o', ''], [1, 'r', '0x3'], [1, 'q', '']])).toHaveLength(7);
});
