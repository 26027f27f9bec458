/**
 * Recordings: size per sample beside atop's raw log and asciinema of htop; opening, seeking and memory of a long one.
 * `node bench/recording.ts [--hours 8] [--processes 1000] [--seconds 60] [--only sizes|long] [--keep FILE]`
 * `--keep`: path of the long recording, which is written if it does not exist.
 */
import './lib/raw-text.ts';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Console } from '../test/lab/lib/console.ts';
import { figure, machine, printTable } from './lib/figures.ts';
import { syntheticHost } from './lib/synthetic-host.ts';
import { sleepers } from './lib/sleepers.ts';

const { Recorder } = await import('../src/recording/recorder.ts');
const { sources: allSources } = await import('../src/subsystems/index.ts');
const { values: options } = parseArgs({
  options: {
    hours: { type: 'string', default: '8' },
    processes: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '60' },
    only: { type: 'string', default: 'all' },
    host: { type: 'string', default: 'container-host' },
    keep: { type: 'string' },
  },
});
const HOURS = Number(options.hours);
const SECONDS = Number(options.seconds);
const launcher = resolve(import.meta.dirname, '../bin/crashcart.cjs');
const START_MS = Date.UTC(2026, 4, 1);
const folder = mkdtempSync(join(tmpdir(), 'crashcart-bench-'));
try {
  console.log(`${machine()}\n`);
  if (options.only !== 'long') await sizes();
  if (options.only !== 'sizes') await long();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Sizes of recordings of one machine by three programs at the same time. */
async function sizes(): Promise<void> {
  const rows: string[][] = [];
  for (const wanted of [100, 1000]) {
    await using farm = await sleepers(wanted);
    const path = (name: string) => join(folder, `${name}-${wanted}`);
    const ours = spawn(process.execPath, [launcher, 'record', '--for', `${SECONDS}s`, '--record', path('ours')], { stdio: 'ignore' }); // prettier-ignore
    const atop = spawn('atop', ['-w', path('atop'), '1', String(SECONDS)], { stdio: 'ignore' });
    await using htop = new Console(['rec', '-q', '-c', 'htop -d 10', path('htop')], { columns: 200, rows: 50, program: '/usr/bin/asciinema' }); // prettier-ignore
    await Promise.all([once(ours, 'exit'), once(atop, 'exit'), sleep(SECONDS * 1000)]);
    htop.type('q');
    await htop.exit(10_000);
    execFileSync('gzip', ['-k', path('htop')]);
    const each = (name: string) => statSync(path(name)).size / SECONDS;
    const gzipped = statSync(`${path('htop')}.gz`).size / SECONDS;
    rows.push([
      String(farm.count),
      figure(each('ours') / 1000),
      figure(each('atop') / 1000),
      figure(each('htop') / 1000),
      figure(gzipped / 1000),
      figure(each('ours') / each('atop')),
      figure(each('ours') / gzipped),
    ]);
  }
  console.log(`Bytes a second, ${SECONDS} s, kB\n`);
  printTable(['processes', 'crashcart', 'atop -w', 'asciinema of htop', 'the same, gzip', '/ atop', '/ gzip'], rows);
  console.log();
}

/** Opening and seeking, in a separate process for its memory. */
async function long(): Promise<void> {
  const path = options.keep ?? join(folder, 'long.cc.zst');
  if (!existsSync(path)) await make(path);
  const size = statSync(path).size;
  console.log(
    `${HOURS} h, ${options.processes} processes: ${figure(size / 1e6)} MB, ${figure(size / (HOURS * 3600))} B a second\n`,
  );
  const program = join(import.meta.dirname, 'lib/seek-recording.ts');
  execFileSync(process.execPath, ['--expose-gc', program, path], { stdio: 'inherit' });
}

/** Writes the long recording with the program's recorder on a synthetic clock. */
async function make(path: string): Promise<void> {
  const clock = { nowMs: START_MS };
  const host = await syntheticHost(
    resolve(import.meta.dirname, '../test/hosts', options.host),
    allSources,
    Number(options.processes),
  );
  const recorder = await Recorder.start({ path, host: 'node-7', kind: 'ssh', crashcart: '0', redacted: false, nowMs: () => clock.nowMs, maxBytes: 2 ** 35 }); // prettier-ignore
  const began = performance.now();
  for (let second = 0; second <= HOURS * 3600; second++) {
    clock.nowMs = START_MS + second * 1000;
    for (const source of host.sources) {
      const every = source.everySeconds === 'once' ? Infinity : Math.max(1, Math.round(source.everySeconds));
      if (second === 0 || second % every === 0)
        recorder.sample(source.id, host.ask(source, second), clock.nowMs, 1, false);
    }
    if (second % 600 === 0) recorder.add({ e: 'marker', t: clock.nowMs, text: `at ${second} s` });
    if (second % 10 === 0) await recorder.flush();
  }
  const { problem } = await recorder.close();
  if (problem !== undefined) throw new Error(problem);
  console.log(
    `written in ${figure((performance.now() - began) / 1000)} s: ${host.sources.length} sources of ${options.host}`,
  );
}
