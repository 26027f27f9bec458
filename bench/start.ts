/**
 * Start times of the built program: `--version`, the first frame, and LIVE on this machine, from the start of the process.
 * `node bench/start.ts [--runs 10] [--system-node /usr/bin/node]`
 *
 * With an older Node of the system the launcher starts the pinned one; that row includes both starts.
 */
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { Console } from '../test/lab/lib/console.ts';
import { figure, machine, percentile, printTable } from './lib/figures.ts';

const { values: options } = parseArgs({
  options: { runs: { type: 'string', default: '10' }, 'system-node': { type: 'string', default: '/usr/bin/node' } },
});
const launcher = resolve(import.meta.dirname, '../bin/crashcart.cjs');
const run = promisify(execFile);

/** Times of all runs, after one warm-up run that fills the compile cache and the page cache. */
async function timed(onceMs: () => Promise<number>): Promise<readonly number[]> {
  const all: number[] = [];
  for (let at = 0; at <= Number(options.runs); at++) all.push(await onceMs());
  return all.slice(1);
}

async function versionMs(node: string): Promise<number> {
  const begun = performance.now();
  await run(node, [launcher, '--version']);
  return performance.now() - begun;
}

/** Time until a pattern is on the screen; `connecting` comes before LIVE. */
async function shownMs(node: string, pattern: RegExp): Promise<number> {
  const begun = performance.now();
  await using screen = new Console([launcher], { program: node });
  await screen.until(pattern, 15_000);
  return performance.now() - begun;
}

const nodes = new Map([[`Node ${process.version}`, process.execPath]]);
const { stdout: version } = await run(options['system-node'], ['--version']).catch(() => ({ stdout: '' }));
if (version && version.trim() !== process.version)
  nodes.set(`Node ${version.trim()}, then the pinned one`, options['system-node']);

console.log(`${machine()}; ${options.runs} runs\n`);
const rows: string[][] = [];
for (const [name, node] of nodes) {
  const add = (what: string, all: readonly number[]) =>
    rows.push([name, what, figure(percentile(all, 0)), figure(percentile(all, 0.5)), figure(percentile(all, 1))]);
  add('--version', await timed(() => versionMs(node)));
  add('first frame', await timed(() => shownMs(node, /connecting|LIVE/)));
  add('this machine live', await timed(() => shownMs(node, /LIVE/)));
}
printTable(['on', 'what', 'best ms', 'median ms', 'worst ms'], rows);
