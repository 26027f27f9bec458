/**
 * Cost of the screen on the engineer's machine, beside htop and btop at 200x60: CPU and bytes per second without keys,
 * then the time from each key to the first byte of output.
 * `node bench/screen.ts [--processes 2000] [--keys 200] [--seconds 15]`
 *
 * All programs refresh once a second. A refresh between a key and its output counts as its output, for all programs.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Console } from '../test/lab/lib/console.ts';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cpuMs } from './lib/cpu.ts';
import { figure, machine, percentile, printTable } from './lib/figures.ts';
import { sleepers } from './lib/sleepers.ts';

const { values: options } = parseArgs({
  options: {
    processes: { type: 'string', default: '2000' },
    keys: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '15' },
  },
});
const size = { columns: 200, rows: 60 };
const settings = mkdtempSync(join(tmpdir(), 'crashcart-bench-'));
mkdirSync(join(settings, 'btop'));
writeFileSync(join(settings, 'btop/btop.conf'), 'update_ms = 1000\n');

const subjects: Readonly<Record<string, { start: () => Console; ready: string; open?: string; key?: string }>> = {
  'crashcart, processes': { start: () => new Console([], size), ready: 'Processes', open: '3' },
  'crashcart, overview': { start: () => new Console([], size), ready: 'Processes', open: '1', key: '\t' },
  htop: { start: () => new Console(['-d', '10'], { ...size, program: '/usr/bin/htop' }), ready: 'Load average' },
  btop: {
    start: () =>
      new Console(['--utf-force'], { ...size, program: '/usr/bin/btop', env: { XDG_CONFIG_HOME: settings } }),
    ready: 'proc',
  },
};

await using farm = await sleepers(Number(options.processes));
console.log(`${machine()}; ${farm.count} processes, 200x60\n`);
const rows: string[][] = [];
for (const [name, { start, ready, open, key = '\u001B[B' }] of Object.entries(subjects)) {
  await using screen = start();
  await screen.until(ready, 15_000);
  if (open) await screen.press(open);
  await sleep(6000);
  const seconds = Number(options.seconds);
  const steady = { cpu: cpuMs([screen.pid]), bytes: screen.bytes };
  await sleep(seconds * 1000);
  const idleMsPerSec = (cpuMs([screen.pid]) - steady.cpu) / seconds;
  const bytesPerSec = (screen.bytes - steady.bytes) / seconds;

  const latenciesMs: number[] = [];
  const pressed = { cpu: cpuMs([screen.pid]), atMs: performance.now() };
  for (let at = 0; at < Number(options.keys); at++) {
    // A key that always changes the screen (one row down a long list), at intervals out of step with the refresh.
    const answered = screen.nextOutput(2000);
    const beganMs = performance.now();
    screen.type(key);
    latenciesMs.push((await answered) - beganMs);
    await sleep(60 + ((at * 37) % 90));
  }
  const passed = (performance.now() - pressed.atMs) / 1000;
  const keyCpuMs = (cpuMs([screen.pid]) - pressed.cpu - idleMsPerSec * passed) / latenciesMs.length;
  rows.push([
    name,
    figure(idleMsPerSec),
    figure(bytesPerSec),
    figure(keyCpuMs),
    figure(percentile(latenciesMs, 0.5)),
    figure(percentile(latenciesMs, 0.99)),
  ]);
}
printTable(['program', 'CPU ms/s at rest', 'bytes/s at rest', 'CPU ms/key', 'key→bytes p50 ms', 'p99 ms'], rows);
rmSync(settings, { recursive: true });
