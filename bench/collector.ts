/**
 * CPU on the host per second: the collector beside top, htop, atop and glances, at several numbers of processes, in one
 * run on one machine. `node bench/collector.ts [--seconds 15] [--rounds 2] [--processes 200,2000]`
 *
 * "missed" are idle processes that begin to use a CPU, and were not in the table with new CPU time two periods later; they
 * are started after the CPU of the collector was measured.
 *
 * "table" is the collector reading the process table once a second; "console" is all reads of the program with the
 * Processes pane in view. The collector only reads, because the screen is drawn elsewhere; the peers also draw. Wire bytes
 * are the bytes written by the collector.
 */
import './lib/raw-text.ts';
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Console } from '../test/lab/lib/console.ts';
import { cpuMs, commandOf, treeOf, writtenBytes } from './lib/cpu.ts';
import { figure, machine, median, printTable } from './lib/figures.ts';
import { sleepers } from './lib/sleepers.ts';
import type { ProcessTable } from '../src/host/host.ts';

const { openUserLane } = await import('../src/host/open-lane.ts');
const { localTransport } = await import('../src/host/local-transport.ts');

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '15' },
    rounds: { type: 'string', default: '2' },
    processes: { type: 'string', default: '200,2000,10000' },
  },
});
const seconds = Number(options.seconds);
const WARM_UP_MS = 5000;

/** Idle processes that are made hot for "missed", in each round. */
const HOT_TRIALS = 8;
const PERIOD_MS = 1000;

interface Measured {
  /** Hot processes that were found in time, and all. */
  readonly found?: readonly [found: number, all: number];
  readonly cpuMsPerSec: number;
  readonly wireBytesPerSec?: number;
}
type Subject = (farm: Awaited<ReturnType<typeof sleepers>>) => Promise<Measured>;

/** CPU of processes during the measurement, per second. */
async function over(pids: () => readonly number[], wirePid?: number): Promise<Measured> {
  const [cpu, wire, begun] = [cpuMs(pids()), wirePid ? writtenBytes(wirePid) : 0, performance.now()];
  await sleep(seconds * 1000);
  const passed = (performance.now() - begun) / 1000;
  return {
    cpuMsPerSec: (cpuMs(pids()) - cpu) / passed,
    ...(wirePid ? { wireBytesPerSec: (writtenBytes(wirePid) - wire) / passed } : {}),
  };
}

const table: Subject = async (farm) => {
  const transport = localTransport();
  const { lane } = await openUserLane(transport);
  const { pid } = lane;
  if (pid === undefined || lane.kind !== 'python3') throw new Error('the Python collector did not start');
  let last: ProcessTable = new Map();
  const read = async () => {
    const reading = await lane.read({ kind: 'processes' });
    if (reading.ok) last = reading.value;
  };
  const tick = setInterval(() => void read(), PERIOD_MS);
  await sleep(WARM_UP_MS);
  const measured = await over(() => treeOf(pid), pid);
  const idle = farm.idle();
  if (idle.length < HOT_TRIALS) throw new Error(`too few idle processes for this: --processes above ${farm.count}`);
  let found = 0;
  for (let trial = 0; trial < HOT_TRIALS; trial++) {
    const hot = idle[Math.floor(((trial + Math.random()) / HOT_TRIALS) * idle.length)] ?? pid;
    const before = last.get(hot)?.stat;
    process.kill(hot, 'SIGUSR1');
    // A reply that is due at the end of the second period arrives a little later.
    await sleep(2 * PERIOD_MS + 300);
    if (last.get(hot)?.stat !== before) found++;
    await sleep(3000);
  }
  clearInterval(tick);
  lane.close();
  await transport.close();
  return { ...measured, found: [found, HOT_TRIALS] };
};

const wholeConsole: Subject = async () => {
  await using screen = new Console([], { columns: 200, rows: 50 });
  await screen.until('Processes', 15_000);
  await screen.press('3');
  await sleep(WARM_UP_MS);
  const collector = treeOf(screen.pid).find((pid) => /python3 -I -c/.test(commandOf(pid)));
  if (collector === undefined) throw new Error(`no collector below the program:\n${screen.text()}`);
  // `await`, because the screen is disposed when this block ends.
  return await over(() => treeOf(collector), collector);
};

/** Peer by its name; none where it is not installed. */
function peer(program: string, ...args: string[]): Readonly<Record<string, Subject>> {
  if (!existsSync(program)) return {};
  const measure: Subject = async () => {
    await using screen = new Console(args, { program, columns: 200, rows: 50 });
    await sleep(WARM_UP_MS);
    if (!screen.alive) throw new Error(`${program} ended:\n${screen.text()}`);
    // `await`, because the screen is disposed when this block ends.
    return await over(() => [screen.pid]);
  };
  return { [basename(program)]: measure };
}

function missedOf(all: readonly Measured[]): string {
  const trials = all.flatMap(({ found }) => (found ? [found] : []));
  const total = trials.reduce((sum, [, count]) => sum + count, 0);
  return total === 0 ? '-' : `${total - trials.reduce((sum, [found]) => sum + found, 0)} of ${total}`;
}

const subjects: Readonly<Record<string, Subject>> = {
  'crashcart table': table,
  'crashcart console': wholeConsole,
  ...peer('/usr/bin/top', '-d', '1'),
  ...peer('/usr/bin/htop', '-d', '10'),
  ...peer('/usr/bin/atop', '1'),
  ...peer('/usr/bin/glances', '-t', '1', '--disable-check-update'),
};

console.log(`${machine()}; ${options.rounds} rounds of ${seconds} s, median, interleaved\n`);
for (const total of options.processes.split(',').map(Number)) {
  await using farm = await sleepers(total);
  const results = new Map<string, Measured[]>();
  for (let round = 0; round < Number(options.rounds); round++)
    for (const [name, subject] of Object.entries(subjects))
      results.set(name, [...(results.get(name) ?? []), await subject(farm)]);
  const cpuOf = (name: string) => median((results.get(name) ?? []).map((one) => one.cpuMsPerSec));
  console.log(`\n${farm.count} processes`);
  printTable(
    ['program', 'CPU ms/s', '× htop', '× atop', 'wire kB/s', 'missed hot'],
    [...results].map(([name, all]) => {
      const wire = all.flatMap((one) => one.wireBytesPerSec ?? []);
      return [
        name,
        figure(cpuOf(name)),
        figure(cpuOf(name) / cpuOf('htop')),
        figure(cpuOf(name) / cpuOf('atop')),
        figure(wire.length > 0 ? median(wire) / 1000 : undefined),
        missedOf(all),
      ];
    }),
  );
}
