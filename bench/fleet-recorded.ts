/**
 * Cost of a set of recordings on one screen: time until all are read, memory, and latency of keys meanwhile and after.
 * `node bench/fleet-recorded.ts [--hosts 300] [--host cloud-vm]`: recordings are copies of a recorded host, each with its own name and ids.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Console } from '../test/lab/lib/console.ts';
import { rssMiB } from './lib/cpu.ts';
import { figure, machine, median, percentile, printTable } from './lib/figures.ts';

const { values: options } = parseArgs({
  options: { hosts: { type: 'string', default: '300' }, host: { type: 'string', default: 'cloud-vm' } },
});
const number = Number(options.hosts);
const archive = readFileSync(join(import.meta.dirname, `../test/hosts/${options.host}.txtar`), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'crashcart-fleet-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** The archive with the content of one of its files replaced. */
const withFile = (text: string, path: string, content: string): string =>
  text.replace(new RegExp(`(^-- ${path} --\\n)[^\\n]*\\n`, 'm'), `$1${content}\n`);

for (let i = 1; i <= number; i++) {
  const name = `node${String(i).padStart(3, '0')}`;
  const id = i.toString(16).padStart(12, '0');
  const named = withFile(archive, 'proc/sys/kernel/hostname', name);
  const unique = withFile(named, 'proc/sys/kernel/random/boot_id', `00000000-0000-4000-8000-${id}`);
  writeFileSync(join(folder, `${name}.txtar`), withFile(unique, 'etc/machine-id', id.padStart(32, '0')));
}

await using screen = new Console(['replay', folder], { columns: 120, rows: 40 });
const begunMs = performance.now();
const latencies: number[] = [];
/** Time from a key to the first byte that is drawn for it. */
async function keyMs(key: string): Promise<number> {
  const { bytes } = screen;
  const pressedMs = performance.now();
  screen.type(key);
  while (screen.bytes === bytes && performance.now() - pressedMs < 5000) await sleep(1);
  return performance.now() - pressedMs;
}
await screen.until(/\[J Hosts/, 60_000);
const all = new RegExp(`${number} hosts: ${number} recorded`);
let peakMiB = 0;
while (!all.test(screen.text())) {
  latencies.push(await keyMs(latencies.length % 2 === 0 ? 'j' : 'k'));
  peakMiB = Math.max(peakMiB, rssMiB(screen.pid));
  await sleep(200);
}
const readMs = performance.now() - begunMs;
await sleep(5000);
const after: number[] = [];
for (let i = 0; i < 40; i++) {
  after.push(await keyMs(i % 2 === 0 ? 'j' : 'k'));
  await sleep(100);
}
console.log(`${machine()}; ${number} recordings of ${options.host}\n`);
printTable(
  ['what', 'figure'],
  [
    ['all read after, s', figure(readMs / 1000)],
    ['MiB resident, peak while reading', figure(peakMiB)],
    ['MiB resident, after', figure(rssMiB(screen.pid))],
    ['key to first byte while reading, ms, median', figure(median(latencies))],
    ['key to first byte while reading, ms, worst', figure(percentile(latencies, 1))],
    ['key to first byte after, ms, median', figure(median(after))],
    ['key to first byte after, ms, worst', figure(percentile(after, 1))],
  ],
);
